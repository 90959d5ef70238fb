"""To and from the layers of Keras: ``SimpleRNN``, ``LSTM``, ``GRU``, ``StackedRNNCells``, ``Bidirectional`` of these.

    weights     kernel [D, gates], recurrent_kernel [H, gates], bias      a list, in this order, as get_weights() has it
    LSTM        i, f, j, o       the forget bias is in the bias
    GRU         u, r, n          reset after the product: bias [2, 3H], a row that goes with x, one that goes with h

The forget bias, which TF1 adds at run time, is added on the way there and subtracted on the way back: the two functions
of a pair, given one cell, undo each other. With ``forget_bias=0.0`` the bias is copied as it is. A layer with
``use_bias=False`` has no third array; a bias here is then 0. The page is ``docs/conversions/keras.md``.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from scratch.arrays import Array, Params
from scratch.cells.gru import GRUCell
from scratch.cells.rnn import BasicRNNCell
from scratch.checks import check_array, check_params
from scratch.conversions.checked import CELLS, LSTMS, check_cell, check_from_scratch, check_listed_weights
from scratch.conversions.gates import KERAS, from_order, gates_of, to_order
from scratch.conversions.layers import DIRECTIONS, Place, assembled, check_scopes, part_at, places_apart
from scratch.conversions.parts import (
    Parts,
    put_gradients_together,
    put_together,
    take_apart,
    take_gradients_apart,
)

# What of a cell a Keras layer can say; every other option must have its default.
CARRIED = ("forget_bias", "activation", "recurrent_activation", "reset_after", "use_bias")
NAMES = ("kernel", "recurrent_kernel", "bias")


def to_keras(cell: Any, params: Params) -> list[Array]:
    """Return the weights of the Keras layer that computes the same as ``cell`` with ``params``.

    ``cell``: a ``BasicRNNCell``, ``BasicLSTMCell``, ``GRUCell`` (the layer then has its ``reset_after``), or an
    ``LSTMCell`` or ``LSTMBlockCell`` without peepholes, clipping and projection. For a pair ``(cell_fw, cell_bw)`` with
    ``params["fw"]`` and ``params["bw"]`` they are those of ``Bidirectional``: six arrays, forward before backward. For
    a ``MultiRNNCell`` they are those of ``RNN(StackedRNNCells(…))``, layer after layer; a pair of these is a pair, too.
    Raises ``TypeError`` or ``ValueError`` for what no layer can say, by the name of the option.
    """
    check_layers(cell, params)
    parts = [(place.cell, take_apart(place.cell, part_at(params, place.path))) for place in places_apart(cell)]
    return [array for place, part in parts for array in laid_out(place, part)]


def from_keras(cell: Any, weights: Sequence[Array]) -> Params:
    """Return the parameters of ``cell`` from the weights of its Keras layer: ``to_keras`` undone.

    Of a gate's two biases nothing but their sum is ever used, and the sum is what TF1 has.
    """
    read = read_layers(cell, weights)
    return assembled(list(read), lambda place: put_together(place.cell, read[place]))


def gradients_to_keras(cell: Any, d_params: Params) -> list[Array]:
    """Return the gradients of the Keras weights from those of the parameters: the transpose of ``from_keras``.

    The forget bias is a constant and has no part in them. Where Keras has two biases, each has the gradient of the sum.
    """
    check_layers(cell, d_params, "d_params")
    found = places_apart(cell)
    parts = [(place.cell, take_gradients_apart(place.cell, part_at(d_params, place.path))) for place in found]
    return [array for place, part in parts for array in laid_out(place, part, summed=False)]


def gradients_from_keras(cell: Any, d_weights: Sequence[Array]) -> Params:
    """Return the gradients of the parameters from those of the Keras weights: the transpose of ``to_keras``.

    A second bias of r and u is 0 whatever the parameters are, so its gradient is dropped.
    """
    read = read_layers(cell, d_weights, "d_weights")
    return assembled(list(read), lambda place: put_gradients_together(place.cell, read[place]))


def laid_out(cell: Any, parts: Parts, summed: bool = True) -> list[Array]:
    """Return one layer's arrays in Keras's order; of gradients, two biases that are one have the same, and no sum."""
    kernel, recurrent_kernel = to_order(KERAS, cell, parts.x), to_order(KERAS, cell, parts.h)
    if not cell.use_bias:
        return [kernel, recurrent_kernel]
    if getattr(cell, "reset_after", False):
        return [kernel, recurrent_kernel, to_order(KERAS, cell, np.stack([parts.bias_x, parts.bias_h]))]
    return [kernel, recurrent_kernel, to_order(KERAS, cell, parts.bias_x + parts.bias_h if summed else parts.bias_x)]


def read_layers(cell: Any, weights: Any, name: str = "weights") -> dict[Place, Parts]:
    """Return the parts of each layer and direction, refusing, by name, what does not fit the cell."""
    found = check_cells(cell)
    unbiased = isinstance(weights, list | tuple) and len(weights) == 2 * len(found)
    counts = [3 if place.cell.use_bias and not unbiased else 2 for place in found]
    check_listed_weights(weights, tuple(one for count in counts for one in NAMES[:count]), name)
    left, read = list(weights), {}
    for place, count in zip(found, counts, strict=True):
        own, left = left[:count], left[count:]
        below = [lower.cell.output_size for lower in found if place.layer and lower.path == path_below(place)]
        read[place] = read_one(place.cell, own, below[0] if below else "D", name)
    return read


def path_below(place: Place) -> tuple[str, ...]:
    """Return the path of the layer that a layer reads."""
    return (*place.path[:-1], f"cell_{place.layer - 1}")


def read_one(cell: Any, weights: Sequence[Array], input_size: Any, name: str) -> Parts:
    width, after = len(gates_of(cell)) * cell.num_units, getattr(cell, "reset_after", False)
    check_array(f"{name}/kernel", weights[0], (input_size, width))
    shapes = {
        "kernel": weights[0].shape,
        "recurrent_kernel": (cell.num_units, width),
        "bias": (2, width) if after else (width,),
    }
    shapes = dict(zip(NAMES[: len(weights)], shapes.values(), strict=False))
    check_params(name, dict(zip(shapes, weights, strict=True)), shapes, weights[0].dtype)
    bias = weights[2] if len(weights) > 2 else np.zeros(width, weights[0].dtype)
    bias_x, bias_h = bias if bias.ndim == 2 else (bias, np.zeros_like(bias))
    arrays = [from_order(KERAS, cell, array) for array in (weights[0], weights[1], bias_x, bias_h)]
    return Parts(x=arrays[0], h=arrays[1], bias_x=arrays[2], bias_h=arrays[3], more={})


def check_cells(cell: Any) -> list[Place]:
    """Return every cell in Keras's order, refusing, by name, what no layer of Keras is."""
    found = places_apart(cell)
    for place in found:
        check_cell(place.cell, CELLS, CARRIED)
    if isinstance(cell, tuple) and any(place.layer and place.path[0] not in DIRECTIONS for place in found):
        raise ValueError("cell must be one layer or a pair of MultiRNNCell, but is a pair of lists: convert each layer")
    return found


