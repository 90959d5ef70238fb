"""TensorFlow's LSTM with peepholes, clipping and projection, and its fused kernels.

``LSTMBlockCell`` is one step and ``BlockLSTM`` a whole sequence, each one operation written in C++ with its gradient in
C++ beside it, float32 only. ``BlockLSTMV2`` is the same with its columns in the order i, f, j, o and no forget bias.
"""

from typing import Any, NoReturn

import numpy as np

import scratch.cells.full_lstm
from scratch.arrays import Array, DType, Float, Params
from scratch.cells.lstm import LSTMState
from tf_impl.activations import activation, check_gate
from tf_impl.cell import genuine
from tf_impl.cells.biasless import with_or_without_bias
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


@genuine.register
def LSTMCell(cell: scratch.cells.full_lstm.LSTMCell, dtype: DType) -> Any:
    """Return ``LSTMCell`` with the same options; its variables have the names of ``cell.param_shapes``."""
    check_gate(cell)
    kind = with_or_without_bias(v1.nn.rnn_cell.LSTMCell, cell.use_bias)
    return kind(
        cell.num_units,
        use_peepholes=cell.use_peepholes,
        cell_clip=cell.cell_clip,
        num_proj=cell.num_proj,
        proj_clip=cell.proj_clip,
        forget_bias=cell.forget_bias,
        activation=activation(cell.activation),
        dtype=dtype,
    )


@genuine.register
def LSTMBlockCell(cell: scratch.cells.full_lstm.LSTMBlockCell, dtype: DType) -> NoReturn:
    """Refuse: the kernel is no RNNCell; ``block_lstm`` runs it."""
    raise TypeError("LSTMBlockCell is an operation, not a TF1 cell: call tf_impl.block_lstm")


def kernel_arguments(cell: Any, weights: Params) -> dict[str, Any]:
    """Return the arguments that all fused kernels share; peepholes that are not used are zeros."""
    zeros = tf.zeros([cell.num_units])
    return {
        "w": weights["kernel"],
        "b": weights["bias"],
        "wci": weights.get("w_i_diag", zeros),
        "wcf": weights.get("w_f_diag", zeros),
        "wco": weights.get("w_o_diag", zeros),
        # The kernels clip where the bound is above 0; the default of V1 is 3.
        "cell_clip": -1.0 if cell.cell_clip is None else cell.cell_clip,
        "use_peephole": cell.use_peepholes,
    }


def block_lstm(
    cell: Any,
    params: Params,
    inputs: Float[Array, "B T D"],
    initial_state: LSTMState,
    d_outputs: Float[Array, "B T H"],
    d_final_state: LSTMState,
) -> tuple[Float[Array, "B T H"], LSTMState, Float[Array, "B T D"], LSTMState, Params]:
    """Return ``(outputs, final_state, d_inputs, d_initial_state, d_params)`` of ``tf.raw_ops.BlockLSTM``.

    ``cell`` is a ``BasicLSTMCell``, ``LSTMCell`` or ``LSTMBlockCell`` description without projection; arrays are
    float32, inputs [B, T, D].
    """
    program = Program()
    with program.graph.as_default():
        x, state, weights = program.feed(inputs), program.feed(initial_state), program.feed(params)
        steps = tf.transpose(x, [1, 0, 2])
        result = tf.raw_ops.BlockLSTM(
            seq_len_max=tf.constant(inputs.shape[1], tf.int64),
            x=steps,
            cs_prev=state.c,
            h_prev=state.h,
            forget_bias=cell.forget_bias,
            **kernel_arguments(cell, weights),
        )
        outputs = tf.transpose(result.h, [1, 0, 2])
        results = outputs, type(state)(result.cs[-1], result.h[-1])
        program.differentiate(results, (x, state, weights))
    return *program.run(results), *program.backward((d_outputs, d_final_state))


def block_lstm_v2(
    cell: Any,
    weights: Params,
    inputs: Float[Array, "B T D"],
    initial_state: LSTMState,
    d_outputs: Float[Array, "B T H"],
    d_final_state: LSTMState,
) -> tuple[Float[Array, "B T H"], LSTMState, Float[Array, "B T D"], LSTMState, Params]:
    """Return ``(outputs, final_state, d_inputs, d_initial_state, d_weights)`` of ``tf.raw_ops.BlockLSTMV2``.

    As ``block_lstm``, but ``weights`` are in this kernel's own layout, from ``scratch.lstm_to_block_v2``. The gradients
    are those of ``BlockLSTMGradV2``, called directly: TensorFlow 2.21 registers the first version's gradient for both.
    """
    arguments = {
        "seq_len_max": tf.constant(inputs.shape[1], tf.int64),
        "x": inputs.swapaxes(0, 1),
        "cs_prev": initial_state.c,
        "h_prev": initial_state.h,
        **kernel_arguments(cell, weights),
    }
    forward = tf.raw_ops.BlockLSTMV2(**arguments)
    # The final state is the last step of c and of h.
    d_h, d_c = d_outputs.swapaxes(0, 1).copy(), np.zeros_like(forward.cs)
    d_h[-1] += d_final_state.h
    d_c[-1] += d_final_state.c
    del arguments["cell_clip"]
    backward = tf.raw_ops.BlockLSTMGradV2(**arguments, **forward._asdict(), cs_grad=d_c, h_grad=d_h)
    d_weights = {"kernel": backward.w_grad, "bias": backward.b_grad}
    if cell.use_peepholes:
        d_weights |= {"w_i_diag": backward.wci_grad, "w_f_diag": backward.wcf_grad, "w_o_diag": backward.wco_grad}
    state_type = type(initial_state)
    results = (
        tf.transpose(forward.h, [1, 0, 2]),
        state_type(forward.cs[-1], forward.h[-1]),
        tf.transpose(backward.x_grad, [1, 0, 2]),
        state_type(backward.cs_prev_grad, backward.h_prev_grad),
        d_weights,
    )
    return tf.nest.map_structure(lambda tensor: tensor.numpy(), results)


def lstm_block_cell(
    cell: Any, params: Params, x: Float[Array, "B D"], state: LSTMState
) -> tuple[Float[Array, "B H"], LSTMState]:
    """Return ``(output, new_state)`` of ``tf.raw_ops.LSTMBlockCell``: one step in float32, forward only."""
    program = Program()
    with program.graph.as_default():
        tf_x, tf_state, weights = program.feed(x), program.feed(state), program.feed(params)
        result = tf.raw_ops.LSTMBlockCell(
            x=tf_x,
            cs_prev=tf_state.c,
            h_prev=tf_state.h,
            forget_bias=cell.forget_bias,
            **kernel_arguments(cell, weights),
        )
        results = result.h, type(state)(result.cs, result.h)
    return program.run(results)
