"""The coupled LSTM as a TF1 cell; TensorFlow 1.15 had it in ``tf.contrib.rnn``, which TensorFlow 2 does not ship.

So the step is said here, in TensorFlow's operations, and TensorFlow differentiates it.
"""

from typing import Any

import scratch.cells.coupled_lstm
from scratch.arrays import DType, Float, Sizes, State
from tf_impl.activations import activation
from tf_impl.cell import genuine
from tf_impl.tensorflow import Tensor, tf, v1


@genuine.register(scratch.cells.coupled_lstm.CoupledInputForgetGateLSTMCell)
class CoupledInputForgetGateLSTMCell(v1.nn.rnn_cell.RNNCell):
    """``CoupledInputForgetGateLSTMCell`` with the options of the description ``cell``.

    Its variables are ``W_0``, ``B``, and with their options ``W_F_diag``, ``W_O_diag`` and ``W_P_0``.
    """

    def __init__(self, cell: scratch.cells.coupled_lstm.CoupledInputForgetGateLSTMCell, dtype: DType) -> None:
        super().__init__(dtype=dtype)
        self.options = cell
        self.activation, self.gate = activation(cell.activation), activation(cell.recurrent_activation)

    @property
    def state_size(self) -> Sizes:
        width = self.options.num_proj or self.options.num_units
        return v1.nn.rnn_cell.LSTMStateTuple(self.options.num_units, width)

    @property
    def output_size(self) -> int:
        return self.state_size.h

    def build(self, inputs_shape: Any) -> None:
        units, width = self.state_size
        self.kernel = self.add_weight("W_0", [inputs_shape[-1] + width, 3 * units])
        self.bias = self.add_weight("B", [3 * units]) if self.options.use_bias else tf.zeros([3 * units], self.dtype)
        if self.options.use_peepholes:
            self.w_f = self.add_weight("W_F_diag", [units])
            self.w_o = self.add_weight("W_O_diag", [units])
        if self.options.num_proj:
            self.w_p = self.add_weight("W_P_0", [units, width])
        self.built = True

    def call(self, inputs: Float[Tensor, "B D"], state: State) -> tuple[Float[Tensor, "B output"], State]:
        peepholes, bound = self.options.use_peepholes, self.options.proj_clip
        pre = tf.nn.bias_add(tf.matmul(tf.concat([inputs, state.h], 1), self.kernel), self.bias)
        candidate, keep, show = tf.split(pre, 3, axis=1)
        keep = self.gate(keep + self.options.forget_bias + (self.w_f * state.c if peepholes else 0))
        memory = keep * state.c + (1 - keep) * self.activation(candidate)
        shown = self.gate(show + self.w_o * memory if peepholes else show) * self.activation(memory)
        if self.options.num_proj:
            shown = tf.matmul(shown, self.w_p)
            shown = shown if bound is None else tf.clip_by_value(shown, -bound, bound)
        return shown, v1.nn.rnn_cell.LSTMStateTuple(memory, shown)
