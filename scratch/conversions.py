"""Weights to and from other layouts: the same numbers, in the order in which somebody else keeps them.

    LSTM     TF1  i, j, f, o      Keras, BlockLSTMV2  i, f, j, o      forget_bias in the columns of f
    GRU      TF1  r, u and n      Keras               u, r, n

TF1 has one kernel, the rows of x above those of h; Keras has ``kernel`` for x and ``recurrent_kernel`` for h.

The forget bias, which TF1 adds at run time, the others have in their bias. On the way there ``cell.forget_bias`` is
added, on the way back it is subtracted: the two functions of a pair, given one cell, undo each other. With
``forget_bias=0.0`` the bias is copied as it is. The page is ``docs/conversions.md``.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Params
from scratch.cells.full_lstm import LSTMCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.cells.rnn import BasicRNNCell
from scratch.checks import check_array, check_params
from scratch.tree import map_tree, named_leaves

LSTMS = BasicLSTMCell, LSTMCell
# What a Keras LSTM does not have.
KERAS_LSTM: dict[str, Any] = {"use_peepholes": False, "cell_clip": None}


def rnn_to_keras(cell: Any, params: Params) -> list[Array]:
    """Return ``[kernel [D, H], recurrent_kernel [H, H], bias [H]]`` of ``keras.layers.SimpleRNN``."""
    check_from_scratch(cell, params, BasicRNNCell)
    return [*split_rows(params["kernel"], cell.num_units), params["bias"].copy()]


def rnn_from_keras(cell: Any, weights: Sequence[Array]) -> Params:
    """Return the parameters of ``BasicRNNCell`` from the weights of ``keras.layers.SimpleRNN``."""
    kernel, recurrent_kernel, bias = check_from_keras(cell, weights, BasicRNNCell, 1)
    return {"kernel": np.concatenate([kernel, recurrent_kernel]), "bias": bias.copy()}


def lstm_to_keras(cell: Any, params: Params) -> list[Array]:
    """Return ``[kernel [D, 4H], recurrent_kernel [H, 4H], bias [4H]]`` of ``keras.layers.LSTM``.

    ``cell`` is a ``BasicLSTMCell``, or an ``LSTMCell`` or ``LSTMBlockCell`` without peepholes, clipping and projection,
    which is the same. ``cell.forget_bias`` is then in the bias.
    """
    check_from_scratch(cell, params, LSTMS, **KERAS_LSTM)
    kernel = reorder(params["kernel"], "ijfo", "ifjo")
    bias = reorder(add_to_forget_gate(params["bias"], cell.forget_bias), "ijfo", "ifjo")
    return [*split_rows(kernel, cell.num_units), bias]


def lstm_from_keras(cell: Any, weights: Sequence[Array]) -> Params:
    """Return the parameters of the cell from the weights of ``keras.layers.LSTM``, the inverse of the function above.

    ``cell.forget_bias`` is taken out of the bias.
    """
    kernel, recurrent_kernel, bias = check_from_keras(cell, weights, LSTMS, 4, **KERAS_LSTM)
    kernel = reorder(np.concatenate([kernel, recurrent_kernel]), "ifjo", "ijfo")
    return {"kernel": kernel, "bias": add_to_forget_gate(reorder(bias, "ifjo", "ijfo"), -cell.forget_bias)}


def gru_to_keras(cell: Any, params: Params) -> list[Array]:
    """Return ``[kernel [D, 3H], recurrent_kernel [H, 3H], bias]`` of ``keras.layers.GRU``.

    The layer has the ``reset_after`` of the cell. The bias is [3H]; with ``reset_after`` it is [2, 3H], one row that
    goes with x and one that goes with h, and a gate's bias is in the first, with 0 in the second.
    """
    check_from_scratch(cell, params, GRUCell)
    gates, candidate = params["gates"], params["candidate"]
    if cell.reset_after:
        layer_x, layer_h = candidate["input_projection"], candidate["hidden_projection"]
        kernel_n = np.concatenate([layer_x["kernel"], layer_h["kernel"]])
        bias_x = np.concatenate([gates["bias"], layer_x["bias"]])
        bias = np.stack([bias_x, np.concatenate([np.zeros_like(gates["bias"]), layer_h["bias"]])])
    else:
        kernel_n, bias = candidate["kernel"], np.concatenate([gates["bias"], candidate["bias"]])
    kernel = reorder(np.concatenate([gates["kernel"], kernel_n], axis=1), "run", "urn")
    return [*split_rows(kernel, cell.num_units), reorder(bias, "run", "urn")]


def gru_from_keras(cell: Any, weights: Sequence[Array]) -> Params:
    """Return the parameters of ``GRUCell`` from the weights of ``keras.layers.GRU`` with the same ``reset_after``.

    Of a gate's two biases nothing but their sum is ever used, and the sum is what TF1 has.
    """
    weights = check_from_keras(cell, weights, GRUCell, 3)
    split = [np.split(reorder(array, "urn", "run"), [2 * cell.num_units], axis=-1) for array in weights]
    (gates_x, kernel_x), (gates_h, kernel_h), (gates_bias, bias) = split
    gates: Params = {"kernel": np.concatenate([gates_x, gates_h]), "bias": gates_bias}
    candidate: Params = {"kernel": np.concatenate([kernel_x, kernel_h]), "bias": bias}
    if cell.reset_after:
        gates["bias"] = gates_bias[0] + gates_bias[1]
        candidate = {
            "input_projection": {"kernel": kernel_x, "bias": bias[0]},
            "hidden_projection": {"kernel": kernel_h, "bias": bias[1]},
        }
    return map_tree(np.copy, {"gates": gates, "candidate": candidate})


def lstm_to_block_v2(cell: Any, params: Params) -> Params:
    """Return the parameters that ``tf.raw_ops.BlockLSTMV2`` takes, under the names of ``params``.

    ``cell`` is a ``BasicLSTMCell``, an ``LSTMCell`` or an ``LSTMBlockCell``, with tanh and no projection. Peepholes
    have no gates to put in order. ``tf.raw_ops.BlockLSTM``, the first version, has TF1's order and adds a forget bias
    itself.
    """
    check_from_scratch(cell, params, LSTMS, activation="tanh")
    bias = add_to_forget_gate(params["bias"], cell.forget_bias)
    ordered = {"kernel": reorder(params["kernel"], "ijfo", "ifjo"), "bias": reorder(bias, "ijfo", "ifjo")}
    return map_tree(np.copy, params | ordered)


def lstm_from_block_v2(cell: Any, weights: Params) -> Params:
    """Return the parameters of the cell from those of ``tf.raw_ops.BlockLSTMV2``, the inverse of the function above."""
    check_from_scratch(cell, weights, LSTMS, "weights", activation="tanh")
    bias = add_to_forget_gate(reorder(weights["bias"], "ifjo", "ijfo"), -cell.forget_bias)
    return map_tree(np.copy, weights | {"kernel": reorder(weights["kernel"], "ifjo", "ijfo"), "bias": bias})


def reorder(columns: Float[Array, "... gates"], order: str, wanted: str) -> Float[Array, "... gates"]:
    """Return the gates that stand side by side in the last axis of ``columns`` in another order.

    ``order`` and ``wanted`` name each gate by its letter, as in "ijfo".
    """
    gates = dict(zip(order, np.split(columns, len(order), axis=-1), strict=True))
    return np.concatenate([gates[gate] for gate in wanted], axis=-1)


def add_to_forget_gate(bias: Float[Array, " gates"], number: float) -> Float[Array, " gates"]:
    """Return a bias in TF1's order with ``number`` added to the columns of f."""
    i, j, f, o = np.split(bias, 4)
    return np.concatenate([i, j, f + number, o])


