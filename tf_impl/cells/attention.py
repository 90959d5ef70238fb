"""The attention wrapper as a TF1 cell; TensorFlow 1.15 had it in ``tf.contrib.rnn``, which TensorFlow 2 does not ship.

So the step is said here, in TensorFlow's operations, and TensorFlow differentiates it; the cell inside is TensorFlow's.
"""

from collections.abc import Callable
from typing import Any

import scratch.cells.attention
from scratch.arrays import DType, Float, Sizes, State
from tf_impl.cell import genuine
from tf_impl.tensorflow import Tensor, tf, v1


@genuine.register(scratch.cells.attention.AttentionCellWrapper)
class AttentionCellWrapper(v1.nn.rnn_cell.RNNCell):
    """``AttentionCellWrapper`` with the options of the description ``cell``, around TensorFlow's own cell.

    Its variables are ``kernel`` and ``bias``, those of the cell in the cell's own scope, ``attention/attn_w``,
    ``attention/attn_v``, ``attention/kernel`` and ``attention/bias``, and ``attn_output_projection/kernel`` and
    ``attn_output_projection/bias``.
    """

    def __init__(self, cell: scratch.cells.attention.AttentionCellWrapper, dtype: DType) -> None:
        super().__init__(dtype=dtype)
        self.cell = genuine(cell.cell, dtype)
        self.length, self.size = cell.attn_length, cell.attn_size or self.cell.output_size
        self.features = cell.attn_vec_size or self.size
        self.cell_input_size = cell.input_size

    @property
    def state_size(self) -> Sizes:
        return self.cell.state_size, self.size, self.length * self.size

    @property
    def output_size(self) -> int:
        return self.size

    def build(self, inputs_shape: Any) -> None:
        cell_input_size = self.cell_input_size or inputs_shape[-1]
        query_size = sum(tf.nest.flatten(self.cell.state_size))
        self.read = self.add_linear("", inputs_shape[-1] + self.size, cell_input_size)
        self.attn_w = self.add_weight("attention/attn_w", [1, 1, self.size, self.features])
        self.attn_v = self.add_weight("attention/attn_v", [self.features])
        self.ask = self.add_linear("attention/", query_size, self.features)
        self.show = self.add_linear("attn_output_projection/", self.cell.output_size + self.size, self.size)
        self.built = True

    def add_linear(self, scope: str, width: int, units: int) -> Callable[[list[Tensor]], Float[Tensor, "B units"]]:
        """Return the function of a list of tensors, all ``width`` wide together, that a kernel and a bias make."""
        kernel = self.add_weight(f"{scope}kernel", [width, units])
        bias = self.add_weight(f"{scope}bias", [units])
        return lambda tensors: tf.nn.bias_add(tf.matmul(tf.concat(tensors, 1), kernel), bias)

    def call(self, inputs: Float[Tensor, "B D"], state: State) -> tuple[Float[Tensor, "B output"], State]:
        cell_state, context, window = state
        output, cell_state = self.cell(self.read([inputs, context]), cell_state)
        # As an image K high and 1 wide, whose channels are the attention vector.
        image = tf.reshape(window, [-1, self.length, 1, self.size])
        keys = tf.nn.conv2d(image, self.attn_w, strides=1, padding="SAME")
        query = self.ask(tf.nest.flatten(cell_state))[:, None, None, :]
        shares = tf.nn.softmax(tf.reduce_sum(self.attn_v * tf.tanh(keys + query), axis=[2, 3]))
        context = tf.reduce_sum(shares[:, :, None, None] * image, axis=[1, 2])
        output = self.show([output, context])
        return output, (cell_state, context, tf.concat([window[:, self.size :], output], 1))
