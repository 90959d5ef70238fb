"""The grid LSTM as a TF1 cell; TensorFlow 1.15 had it in ``tf.contrib.rnn``, TensorFlow 2 does not.

So the step is said here, in TensorFlow's operations, and TensorFlow differentiates it.
"""

from typing import Any

import scratch.cells.grid_lstm
from scratch.arrays import DType, Float, Sizes, State
from tf_impl.cell import genuine
from tf_impl.tensorflow import Tensor, tf, v1


@genuine.register(scratch.cells.grid_lstm.GridLSTMCell)
class GridLSTMCell(v1.nn.rnn_cell.RNNCell):
    """``GridLSTMCell`` with the options of the description ``cell``.

    Its variables, for block n along frequency, are ``W_f_n_0``, ``B_f_n``, and with peepholes those such as
    ``W_I_diag_freqt_n``; along time, unless they are shared, ``W_t_n_0``, ``B_t_n`` and ``W_I_diag_timet_n``.
    """

    def __init__(self, cell: scratch.cells.grid_lstm.GridLSTMCell, dtype: DType) -> None:
        super().__init__(dtype=dtype)
        self.options = cell

    @property
    def state_size(self) -> Sizes:
        return self.options.state_size

    @property
    def output_size(self) -> int:
        return self.options.output_size

    def build(self, inputs_shape: Any) -> None:
        options, units = self.options, self.options.num_units
        gates = "IJO" if options.couple_input_forget_gates else "IJFO"
        self.variables_of = {}
        for block in range(len(options.num_frequency_blocks)):
            for way in ("freq",) if options.share_time_frequency_weights else ("freq", "time"):
                kernel_shape = [options.feature_size + 2 * units, len(gates) * units]
                self.variables_of[block, way] = {
                    "kernel": self.add_weight(f"W_{way[0]}_{block}_0", kernel_shape),
                    "bias": self.add_weight(f"B_{way[0]}_{block}", kernel_shape[1:]),
                }
                for gate in gates.replace("J", "") if options.use_peepholes else "":
                    for memory in "ft":
                        peephole = self.add_weight(f"W_{gate}_diag_{way}{memory}_{block}", [units])
                        self.variables_of[block, way][gate + memory] = peephole
        self.built = True

    def gate(
        self,
        way: dict[str, Tensor],
        name: str,
        pre: Float[Tensor, "B H"],
        over_frequency: Float[Tensor, "B H"],
        over_time: Float[Tensor, "B H"],
    ) -> Float[Tensor, "B H"]:
        """Return one gate of one LSTM, which sees both memories where it has peepholes."""
        if self.options.use_peepholes:
            pre = pre + way[name + "f"] * over_frequency + way[name + "t"] * over_time
        return tf.sigmoid(pre)

    def remember(
        self,
        way: dict[str, Tensor],
        pre: dict[str, Tensor],
        memory: Float[Tensor, "B H"],
        over_frequency: Float[Tensor, "B H"],
        over_time: Float[Tensor, "B H"],
    ) -> Float[Tensor, "B H"]:
        """Return the new memory of one LSTM."""
        write = self.gate(way, "I", pre["I"], over_frequency, over_time)
        if self.options.couple_input_forget_gates:
            keep = 1 - write
        else:
            keep = self.gate(way, "F", pre["F"] + self.options.forget_bias, over_frequency, over_time)
        memory, bound = keep * memory + write * tf.tanh(pre["J"]), self.options.cell_clip
        return memory if bound is None else tf.clip_by_value(memory, -bound, bound)

    def call(self, inputs: Float[Tensor, "B D"], state: State) -> tuple[Float[Tensor, "B output"], State]:
        options, skip = self.options, self.options.frequency_skip or 0
        gates = "IJO" if options.couple_input_forget_gates else "IJFO"
        output: list[Tensor] = []
        new_state: dict[str, Tensor] = {}
        for block, count in enumerate(options.num_frequency_blocks):
            frequency = self.variables_of[block, "freq"]
            time = self.variables_of.get((block, "time"), frequency)
            low = options.start_freqindex_list[block] if options.start_freqindex_list else 0
            over_frequency = below = tf.zeros([inputs.shape[0], options.num_units], inputs.dtype)
            for index in range(count):
                name = f"state_f{index:02}_b{block:02}"
                over_time, said = getattr(state, f"{name}_c"), getattr(state, f"{name}_m")
                heard = tf.concat([inputs[:, low : low + options.feature_size], said, below], 1)
                pre_frequency, pre_time = (
                    dict(
                        zip(gates, tf.split(tf.matmul(heard, way["kernel"]) + way["bias"], len(gates), 1), strict=True)
                    )
                    for way in (frequency, time)
                )
                over_frequency, over_time = (
                    self.remember(frequency, pre_frequency, over_frequency, over_frequency, over_time),
                    self.remember(time, pre_time, over_time, over_frequency, over_time),
                )
                below = self.gate(frequency, "O", pre_frequency["O"], over_frequency, over_time)
                below = below * tf.tanh(over_frequency)
                said = self.gate(time, "O", pre_time["O"], over_frequency, over_time) * tf.tanh(over_time)
                output += [said, below]
                new_state |= {f"{name}_c": over_time, f"{name}_m": said}
                low += skip
        return tf.concat(output, 1), type(self.state_size)(**new_state)
