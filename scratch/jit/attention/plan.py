"""What the walk with attention is given, by name."""

from typing import NamedTuple

from scratch.arrays import Array
from scratch.jit.walk.plan import Gradients, Plan, Tape

# The products of a token's row: x̃ = [x, u] W + b, q W_q + b_q, and the output [h', u'] W_o + b_o.
MIX, QUERY, OUTPUT = 0, 1, 2


class Places(NamedTuple):
    """Where each part of a token's row begins: u', the 1 beside b_o, h', c', the 1 beside b and b_q, u, and x."""

    u_new: int
    another_one: int
    h: int
    c: int
    one: int
    u: int
    x: int


class AttentionPlan(NamedTuple):
    """The plans of the cell within, of the products around it, and of S W_a; K; and the ``Places`` of both rows.

    ``d_places`` are those in rows of gradients.
    """

    cell: Plan
    around: Plan
    window: Plan
    length: int
    places: Places
    d_places: Places


class Arenas(NamedTuple):
    """The packed weights of the three."""

    cell: Array
    around: Array
    window: Array


class AttentionTape(NamedTuple):
    """The tapes of the three, and α of every token.

    The rows of ``window`` are [K + T, R, A] of each part, with the K of the initial state first: S of step t is K rows
    from t on, and z beside them is S W_a.
    """

    cell: Tape
    around: Tape
    window: Tape
    alpha: Array


class AttentionGradients(NamedTuple):
    """The gradients of the three, and ∂L/∂α of a step's rows."""

    cell: Gradients
    around: Gradients
    window: Gradients
    alpha: Array


class AttentionEnds(NamedTuple):
    """The caller's arrays, as in ``Ends``, with u [B, A] and S [B, K A]; backward, the gradients of each."""

    x: Array
    outputs: Array
    c: Array
    h: Array
    u: Array
    window: Array
