"""TensorFlow's GRU, ``tf.compat.v1.nn.rnn_cell.GRUCell``, the form of cuDNN, and the fused kernel.

The TF1 cell of cuDNN's form, ``CudnnCompatibleGRUCell``, went with ``tf.contrib``. Its equations are still in
TensorFlow, in Keras's cell, where the columns are u, r, n and each gate has two biases that are added up. The cell here
makes the variables of TF1, lays them out for Keras's cell, and lets that compute.
"""

from collections.abc import Callable
from typing import Any

import scratch.cells.gru
from scratch.arrays import Array, DType, Float, Params, Sizes, State
from tf_impl.activations import activation, check_gate
from tf_impl.cell import genuine
from tf_impl.cells.biasless import with_or_without_bias
from tf_impl.program import Program
from tf_impl.tensorflow import Tensor, tf, v1


@genuine.register
def GRUCell(cell: scratch.cells.gru.GRUCell, dtype: DType) -> Any:
    """Return ``GRUCell`` or ``CudnnCompatibleGRUCell``; its variables have the names of ``cell.param_shapes``."""
    check_gate(cell)
    kind = CudnnCompatibleGRUCell if cell.reset_after else v1.nn.rnn_cell.GRUCell
    kind = with_or_without_bias(kind, cell.use_bias)
    return kind(cell.num_units, activation=activation(cell.activation), dtype=dtype)


class CudnnCompatibleGRUCell(v1.nn.rnn_cell.RNNCell):
    """A TF1 cell with the variables of contrib's cell of this name and the equations of Keras's ``GRUCell``."""

    def __init__(self, num_units: int, activation: Callable[[Any], Any], dtype: DType) -> None:
        super().__init__(dtype=dtype)
        self.keras_cell = tf.keras.layers.GRUCell(num_units, activation=activation, reset_after=True, dtype=dtype)
        # Its weights are made here, not by it.
        self.keras_cell.built = True

    @property
    def state_size(self) -> Sizes:
        return self.keras_cell.units

    @property
    def output_size(self) -> int:
        return self.keras_cell.units

    def build(self, input_shape: Any) -> None:
        self.input_size, size = int(input_shape[-1]), self.state_size
        self.layers = (
            self.add_layer("gates", self.input_size + size, 2 * size, v1.ones_initializer()),
            self.add_layer("candidate/input_projection", self.input_size, size),
            self.add_layer("candidate/hidden_projection", size, size),
        )
        super().build(input_shape)

    def add_layer(
        self, name: str, rows: int, columns: int, bias_initializer: Any = "zeros"
    ) -> tuple[Float[Tensor, "rows columns"], Float[Tensor, " columns"]]:
        """Return the new variables ``name/kernel`` [rows, columns] and ``name/bias`` [columns]."""
        return (
            self.add_weight(f"{name}/kernel", shape=[rows, columns]),
            self.add_weight(f"{name}/bias", shape=[columns], initializer=bias_initializer),
        )

    def call(self, inputs: Float[Tensor, "B D"], state: Any) -> tuple[Float[Tensor, "B H"], State]:
        (kernel, bias), (kernel_x, bias_x), (kernel_h, bias_h) = self.layers
        # Columns r, u become u, r, n; in the rows, x stands above h on both sides.
        kernel_r, kernel_u = tf.split(kernel, 2, axis=1)
        bias_r, bias_u = tf.split(bias, 2)
        joined = tf.concat([kernel_u, kernel_r, tf.concat([kernel_x, kernel_h], axis=0)], axis=1)
        self.keras_cell.kernel, self.keras_cell.recurrent_kernel = tf.split(joined, [self.input_size, self.state_size])
        # Keras adds a gate's two biases; TF1 has one, so the other is 0.
        self.keras_cell.bias = tf.stack(
            [tf.concat([bias_u, bias_r, bias_x], axis=0), tf.concat([tf.zeros_like(bias), bias_h], axis=0)]
        )
        return self.keras_cell.call(inputs, state)


def gru_block_cell(
    cell: scratch.cells.gru.GRUCell,
    params: Params,
    x: Float[Array, "B D"],
    state: Float[Array, "B H"],
    d_output: Float[Array, "B H"],
    d_new_state: Float[Array, "B H"],
) -> tuple[Float[Array, "B H"], Float[Array, "B H"], Float[Array, "B D"], Float[Array, "B H"], Params]:
    """Return ``(output, new_state, d_x, d_state, d_params)`` of one step of ``tf.raw_ops.GRUBlockCell``, in float32.

    The gradient kernel ends at the gradients of z_n and [z_r, z_u]. From there to the weights went a function of
    ``tf.contrib``; now TensorFlow's own differentiation of the two products does.
    Raises ``ValueError`` for an option that the kernel does not have.
    """
    if cell.reset_after or cell.activation != "tanh":
        raise ValueError(f"GRUBlockCell has neither reset_after nor an activation other than tanh, but got {cell}")
    program = Program()
    with program.graph.as_default():
        tf_x, h, weights, d_h = program.feed((x, state, params, d_output + d_new_state))
        gates, candidate = weights["gates"], weights["candidate"]
        arguments = {
            "x": tf_x,
            "h_prev": h,
            "w_ru": gates["kernel"],
            "w_c": candidate["kernel"],
            "b_ru": gates["bias"],
            "b_c": candidate["bias"],
        }
        step = tf.raw_ops.GRUBlockCell(**arguments)
        gradient = tf.raw_ops.GRUBlockCellGrad(**arguments, r=step.r, u=step.u, c=step.c, d_h=d_h)
        products = [
            v1.nn.xw_plus_b(tf.concat([tf_x, h], axis=1), gates["kernel"], gates["bias"]),
            v1.nn.xw_plus_b(tf.concat([tf_x, step.r * h], axis=1), candidate["kernel"], candidate["bias"]),
        ]
        d_weights = tf.gradients(
            products,
            tf.nest.flatten(weights),
            grad_ys=[gradient.d_r_bar_u_bar, gradient.d_c_bar],
            stop_gradients=[step.r],
        )
        d_params = tf.nest.pack_sequence_as(weights, d_weights)
    return program.run((step.h, step.h, gradient.d_x, gradient.d_h_prev, d_params))
