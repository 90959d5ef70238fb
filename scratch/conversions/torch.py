"""To and from PyTorch: ``nn.RNN``, ``nn.LSTM``, ``nn.GRU`` and their cells, under the names of their ``state_dict``.

    weight_ih_l0 [gates, D]     weight_hh_l0 [gates, P]     bias_ih_l0, bias_hh_l0 [gates]     weight_hr_l0 [P, H]

    LSTM      i, f, j, o      no forget bias but the one in the biases      weight_hr: the projection, proj_size
    GRU       r, u, n         always reset after the product

A layer has a number, and its backward direction ``_reverse`` behind it; a cell, such as ``nn.LSTMCell``, has neither.
The forget bias goes into ``bias_hh``, and out of it, so that the way there and back rounds nothing. Of two biases of a
gate nothing but their sum is used, and the sum is what is kept here. The page is ``docs/conversions/torch.md``.
"""

from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Params, Shapes, State
from scratch.cells.lstm import LSTMState
from scratch.cells.rnn import BasicRNNCell
from scratch.conversions.checked import (
    CELLS,
    check_cell,
    check_from_scratch,
    check_named,
    check_no_bias,
    check_stacked,
    check_states,
)
from scratch.conversions.gates import TORCH, from_order, gates_of, to_order
from scratch.conversions.layers import Place, assembled, check_scopes, part_at, places
from scratch.conversions.parts import (
    Parts,
    put_gradients_together,
    put_together,
    take_apart,
    take_gradients_apart,
)
from scratch.options import check_choice, check_flag
from scratch.shown import shown

CARRIED = ("forget_bias", "num_proj", "use_bias")
BIASES = ("bias_ih", "bias_hh")


def to_torch(cell: Any, params: Params, *, bias: bool = True, step: bool = False) -> dict[str, Array]:
    """Return the ``state_dict`` of the PyTorch module that computes the same as ``cell`` with ``params``.

    ``cell``: a ``BasicRNNCell`` (``nonlinearity`` is its activation), a ``BasicLSTMCell``, an ``LSTMCell`` or
    ``LSTMBlockCell`` without peepholes and clipping (``num_proj`` is ``proj_size``), or a ``GRUCell`` with
    ``reset_after``; a ``MultiRNNCell`` of these; ``(cell_fw, cell_bw)``, or a pair of lists, for
    ``bidirectional=True``. All have one ``num_units``. A cell with ``use_bias=False`` is a module with ``bias=False``.
    ``bias=False``: without biases, which must then be 0. ``step``: the names of ``nn.LSTMCell`` and its like, for one
    cell. Raises ``TypeError`` or ``ValueError`` for what PyTorch cannot say, by name.
    """
    found = check_module(cell, step)
    check_all(found, params, "params")
    parts = [take_apart(place.cell, part_at(params, place.path)) for place in found]
    if not check_flag("bias", bias):
        for place, part in zip(found, parts, strict=True):
            check_no_bias("/".join(["params", *place.path, "bias"]), part.bias_x + part.bias_h)
    return laid_out(found, parts, bias, step)


def from_torch(cell: Any, weights: dict[str, Array]) -> Params:
    """Return the parameters of ``cell`` from a ``state_dict`` as arrays: ``to_torch`` undone.

    Without biases (``bias=False``) those here are 0. The names may be those of a cell, without a layer.
    """
    found = check_module(cell, is_step(weights))
    read = read_all(found, weights)
    return assembled(found, lambda place: put_together(place.cell, read[place]))


def gradients_to_torch(cell: Any, d_params: Params, *, bias: bool = True, step: bool = False) -> dict[str, Array]:
    """Return the gradients of PyTorch's weights from those of the parameters: the transpose of ``from_torch``.

    ``bias_ih`` and ``bias_hh`` of a gate have the same gradient, that of their sum.
    """
    found = check_module(cell, step)
    check_all(found, d_params, "d_params")
    parts = [take_gradients_apart(place.cell, part_at(d_params, place.path)) for place in found]
    return laid_out(found, parts, check_flag("bias", bias), step)


