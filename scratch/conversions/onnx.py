"""To and from ONNX: the operators ``RNN``, ``LSTM`` and ``GRU``, under the names of their inputs.

    W [directions, gates, D]     R [directions, gates, H]     B [directions, 2 gates]: of x, then of h     P: i, o, f

    LSTM      i, o, f, j      no forget bias but the one in B      P [directions, 3H]: the peepholes
    GRU       u, r, n         linear_before_reset=1: reset after the product

A node is one layer of one direction or of both. ``activations``, ``direction`` and the like are no arrays but
attributes of the node: ``onnx_attributes`` says them, and ``cell_from_onnx`` reads them. ``layout`` moves the batch to
the front of sequences and states and leaves the weights as they are. The forget bias goes into the second half of B,
and out of it, so that the way there and back rounds nothing. The page is ``docs/conversions/onnx.md``.
"""

from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Params, Shapes, State
from scratch.cells.lstm import LSTMState
from scratch.conversions.checked import CELLS, check_cell, check_from_scratch, check_named, check_stacked, check_states
from scratch.conversions.gates import ONNX, from_order, gates_of, to_order
from scratch.conversions.layers import Place, assembled, check_scopes, part_at, places
from scratch.conversions.onnx_coupled import from_four_gates, to_four_gates, with_four_gates
from scratch.conversions.parts import (
    PEEPHOLES,
    Parts,
    put_gradients_together,
    put_together,
    take_apart,
    take_gradients_apart,
)
from scratch.options import check_count

CARRIED = ("forget_bias", "activation", "reset_after", "use_peepholes", "use_bias", "recurrent_activation")
# The order of the peepholes in P.
P_ORDER = ("w_i_diag", "w_o_diag", "w_f_diag")


def to_onnx(cell: Any, params: Params) -> dict[str, Array]:
    """Return the inputs ``W``, ``R``, ``B`` and, for peepholes, ``P`` of the node that computes the same.

    ``cell``: a ``BasicRNNCell``, ``BasicLSTMCell``, ``GRUCell``, an ``LSTMCell`` or ``LSTMBlockCell`` without clipping
    and projection, or a ``CoupledInputForgetGateLSTMCell`` without projection and forget bias; or a pair ``(cell_fw,
    cell_bw)`` of one ``num_units`` for ``direction="bidirectional"``, with ``params["fw"]`` and ``params["bw"]``.
    Raises ``TypeError`` or ``ValueError`` for what a node cannot say, by name.
    """
    found, params = check_node(cell), to_four_gates(cell, params)
    check_all(found, params, "params")
    return laid_out(found, [take_apart(place.cell, part_at(params, place.path)) for place in found])


def from_onnx(cell: Any, weights: dict[str, Array]) -> Params:
    """Return the parameters of ``cell`` from a node's ``W``, ``R``, ``B`` and ``P``: ``to_onnx`` undone.

    ``B`` may be missing, as in ONNX, and is then 0.
    """
    found = check_node(cell)
    read = read_all(found, weights)
    return from_four_gates(cell, assembled(found, lambda place: put_together(place.cell, read[place.direction])))


def gradients_to_onnx(cell: Any, d_params: Params) -> dict[str, Array]:
    """Return the gradients of a node's weights from those of the parameters: the transpose of ``from_onnx``.

    Both halves of B have the gradient of their sum.
    """
    found, d_params = check_node(cell), to_four_gates(cell, d_params)
    check_all(found, d_params, "d_params")
    return laid_out(found, [take_gradients_apart(place.cell, part_at(d_params, place.path)) for place in found])


def gradients_from_onnx(cell: Any, d_weights: dict[str, Array]) -> Params:
    """Return the gradients of the parameters from those of a node's weights: the transpose of ``to_onnx``.

    The second half of B is a constant but for n of a GRU, so its gradient is dropped.
    """
    found = check_node(cell)
    read = read_all(found, d_weights, "d_weights")
    found_params = assembled(found, lambda place: put_gradients_together(place.cell, read[place.direction]))
    return from_four_gates(cell, found_params)


def state_to_onnx(cell: Any, state: State, layout: int = 0) -> dict[str, Array]:
    """Return ``initial_h`` and, of an LSTM, ``initial_c``: [directions, B, H], or with ``layout=1`` [B, directions, H].

    ``state`` is that of ``dynamic_rnn``, or a pair of them. Gradients of states go the same way.
    """
    found, axis = check_node(cell), axis_of(layout)
    states = check_pair("state", state, len(found))
    check_states("state", states, [place.cell for place in found])
    if isinstance(states[0], LSTMState):
        arrays = {"initial_h": [one.h for one in states], "initial_c": [one.c for one in states]}
    else:
        arrays = {"initial_h": list(states)}
    return {name: np.stack(parts, axis) for name, parts in arrays.items()}


