"""The LSTM over time and frequency as a TF1 cell; TensorFlow 1.15 had it in ``tf.contrib.rnn``, TensorFlow 2 does not.

So the step is said here, in TensorFlow's operations, and TensorFlow differentiates it.
"""

from typing import Any

import scratch.cells.time_freq_lstm
from scratch.arrays import DType, Float, Sizes, State
from tf_impl.cell import genuine
from tf_impl.tensorflow import Tensor, tf, v1


@genuine.register(scratch.cells.time_freq_lstm.TimeFreqLSTMCell)
class TimeFreqLSTMCell(v1.nn.rnn_cell.RNNCell):
    """``TimeFreqLSTMCell`` with the options of the description ``cell``.

    Its variables are ``W_0``, ``B``, and with peepholes ``W_F_diag``, ``W_I_diag``, ``W_O_diag``.
    """

    def __init__(self, cell: scratch.cells.time_freq_lstm.TimeFreqLSTMCell, dtype: DType) -> None:
        super().__init__(dtype=dtype)
        self.options = cell

    @property
    def state_size(self) -> Sizes:
        return self.options.state_size

    @property
    def output_size(self) -> int:
        return self.options.output_size

    def build(self, inputs_shape: Any) -> None:
        units = self.options.num_units
        self.kernel = self.add_weight("W_0", [self.options.feature_size + 2 * units, 4 * units])
        self.bias = self.add_weight("B", [4 * units])
        if self.options.use_peepholes:
            self.peepholes = {gate: self.add_weight(f"W_{gate}_diag", [units]) for gate in "FIO"}
        self.built = True

    def see(self, gate: str, memory: Float[Tensor, "B H"]) -> Tensor:
        """Return what a gate's peephole adds to it."""
        return self.peepholes[gate] * memory if self.options.use_peepholes else 0

    def call(self, inputs: Float[Tensor, "B D"], state: State) -> tuple[Float[Tensor, "B output"], State]:
        units, width, bound = self.options.num_units, self.options.feature_size, self.options.cell_clip
        spoken: list[Tensor] = []
        columns: list[Tensor] = []
        below = tf.zeros([inputs.shape[0], units], inputs.dtype)
        for low in range(0, inputs.shape[1] - width + 1, self.options.frequency_skip):
            left = 2 * units * len(spoken)
            memory, said = state[:, left : left + units], state[:, left + units : left + 2 * units]
            heard = tf.concat([inputs[:, low : low + width], said, below], 1)
            write, candidate, keep, show = tf.split(tf.nn.bias_add(tf.matmul(heard, self.kernel), self.bias), 4, axis=1)
            write = tf.sigmoid(write + self.see("I", memory))
            keep = tf.sigmoid(keep + self.options.forget_bias + self.see("F", memory))
            memory = keep * memory + write * tf.tanh(candidate)
            if bound is not None:
                memory = tf.clip_by_value(memory, -bound, bound)
            below = tf.sigmoid(show + self.see("O", memory)) * tf.tanh(memory)
            spoken.append(below)
            columns += [memory, below]
        return tf.concat(spoken, 1), tf.concat(columns, 1)