def gradients_from_torch(cell: Any, d_weights: dict[str, Array]) -> Params:
    """Return the gradients of the parameters from those of PyTorch's weights: the transpose of ``to_torch``.

    ``bias_hh`` is a constant but for n of a GRU, so its gradient is dropped. A bias that is not there has gradient 0.
    """
    found = check_module(cell, is_step(d_weights))
    read = read_all(found, d_weights, "d_weights")
    return assembled(found, lambda place: put_gradients_together(place.cell, read[place]))


def state_to_torch(cell: Any, state: State) -> tuple[Float[Array, "_ _ _"], ...]:
    """Return ``(h_0,)``, or ``(h_0, c_0)`` of an LSTM, [layers · directions, B, ·], from the state of ``dynamic_rnn``.

    ``state`` is nested as ``cell`` is: an array, ``LSTMState``, a tuple of the layers', a pair of the directions', or
    for a pair of lists a pair of lists. Gradients of states go the same way, in both directions.
    """
    found = check_module(cell, False)
    states = [state_at(state, cell, place) for place in found]
    check_states("state", states, [place.cell for place in found])
    if isinstance(states[0], LSTMState):
        return np.stack([one.h for one in states]), np.stack([one.c for one in states])
    return (np.stack(states),)


def state_from_torch(cell: Any, arrays: tuple[Array, ...]) -> State:
    """Return the state of ``dynamic_rnn`` from ``(h_n,)`` or ``(h_n, c_n)``: ``state_to_torch`` undone."""
    found = check_module(cell, False)
    lstm = isinstance(found[0].cell.state_size, LSTMState)
    if not isinstance(arrays, tuple | list) or len(arrays) != 1 + lstm:
        raise TypeError(f"arrays must be a tuple of {'h and c' if lstm else 'h alone'}, but is {shown(arrays)}")
    named = {f"arrays[{place}]": array for place, array in enumerate(arrays)}
    check_stacked(named, [found[0].cell.output_size, found[0].cell.num_units][: len(arrays)], len(found))
    rows = [[array[number].copy() for array in arrays] for number in range(len(found))]
    states = [LSTMState(c=row[1], h=row[0]) if lstm else row[0] for row in rows]
    if not isinstance(cell, tuple):
        return states[0] if not found[0].path else tuple(states)
    if not isinstance(cell[0], list | tuple):
        return tuple(states)
    return tuple(states[0::2]), tuple(states[1::2])


def state_at(state: State, cell: Any, place: Place) -> State:
    if not isinstance(cell, tuple):
        return state[place.layer] if place.path else state
    return state[place.direction][place.layer] if isinstance(cell[0], list | tuple) else state[place.direction]


def names(place: Place, step: bool) -> dict[str, str]:
    """Return PyTorch's name for each weight of one layer and direction."""
    end = "" if step else f"_l{place.layer}" + "_reverse" * place.direction
    return {name: name + end for name in ("weight_ih", "weight_hh", *BIASES, "weight_hr")}


def laid_out(found: list[Place], parts: list[Parts], bias: bool, step: bool) -> dict[str, Array]:
    weights: dict[str, Array] = {}
    for place, part in zip(found, parts, strict=True):
        named = names(place, step)
        arrays = {
            "weight_ih": to_order(TORCH, place.cell, part.x).T,
            "weight_hh": to_order(TORCH, place.cell, part.h).T,
        }
        if bias and place.cell.use_bias:
            arrays |= {
                "bias_ih": to_order(TORCH, place.cell, part.bias_x),
                "bias_hh": to_order(TORCH, place.cell, part.bias_h),
            }
        if "projection" in part.more:
            arrays["weight_hr"] = part.more["projection"]["kernel"].T
        weights |= {named[name]: np.ascontiguousarray(array).copy() for name, array in arrays.items()}
    return weights