def state_from_onnx(
    cell: Any, h: Float[Array, "_ _ H"], c: Float[Array, "_ _ H"] | None = None, layout: int = 0
) -> State:
    """Return the state of ``dynamic_rnn``, or a pair of them, from ``Y_h`` and, of an LSTM, ``Y_c``."""
    found, axis = check_node(cell), axis_of(layout)
    if isinstance(found[0].cell.state_size, LSTMState) != (c is not None):
        raise ValueError(f"c must be {'None' if c is not None else 'given'} for {found[0].cell}")
    arrays = {"h": h} if c is None else {"h": h, "c": c}
    check_stacked(arrays, [found[0].cell.num_units] * len(arrays), len(found), axis)
    h_of = [array.copy() for array in np.moveaxis(h, axis, 0)]
    states: list[State] = h_of
    if c is not None:
        states = [LSTMState(c=one.copy(), h=h) for one, h in zip(np.moveaxis(c, axis, 0), h_of, strict=True)]
    return tuple(states) if isinstance(cell, tuple) else states[0]


def check_pair(name: str, state: Any, count: int) -> tuple[Any, ...]:
    """Return the state of one direction, or the pair of both, as a tuple, refusing what is no pair."""
    if count == 1:
        return (state,)
    if not isinstance(state, tuple) or len(state) != count:
        raise TypeError(f"{name} must be a pair of states, one for each direction, but is {type(state).__name__}")
    return state


def axis_of(layout: int) -> int:
    """Return the axis of the directions in a state."""
    return check_count("layout", layout, least=0, most=1)


def laid_out(found: list[Place], parts: list[Parts]) -> dict[str, Array]:
    """Return the inputs of a node from the parts of its directions, forward first."""
    cell = found[0].cell
    weights = {
        "W": np.stack([to_order(ONNX, cell, part.x).T for part in parts]),
        "R": np.stack([to_order(ONNX, cell, part.h).T for part in parts]),
        "B": np.stack(
            [np.concatenate([to_order(ONNX, cell, bias) for bias in (part.bias_x, part.bias_h)]) for part in parts]
        ),
    }
    if not cell.use_bias:
        del weights["B"]
    if PEEPHOLES[0] in parts[0].more:
        weights["P"] = np.stack([np.concatenate([part.more[name] for name in P_ORDER]) for part in parts])
    return weights


def read_all(found: list[Place], weights: Any, name: str = "weights") -> list[Parts]:
    """Return the parts of each direction, refusing, by name, inputs that do not fit the cell."""
    cell, directions = found[0].cell, len(found)
    size = cell.num_units
    width = len(gates_of(cell)) * size
    shapes: Shapes = {"W": (directions, width, "D"), "R": (directions, width, size), "B": (directions, 2 * width)}
    if not cell.use_bias or not isinstance(weights, dict) or "B" not in weights:
        del shapes["B"]
    if getattr(cell, "use_peepholes", False):
        shapes["P"] = (directions, 3 * size)
    check_named(weights, shapes, "W", name)
    parts = []
    for number in range(directions):
        w, r = (from_order(ONNX, cell, weights[name][number].T) for name in ("W", "R"))
        both = np.split(weights["B"][number], 2) if "B" in weights else [np.zeros(width, w.dtype)] * 2
        bias_x, bias_h = (from_order(ONNX, cell, bias) for bias in both)
        more = dict(zip(P_ORDER, np.split(weights["P"][number], 3), strict=True)) if "P" in shapes else {}
        parts.append(Parts(x=w, h=r, bias_x=bias_x, bias_h=bias_h, more=more))
    return parts


def check_node(cell: Any) -> list[Place]:
    """Return the one or two cells of a node, refusing, by name, what a node cannot say."""
    found = places(with_four_gates(cell))
    if found[-1].layer or any(place.path[:1] == ("cell_0",) for place in found):
        raise ValueError(f"a node of ONNX is one layer, but cell has {found[-1].layer + 1}: convert each for itself")
    for place in found:
        check_cell(place.cell, CELLS, CARRIED)
        first = found[0].cell
        for option in ("num_units", "reset_after", "use_peepholes", "use_bias"):
            have, want = getattr(place.cell, option, False), getattr(first, option, False)
            if have != want:
                raise ValueError(
                    f"a node has one {option} for both directions, but the cells have {want!r} and {have!r}"
                )
        if gates_of(place.cell) != gates_of(first):
            raise ValueError(f"a node has one kind of cell for both directions, but cell has {first} and {place.cell}")
    return found


def check_all(found: list[Place], params: Params, name: str) -> None:
    check_scopes(found, params, name)
    for place in found:
        check_from_scratch(place.cell, part_at(params, place.path), "/".join([name, *place.path]))