def split_rows(kernel: Float[Array, "rows N"], num_units: int) -> list[Array]:
    """Return the rows of x and the rows of h, each an array of its own."""
    return [rows.copy() for rows in np.split(kernel, [-num_units])]


def check_cell(cell: Any, kinds: Any, **only: Any) -> None:
    """Refuse a cell that is not of these kinds, or has other options than the other layout can say.

    No other layout here has a projection, and each has a bias; ``only`` gives what else an option, where the cell has
    it, must be.
    """
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if not isinstance(cell, kinds):
        raise TypeError(f"cell must be a {' or '.join(kind.__name__ for kind in kinds)}, but is {type(cell).__name__}")
    for option, wanted in {"num_proj": None, "use_bias": True, **only}.items():
        if (found := getattr(cell, option, wanted)) != wanted:
            raise ValueError(f"cell must have {option}={wanted!r} to be converted, but has {option}={found!r}")


def check_from_scratch(cell: Any, params: Any, kinds: Any, name: str = "params", **only: Any) -> None:
    """Refuse, by name, parameters that do not fit the cell; the width of the inputs is read from the kernel."""
    check_cell(cell, kinds, **only)
    kernels = [leaf for path, leaf in named_leaves(params) if path in ("kernel", "gates/kernel")]
    kernel = kernels[0] if kernels and isinstance(kernels[0], np.ndarray) and kernels[0].ndim else np.empty(0)
    input_size = max(1, len(kernel) - cell.output_size)
    check_params(name, params, cell.param_shapes(input_size), kernel.dtype if len(kernel) else None)


def check_from_keras(cell: Any, weights: Any, kinds: Any, num_gates: int, **only: Any) -> Sequence[Array]:
    """Return the three weights of a Keras layer, refusing, by name, what does not fit the cell."""
    check_cell(cell, kinds, **only)
    names = ("kernel", "recurrent_kernel", "bias")
    if not isinstance(weights, list | tuple) or len(weights) != len(names):
        came = f"{type(weights).__name__}" + (f" of {len(weights)}" if isinstance(weights, list | tuple) else "")
        raise TypeError(f"weights must be a list of {', '.join(names)}, as get_weights() returns it, but is {came}")
    width = num_gates * cell.num_units
    check_array("weights/kernel", weights[0], ("D", width))
    bias_shape = (2, width) if getattr(cell, "reset_after", False) else (width,)
    shapes = {"kernel": weights[0].shape, "recurrent_kernel": (cell.num_units, width), "bias": bias_shape}
    check_params("weights", dict(zip(names, weights, strict=True)), shapes, weights[0].dtype)
    return weights