def read_all(found: list[Place], weights: Any, name: str = "weights") -> dict[Place, Parts]:
    """Return the parts of each cell, refusing, by name, a ``state_dict`` that does not fit."""
    step = is_step(weights)
    named = [str(name) for name in weights] if isinstance(weights, dict) else ["bias"]
    biased = found[0].cell.use_bias and any(name.startswith("bias") for name in named)
    first = names(found[0], step)["weight_ih"]
    shapes: Shapes = {}
    width: Any = "D"
    for number, place in enumerate(found):
        if number and place.layer != found[number - 1].layer:
            width = sum(below.cell.output_size for below in found if below.layer == place.layer - 1)
        elif number and isinstance(weights, dict) and getattr(weights.get(first), "ndim", 0) == 2:
            width = weights[first].shape[1] if place.layer == 0 else width
        size = len(gates_of(place.cell)) * place.cell.num_units
        wanted: Shapes = {"weight_ih": (size, width), "weight_hh": (size, place.cell.output_size)}
        wanted |= dict.fromkeys(BIASES, (size,)) if biased else {}
        if getattr(place.cell, "num_proj", None):
            wanted["weight_hr"] = (place.cell.num_proj, place.cell.num_units)
        shapes |= {names(place, step)[name]: shape for name, shape in wanted.items()}
    check_named(weights, shapes, first, name)
    return {place: read(place, weights, biased, step) for place in found}


def read(place: Place, weights: dict[str, Array], biased: bool, step: bool) -> Parts:
    named = names(place, step)
    kernels = [from_order(TORCH, place.cell, weights[named[name]].T) for name in ("weight_ih", "weight_hh")]
    zeros = np.zeros(kernels[0].shape[1], kernels[0].dtype)
    bias_x, bias_h = [from_order(TORCH, place.cell, weights[named[name]]) if biased else zeros for name in BIASES]
    more = {"projection": {"kernel": weights[named["weight_hr"]].T}} if named["weight_hr"] in weights else {}
    return Parts(x=kernels[0], h=kernels[1], bias_x=bias_x, bias_h=bias_h, more=more)


def is_step(weights: Any) -> bool:
    """Return whether a ``state_dict`` is that of a cell, whose names have no layer."""
    return isinstance(weights, dict) and "weight_ih" in weights


def check_module(cell: Any, step: bool) -> list[Place]:
    """Return every cell of the network, refusing, by name, what is no module of PyTorch."""
    found = places(cell)
    for place in found:
        vanilla = isinstance(place.cell, BasicRNNCell)
        check_cell(place.cell, CELLS, (*CARRIED, "activation") if vanilla else CARRIED, reset_after=True)
        if vanilla:
            check_choice("activation of a vanilla cell in PyTorch", place.cell.activation, ("tanh", "relu"))
        first = found[0].cell
        for option in ("num_units", "num_proj", "activation", "use_bias"):
            have, want = getattr(place.cell, option, None), getattr(first, option, None)
            if have != want:
                raise ValueError(f"PyTorch has one {option} for all layers, but the cells have {want!r} and {have!r}")
        if gates_of(place.cell) != gates_of(first):
            raise ValueError(f"PyTorch has one kind of cell for all layers, but cell has {first} and {place.cell}")
    if check_flag("step", step) and len(found) > 1:
        raise ValueError(f"a cell of PyTorch is one layer of one direction, but cell has {len(found)}")
    if step and getattr(found[0].cell, "num_proj", None):
        raise ValueError(f"cell must have num_proj=None, which nn.LSTMCell has not, but has {found[0].cell.num_proj}")
    return found


def check_all(found: list[Place], params: Params, name: str) -> None:
    check_scopes(found, params, name)
    for place in found:
        below = [lower.cell.output_size for lower in found if lower.layer == place.layer - 1]
        check_from_scratch(place.cell, part_at(params, place.path), "/".join([name, *place.path]), sum(below))
