"""To and from TensorFlow's fused kernels: ``BlockLSTM``, ``BlockLSTMV2``, ``LSTMBlockCell`` and ``GRUBlockCell``.

    BlockLSTM, LSTMBlockCell      w [D + H, 4H], wci, wcf, wco, b      i, j, f, o     adds the forget bias itself
    BlockLSTMV2                   the same                             i, f, j, o     the forget bias is in b
    GRUBlockCell                  w_ru, b_ru, w_c, b_c                 r, u and n     reset before the product

The kernels compute in float32. The page is ``docs/conversions/fused.md``.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from scratch.arrays import Params
from scratch.cells.gru import GRUCell
from scratch.conversions.checked import LSTMS, check_cell, check_from_scratch, check_named
from scratch.conversions.gates import BLOCK_V2, add_to_forget_gate, from_order, to_order
from scratch.tree import map_tree

# Of an LSTM's options all but the activation and the projection; the clipping is an attribute of the kernel.
CARRIED = ("forget_bias", "use_peepholes", "cell_clip")
# An argument of the kernel for each parameter.
LSTM_ARGUMENTS = {"kernel": "w", "bias": "b", "w_i_diag": "wci", "w_f_diag": "wcf", "w_o_diag": "wco"}


def lstm_to_block(cell: Any, params: Params) -> Params:
    """Return the arguments ``w``, ``b`` and, for peepholes, ``wci``, ``wcf``, ``wco`` of ``tf.raw_ops.BlockLSTM``.

    ``LSTMBlockCell`` takes the same. ``cell`` is a ``BasicLSTMCell``, an ``LSTMCell`` or an ``LSTMBlockCell``, with
    tanh and no projection; its ``forget_bias`` and ``cell_clip`` are attributes of the kernel. Nothing is computed, so
    gradients go the same way, in both directions.
    """
    check_cell(cell, LSTMS, CARRIED)
    check_from_scratch(cell, params)
    return {LSTM_ARGUMENTS[name]: array.copy() for name, array in params.items()}


def lstm_from_block(cell: Any, weights: Params) -> Params:
    """Return the parameters of the cell from the arguments of ``tf.raw_ops.BlockLSTM``: the inverse of the above."""
    check_cell(cell, LSTMS, CARRIED)
    shapes = cell.param_shapes(1)
    wanted = {LSTM_ARGUMENTS[name]: shape for name, shape in shapes.items()}
    check_named(weights, {**wanted, "w": ("D + H", 4 * cell.num_units)}, "w")
    params = {name: weights[LSTM_ARGUMENTS[name]].copy() for name in shapes}
    check_from_scratch(cell, params, "weights")
    return params


def lstm_to_block_v2(cell: Any, params: Params) -> Params:
    """Return the parameters that ``tf.raw_ops.BlockLSTMV2`` takes, under the names of ``params``.

    ``cell`` is a ``BasicLSTMCell``, an ``LSTMCell`` or an ``LSTMBlockCell``, with tanh and no projection. Peepholes
    have no gates to put in order. ``tf.raw_ops.BlockLSTM``, the first version, has TF1's order and adds a forget bias
    itself.
    """
    check_cell(cell, LSTMS, CARRIED)
    check_from_scratch(cell, params)
    return in_order(cell, params, add_to_forget_gate(params["bias"], cell.forget_bias))


def lstm_from_block_v2(cell: Any, weights: Params) -> Params:
    """Return the parameters of the cell from those of ``tf.raw_ops.BlockLSTMV2``, the inverse of the function above."""
    check_cell(cell, LSTMS, CARRIED)
    check_from_scratch(cell, weights, "weights")
    bias = add_to_forget_gate(from_order(BLOCK_V2, cell, weights["bias"]), -cell.forget_bias)
    return map_tree(np.copy, weights | {"kernel": from_order(BLOCK_V2, cell, weights["kernel"]), "bias": bias})


def lstm_gradients_to_block_v2(cell: Any, d_params: Params) -> Params:
    """Return the gradients of what ``BlockLSTMV2`` takes; the forget bias is a constant and has none."""
    check_cell(cell, LSTMS, CARRIED)
    check_from_scratch(cell, d_params, "d_params")
    return lstm_to_block_v2(replace(cell, forget_bias=0.0), d_params)


def lstm_gradients_from_block_v2(cell: Any, d_weights: Params) -> Params:
    """Return the gradients of the parameters from those that ``BlockLSTMGradV2`` returns."""
    check_cell(cell, LSTMS, CARRIED)
    check_from_scratch(cell, d_weights, "d_weights")
    return lstm_from_block_v2(replace(cell, forget_bias=0.0), d_weights)


def in_order(cell: Any, params: Params, bias: Any) -> Params:
    """Return parameters in the order of ``BlockLSTMV2``, each an array of its own."""
    ordered = {"kernel": to_order(BLOCK_V2, cell, params["kernel"]), "bias": to_order(BLOCK_V2, cell, bias)}
    return map_tree(np.copy, params | ordered)


def gru_to_block(cell: Any, params: Params) -> Params:
    """Return the arguments ``w_ru`` [D + H, 2H], ``b_ru``, ``w_c`` [D + H, H], ``b_c`` of ``tf.raw_ops.GRUBlockCell``.

    ``cell`` is a ``GRUCell`` with tanh, reset before the product. Gradients go the same way, in both directions.
    """
    check_cell(cell, GRUCell, ())
    check_from_scratch(cell, params)
    gates, candidate = map_tree(np.copy, params["gates"]), map_tree(np.copy, params["candidate"])
    return {"w_ru": gates["kernel"], "b_ru": gates["bias"], "w_c": candidate["kernel"], "b_c": candidate["bias"]}


def gru_from_block(cell: Any, weights: Params) -> Params:
    """Return the parameters of ``GRUCell`` from the arguments of ``tf.raw_ops.GRUBlockCell``."""
    check_cell(cell, GRUCell, ())
    size = cell.num_units
    shapes = {"w_ru": ("D + H", 2 * size), "b_ru": (2 * size,), "w_c": None, "b_c": (size,)}
    rows = getattr(weights.get("w_ru"), "shape", (0,))[0] if isinstance(weights, dict) else 0
    check_named(weights, {**shapes, "w_c": (rows, size)}, "w_ru")
    params = {
        "gates": {"kernel": weights["w_ru"].copy(), "bias": weights["b_ru"].copy()},
        "candidate": {"kernel": weights["w_c"].copy(), "bias": weights["b_c"].copy()},
    }
    check_from_scratch(cell, params, "weights")
    return params