def check_layers(cell: Any, params: Params, name: str = "params") -> None:
    found = check_cells(cell)
    check_scopes(found, params, name)
    for place in found:
        below = [lower.cell.output_size for lower in found if place.layer and lower.path == path_below(place)]
        check_from_scratch(place.cell, part_at(params, place.path), "/".join([name, *place.path]), sum(below))


def rnn_to_keras(cell: Any, params: Params) -> list[Array]:
    """Return ``[kernel [D, H], recurrent_kernel [H, H], bias [H]]`` of ``keras.layers.SimpleRNN``."""
    check_cell(cell, BasicRNNCell, CARRIED)
    return to_keras(cell, params)


def rnn_from_keras(cell: Any, weights: Sequence[Array]) -> Params:
    """Return the parameters of ``BasicRNNCell`` from the weights of ``keras.layers.SimpleRNN``."""
    check_cell(cell, BasicRNNCell, CARRIED)
    return from_keras(cell, weights)


def lstm_to_keras(cell: Any, params: Params) -> list[Array]:
    """Return ``[kernel [D, 4H], recurrent_kernel [H, 4H], bias [4H]]`` of ``keras.layers.LSTM``.

    ``cell`` is a ``BasicLSTMCell``, or an ``LSTMCell`` or ``LSTMBlockCell`` without peepholes, clipping and projection,
    which is the same. ``cell.forget_bias`` is then in the bias.
    """
    check_cell(cell, LSTMS, CARRIED)
    return to_keras(cell, params)


def lstm_from_keras(cell: Any, weights: Sequence[Array]) -> Params:
    """Return the parameters of the cell from the weights of ``keras.layers.LSTM``, the inverse of the function above.

    ``cell.forget_bias`` is taken out of the bias.
    """
    check_cell(cell, LSTMS, CARRIED)
    return from_keras(cell, weights)


def gru_to_keras(cell: Any, params: Params) -> list[Array]:
    """Return ``[kernel [D, 3H], recurrent_kernel [H, 3H], bias]`` of ``keras.layers.GRU``.

    The layer has the ``reset_after`` of the cell. The bias is [3H]; with ``reset_after`` it is [2, 3H], one row that
    goes with x and one that goes with h, and a gate's bias is in the first, with 0 in the second.
    """
    check_cell(cell, GRUCell, CARRIED)
    return to_keras(cell, params)


def gru_from_keras(cell: Any, weights: Sequence[Array]) -> Params:
    """Return the parameters of ``GRUCell`` from the weights of ``keras.layers.GRU`` with the same ``reset_after``."""
    check_cell(cell, GRUCell, CARRIED)
    return from_keras(cell, weights)
