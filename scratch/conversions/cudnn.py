"""To and from cuDNN's canonical form: one flat buffer, all matrices first and then all biases.

    for each layer, for each direction:   W of each gate [H, D], then R of each gate [H, H], by rows
    for each layer, for each direction:   the bias that goes with x of each gate [H], then the one that goes with h

    LSTM      i, f, j, o      no forget bias but the one in the biases
    GRU       r, u, n         always reset after the product

It is the form in which TensorFlow 1's ``CudnnLSTM`` and Keras 2 hand weights to cuDNN. A buffer says nothing of its own
sizes, so the way back is told the width of the inputs. The page is ``docs/conversions/cudnn.md``.
"""

from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Params
from scratch.checks import check_array
from scratch.conversions.gates import CUDNN, from_order, gates_of, to_order
from scratch.conversions.layers import Place, assembled, part_at
from scratch.conversions.parts import (
    Parts,
    put_gradients_together,
    put_together,
    take_apart,
    take_gradients_apart,
)
from scratch.conversions.torch import check_all, check_module
from scratch.options import check_count


def to_cudnn(cell: Any, params: Params) -> Float[Array, " weights"]:
    """Return the flat buffer of the network that computes the same as ``cell`` with ``params``.

    ``cell``: what ``to_torch`` takes, without a projection: cuDNN computes what ``nn.RNN``, ``nn.LSTM`` and ``nn.GRU``
    do.
    """
    found = check_network(cell)
    check_all(found, params, "params")
    return flat([(place.cell, take_apart(place.cell, part_at(params, place.path))) for place in found])


def from_cudnn(cell: Any, weights: Float[Array, " weights"], input_size: int) -> Params:
    """Return the parameters of ``cell`` over inputs of width ``input_size`` from a flat buffer: ``to_cudnn`` undone."""
    read = read_all(cell, weights, input_size)
    return assembled(list(read), lambda place: put_together(place.cell, read[place]))


def gradients_to_cudnn(cell: Any, d_params: Params) -> Float[Array, " weights"]:
    """Return the gradient of the buffer from those of the parameters: the transpose of ``from_cudnn``."""
    found = check_network(cell)
    check_all(found, d_params, "d_params")
    return flat([(place.cell, take_gradients_apart(place.cell, part_at(d_params, place.path))) for place in found])


def gradients_from_cudnn(cell: Any, d_weights: Float[Array, " weights"], input_size: int) -> Params:
    """Return the gradients of the parameters from that of the buffer: the transpose of ``to_cudnn``."""
    read = read_all(cell, d_weights, input_size, "d_weights")
    return assembled(list(read), lambda place: put_gradients_together(place.cell, read[place]))


def check_network(cell: Any) -> list[Place]:
    """Return every cell of the network, refusing, by name, what cuDNN does not compute."""
    found = check_module(cell, False)
    for place in found:
        if not place.cell.use_bias:
            raise ValueError("cell must have use_bias=True to be converted, but has use_bias=False")
        if getattr(place.cell, "num_proj", None) is not None:
            raise ValueError(f"cell must have num_proj=None to be converted, but has num_proj={place.cell.num_proj}")
    return found


def flat(parts: list[tuple[Any, Parts]]) -> Float[Array, " weights"]:
    matrices, biases = [], []
    for cell, part in parts:
        # Below one another the transposed gates are one matrix [gates, D], which read by rows is gate after gate.
        matrices += [to_order(CUDNN, cell, part.x).T.ravel(), to_order(CUDNN, cell, part.h).T.ravel()]
        biases += [to_order(CUDNN, cell, part.bias_x), to_order(CUDNN, cell, part.bias_h)]
    return np.concatenate(matrices + biases)


def read_all(cell: Any, weights: Any, input_size: int, name: str = "weights") -> dict[Place, Parts]:
    """Return the parts of each cell, refusing a buffer of another size than the cells need."""
    found, input_size = check_network(cell), check_count("input_size", input_size)
    size, gates = found[0].cell.num_units, gates_of(found[0].cell)
    directions = 1 + max(place.direction for place in found)
    widths = [input_size if place.layer == 0 else directions * size for place in found]
    rows = len(gates) * size
    needed = sum(rows * (width + size) for width in widths) + 2 * rows * len(found)
    check_array(name, weights, (needed,))
    place_of, parts = iter_blocks(weights), {}
    matrices = [(place_of(rows, width), place_of(rows, size)) for width in widths]
    for place, (w, r) in zip(found, matrices, strict=True):
        arrays = [from_order(CUDNN, place.cell, array) for array in (w.T, r.T, place_of(rows), place_of(rows))]
        parts[place] = Parts(x=arrays[0], h=arrays[1], bias_x=arrays[2], bias_h=arrays[3], more={})
    return parts


def iter_blocks(weights: Array) -> Any:
    """Return a function that reads the next block of a flat buffer, in the shape that it is called with."""
    start = 0

    def block(*shape: int) -> Array:
        nonlocal start
        end = start + int(np.prod(shape))
        found = weights[start:end].reshape(shape)
        start = end
        return found

    return block
