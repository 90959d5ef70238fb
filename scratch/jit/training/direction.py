"""A small cell over padded rows, from one end of each, compiled: between the layers below it and above it.

    x_{b,t}  =  E_n of row b's t-th step in this direction        h_{b, that step}  =  the cell's output

The steps of a row are read and written where they stand, so nothing is turned round. Past a row's end x is 0, and what
the cell makes of that goes nowhere: no output of it is looked at, its gradient is 0, and so are those of its weights.
"""

from typing import NamedTuple

from scratch.arrays import Array, Float
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.view import block, clear_row, copy_row, matrix_in, record_at
from scratch.jit.small.kernels import small_backward, small_forward
from scratch.jit.walk.rows import add_row


class DirectionLayout(NamedTuple):
    """Sizes: of x [B, T, D] and of the outputs [B, T, H], which are the columns of h from ``column`` on.

    ``backwards``: 1 for the direction from each row's end. ``first``, ``num_weights``: the cell's among all parameters.
    ``num_states``, ``tape_size``, ``work_size``: those of its ``SmallPlan``.
    """

    batch_size: int
    num_steps: int
    depth: int
    width: int
    column: int
    backwards: int
    first: int
    num_weights: int
    num_states: int
    tape_size: int
    work_size: int


class Work(NamedTuple):
    """What a direction works in: a row a step, in its own order; ``nothing`` is zeros, ``states`` what nobody needs."""

    x: Float[Array, "N D"]
    outputs: Float[Array, "N H"]
    d_outputs: Float[Array, "N H"]
    d_x: Float[Array, "N D"]
    tape: Float[Array, "1 n"]
    work: Float[Array, "1 n"]
    nothing: Float[Array, "1 n"]
    states: Float[Array, "1 n"]


class Direction(NamedTuple):
    """A direction: its layout, a row of integers, the plan's table and start, and the arena of its ``Work``."""

    layouts: Array
    table: Array
    start: Array
    arena: Array


def arena_size(layout: DirectionLayout) -> int:
    """Return how many numbers the memory of a ``Work`` has."""
    num_rows = layout.batch_size * layout.num_steps
    return 2 * num_rows * (layout.depth + layout.width) + layout.tape_size + layout.work_size + 2 * layout.num_states


@inlined
def work_in(layout: DirectionLayout, arena: Array) -> Work:
    """Return the ``Work`` in the memory of one."""
    n = layout.batch_size * layout.num_steps
    at_d_outputs = layout.tape_size + layout.work_size + n * (layout.depth + layout.width)
    at_states = at_d_outputs + n * (layout.depth + layout.width)
    at_x = layout.tape_size + layout.work_size
    return Work(
        x=matrix_in(arena, at_x, n, layout.depth),
        outputs=matrix_in(arena, at_x + n * layout.depth, n, layout.width),
        d_outputs=matrix_in(arena, at_d_outputs, n, layout.width),
        d_x=matrix_in(arena, at_d_outputs + n * layout.width, n, layout.depth),
        tape=matrix_in(arena, 0, 1, layout.tape_size),
        work=matrix_in(arena, layout.tape_size, 1, layout.work_size),
        nothing=matrix_in(arena, at_states, 1, layout.num_states),
        states=matrix_in(arena, at_states + layout.num_states, 1, layout.num_states),
    )


@inlined
def step_at(layout: DirectionLayout, length: int, t: int) -> int:
    """Return the step of a row that this direction reads at its own step t."""
    return length - 1 - t if layout.backwards else t


@kernel
def direction_forward(this: Direction, theta: Array, source: Array, rows: Array, lengths: Array, h: Array) -> None:
    """Run from rows of ``source``, those that ``rows`` [1, B · T] names, to the direction's columns of h [B · T, …].

    ``theta`` [1, P]: all parameters. ``lengths`` [1, B]. What is past a row's end in h stays as it is.
    """
    layout = record_at(DirectionLayout, this.layouts, 0)
    work, num_steps = work_in(layout, this.arena), layout.num_steps
    for b in range(layout.batch_size):
        for t in range(num_steps):
            if t < lengths[0, b]:
                row = rows[0, b * num_steps + step_at(layout, lengths[0, b], t)]
                copy_row(source, row, 0, work.x, b * num_steps + t, 0, layout.depth)
            else:
                clear_row(work.x, b * num_steps + t, 0, layout.depth)
    clear_row(work.nothing, 0, 0, layout.num_states)
    weights = block(theta, 0, 1, layout.first, layout.first + layout.num_weights)
    small_forward(this.table, this.start, weights, work.nothing, work.x, work.tape, work.outputs, work.states)
    for b in range(layout.batch_size):
        for t in range(lengths[0, b]):
            row = b * num_steps + step_at(layout, lengths[0, b], t)
            copy_row(work.outputs, b * num_steps + t, 0, h, row, layout.column, layout.width)


@kernel
def direction_backward(this: Direction, lengths: Array, d_h: Array, g: Array) -> None:
    """The adjoint: from ∂L/∂h to the gradients of x, in the memory, and of the cell's parameters, in g [1, P]."""
    layout = record_at(DirectionLayout, this.layouts, 0)
    work, num_steps = work_in(layout, this.arena), layout.num_steps
    for b in range(layout.batch_size):
        for t in range(num_steps):
            if t < lengths[0, b]:
                row = b * num_steps + step_at(layout, lengths[0, b], t)
                copy_row(d_h, row, layout.column, work.d_outputs, b * num_steps + t, 0, layout.width)
            else:
                clear_row(work.d_outputs, b * num_steps + t, 0, layout.width)
    d_weights = block(g, 0, 1, layout.first, layout.first + layout.num_weights)
    small_backward(
        this.table, work.tape, work.work, work.d_outputs, work.nothing, work.d_x, work.states, d_weights
    )  # fmt: skip


@kernel
def add_d_x(this: Direction, lengths: Array, d_x: Array) -> None:
    """Add a direction's gradients of x to those of another, or to zeros, d_x [B · T, D]."""
    layout = record_at(DirectionLayout, this.layouts, 0)
    work, num_steps = work_in(layout, this.arena), layout.num_steps
    for b in range(layout.batch_size):
        for t in range(lengths[0, b]):
            add_row(work.d_x, b * num_steps + t, d_x, b * num_steps + step_at(layout, lengths[0, b], t))
