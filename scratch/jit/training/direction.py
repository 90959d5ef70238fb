"""A small cell over padded rows, from one end of each, compiled: between the layers below it and above it.

    x_{b,t}  =  E_n of row b's t-th step in this direction        h_{b, that step}  =  the cell's output

It is the walk of all other cells (``scratch/jit/walk``), on the memory of a ``SmallPlan``. The schedule of a direction
says where the steps of a row are, so they are read and written where they stand, and nothing is turned round.
"""

from typing import NamedTuple

from scratch.arrays import Array
from scratch.compiling.compiler import inlined
from scratch.jit.machine.view import block, clear_row, matrix_in, record_at, rows_of
from scratch.jit.small.table import (
    LayerPlan,
    Network,
    begin_tape,
    begin_work,
    end_work,
    gradients_at,
    plan_at,
    tape_at,
)
from scratch.jit.walk.backward import walk_backward
from scratch.jit.walk.forward import walk_forward
from scratch.jit.walk.plan import Ends, Gradients, Tape
from scratch.jit.walk.products import TOKENS
from scratch.jit.walk.schedule import Schedule


class DirectionLayout(NamedTuple):
    """A direction, to the kernels: integers.

    - ``column``, ``width``: its columns of h. ``first``, ``num_weights``: the cell's numbers among all parameters.
    - ``table``, ``num_rows``: where the rows of its plan's table begin among those of all, and how many they are.
      ``start``: where the plan's start begins.
    - ``tape``, ``tape_size``, ``work``, ``work_size``, ``states``, ``num_states``: where the memory of its plan is in
      the arena, and its sizes; ``between``: where the outputs of its lower layers are.
    """

    column: int
    width: int
    first: int
    num_weights: int
    table: int
    num_rows: int
    start: int
    tape: int
    tape_size: int
    work: int
    work_size: int
    states: int
    num_states: int
    between: int


class Plans(NamedTuple):
    """The tables and the starts of all directions' plans, one after the other, and the ``arena`` that all work in."""

    tables: Array
    start: Array
    arena: Array


class Parts(NamedTuple):
    """The memory of a direction: the table of its plan, its start, tape and work, and the states of all its layers."""

    table: Array
    start: Array
    tape: Array
    work: Array
    states: Array


@inlined
def parts_in(layout: DirectionLayout, plans: Plans) -> Parts:
    """Return the ``Parts`` of a direction."""
    return Parts(
        rows_of(plans.tables, layout.table, layout.table + layout.num_rows),
        matrix_in(plans.start, layout.start, 1, record_at(Network, plans.tables, layout.table).head),
        matrix_in(plans.arena, layout.tape, 1, layout.tape_size),
        matrix_in(plans.arena, layout.work, 1, layout.work_size),
        matrix_in(plans.arena, layout.states, 1, layout.num_states),
    )


@inlined
def walks_tape(network: Network, layer: LayerPlan, numbers: Array) -> Tape:
    """Return the ``Tape`` of a layer as the walk has it: the rows of the step that is one too many are for h'."""
    tape, num_tokens = tape_at(network, layer, numbers), network.num_steps * network.batch_size
    h_new = block(tape.rows, num_tokens, num_tokens + network.batch_size, 0, layer.h_size)
    return Tape(tape.rows, tape.z, tape.c, tape.constants, h_new)


@inlined
def states_at(network: Network, layer: LayerPlan, ends: tuple[Array, Array], states: Array) -> Ends:
    """Return the ``Ends`` of a layer, of x and outputs, with its states."""
    c = matrix_in(states, layer.c_at, network.batch_size, layer.num_memory)
    h = matrix_in(states, layer.h_at, network.batch_size, layer.num_outputs)
    return Ends(ends[0], ends[1], rows_of(ends[1], 0, 0), c, h)


@inlined
def direction_forward(
    layout: DirectionLayout, plans: Plans, schedule: Schedule, theta: Array, x: Array, h: Array
) -> None:
    """Run from x [B · T, D] to the direction's columns of h [B · T, …]; ``theta`` [1, P] are all parameters.

    What is past a row's end in h stays as it is.
    """
    parts = parts_in(layout, plans)
    network, at = record_at(Network, parts.table, 0), layout.between
    begin_tape(
        network, parts.table, parts.start, block(theta, 0, 1, layout.first, layout.first + layout.num_weights),
        parts.tape,
    )  # fmt: skip
    clear_row(parts.states, 0, 0, layout.num_states)
    for number in range(1, network.num_layers + 1 if schedule.num_tokens > 0 else 1):
        layer = record_at(LayerPlan, parts.table, number)
        outputs = matrix_in(plans.arena, at, h.shape[0], layer.num_outputs)
        if number == network.num_layers:
            outputs = block(h, 0, h.shape[0], layout.column, layout.column + layout.width)
        at += h.shape[0] * layer.num_outputs
        plan, tape = plan_at(network, parts.table, layer), walks_tape(network, layer, parts.tape)
        walk_forward(plan, parts.tape, schedule, tape, states_at(network, layer, (x, outputs), parts.states), 0)
        x = outputs


@inlined
def d_x_at(layout: DirectionLayout, plans: Plans, number: int) -> int:
    """Return where the gradients of x of a layer are in the arena, the lowest being number 1."""
    network = record_at(Network, plans.tables, layout.table)
    return layout.work + network.d_head + record_at(LayerPlan, plans.tables, layout.table + number).d_x


@inlined
def direction_backward(layout: DirectionLayout, plans: Plans, schedule: Schedule, d_h: Array, g: Array) -> None:
    """The adjoint: from ∂L/∂h to the gradients of x, in the memory, and of the cell's parameters, in g [1, P]."""
    parts = parts_in(layout, plans)
    network = record_at(Network, parts.table, 0)
    begin_work(network, parts.table, parts.tape, parts.work)
    clear_row(parts.states, 0, 0, layout.num_states)
    most = network.batch_size if network.batch_size > TOKENS else TOKENS
    d_outputs = block(d_h, 0, d_h.shape[0], layout.column, layout.column + layout.width)
    for number in range(network.num_layers if schedule.num_tokens > 0 else 0, 0, -1):
        layer = record_at(LayerPlan, parts.table, number)
        d_x = matrix_in(plans.arena, d_x_at(layout, plans, number), d_h.shape[0], layer.num_inputs)
        d, plan = gradients_at(network, layer, parts.work), plan_at(network, parts.table, layer)
        d_z = rows_of(d.z, 0, most if most < d.z.shape[0] else d.z.shape[0])
        walk_backward(
            plan, parts.work, schedule, walks_tape(network, layer, parts.tape),
            states_at(network, layer, (d_x, d_outputs), parts.states),
            Gradients(d.rows, d.c, d_z, d.weights, d.constants), 0,
        )  # fmt: skip
        d_outputs = d_x
    end_work(network, parts.table, parts.work, block(g, 0, 1, layout.first, layout.first + layout.num_weights))
