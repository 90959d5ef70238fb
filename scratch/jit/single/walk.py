"""The walk of one row: all layers of a stack, some steps at a time, forward, and nothing kept.

One row has no tile to fill: each number of the weights is loaded for a single multiply-add, so what a step costs is to
bring the weights to the registers. They are packed in strips (``machine/tile.py``), which are read from start to end.
What needs no state, [1, x] W of all steps of a block, is a product of many rows, and made of tiles. A layer goes
through a block of steps; then the layer above it, over the rows [1, h'] that it wrote.

Threads share the units, not the rows: each has its own columns of all weights, which stay in its core's cache, and they
meet after every stage (``team.py``). Each number is computed by one of them, in one order, so how many there are
changes no bit.
"""

from typing import NamedTuple

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.flags import look, pause, swap, write
from scratch.jit.machine.strip import multiply_strip
from scratch.jit.machine.tile import ROWS, multiply_tile
from scratch.jit.machine.vector import lanes
from scratch.jit.machine.view import block, copy_row, matrix_in, record_at
from scratch.jit.single.records import BLOCK, LayerPlan, StackPlan, StripPlan
from scratch.jit.single.team import ASLEEP, CALLED, COUNT, LINE, STEPS, TAKEN, WAITING, call, is_awaited, meet
from scratch.jit.walk.stage import call_stage
from scratch.jit.walk.step import Step


class Share(NamedTuple):
    """Thread ``me`` of so many."""

    me: int
    threads: int


class Turn(NamedTuple):
    """A step of a block, and whether its strips are read from the last to the first."""

    step: int
    is_back: int


@kernel
def walk_row(table: Array, numbers: Array, team: Array, most: int, x: Array, outputs: Array) -> int:
    """Run a stack over x [T, D] to the outputs [T, size], from the state among its ``numbers`` to the one after it.

    ``table``: that of a ``Layout``. ``team``: where threads meet, ``most`` of them, the caller's with them. Return how
    many there were in the end.
    """
    num_layers = record_at(StackPlan, table, 0).num_layers
    lowest, highest = layer_at(table, 0), layer_at(table, num_layers - 1)
    count, start, num_steps = 1, 0, x.shape[0]
    while start < num_steps:
        steps = BLOCK if start + BLOCK <= num_steps else num_steps - start
        if is_awaited(team, most):
            # One that is being woken would be asleep again after a block of wide layers.
            steps = 1
        rows = matrix_in(numbers, lowest.inputs, steps, lowest.inputs_width)
        for t in range(steps):
            copy_row(x, start + t, 0, rows, t, lowest.one + 1, x.shape[1])
        count = call(team, most, steps)
        walk_block(table, numbers, team, Share(0, count))
        rows = matrix_in(numbers, highest.rows, steps + 1, highest.width)
        for t in range(steps):
            copy_row(rows, t + 1, highest.one + 1, outputs, start + t, 0, outputs.shape[1])
        for number in range(num_layers):
            layer = layer_at(table, number)
            rows = matrix_in(numbers, layer.rows, steps + 1, layer.width)
            copy_row(rows, steps, layer.one + 1, rows, 0, layer.one + 1, layer.num_outputs)
        start += steps
    return count


@inlined
def layer_at(table: Array, number: int) -> LayerPlan:
    """Return the plan of a layer."""
    return record_at(LayerPlan, table, 1 + number)


@inlined
def walk_block(table: Array, numbers: Array, team: Array, share: Share) -> None:
    """Do a thread's share of the steps that are to be done, of all layers."""
    stack, phase, steps, taken = record_at(StackPlan, table, 0), 0, look(team, STEPS), look(team, TAKEN)
    for number in range(stack.num_layers):
        layer = layer_at(table, number)
        multiply_inputs(stack, layer, table, numbers, share, steps)
        for t in range(steps):
            for p in range(layer.first, layer.last):
                plan = record_at(StripPlan, table, p)
                multiply_state(stack.strip, layer, plan, numbers, share, Turn(t, (taken + t) % 2))
                if plan.forward >= 0:
                    run_stage(layer, plan, numbers, share, t)
                    phase += 1
                    meet(team, share.me, share.threads, phase)


@inlined
def first_unit(layer: LayerPlan, gate_size: int, share: Share, more: int) -> int:
    """Return the first unit of a thread's share of a gate; with ``more`` = 1, that of the next thread's."""
    groups = (gate_size + layer.group - 1) // layer.group
    unit = groups * (share.me + more) // share.threads * layer.group
    return unit if unit < gate_size else gate_size


@inlined
def multiply_inputs(stack: StackPlan, layer: LayerPlan, table: Array, numbers: Array, share: Share, steps: int) -> None:
    """Compute z = [1, x] W_x of a layer for some steps."""
    z = matrix_in(numbers, layer.z, steps, layer.z_width)
    rows = matrix_in(numbers, layer.inputs, steps, layer.inputs_width)
    num_tiles = (steps + ROWS - 1) // ROWS
    for p in range(layer.first, layer.last):
        plan = record_at(StripPlan, table, p)
        a, depth = block(rows, 0, steps, layer.one, layer.one + plan.inputs), plan.inputs + plan.depth
        last = first_unit(layer, plan.gate_size, share, 1) if plan.inputs else 0
        for unit in range(first_unit(layer, plan.gate_size, share, 0), last, plan.most):
            size = plan.most if unit + plan.most <= plan.gate_size else plan.gate_size - unit
            b = matrix_in(numbers, plan.weights + unit * plan.gates * depth, plan.inputs, plan.gates * size)
            if steps == 1:
                gates = matrix_in(numbers, layer.z + plan.target, plan.gates, plan.gate_size)
                multiply_strip(stack.strip, a, b, block(gates, 0, plan.gates, unit, unit + size), False)
                continue
            for column in range(0, plan.gates * size, lanes(numbers)):
                at = plan.target + column // size * plan.gate_size + unit + column % size
                b_tile = block(b, 0, plan.inputs, column, column + lanes(numbers))
                for n in range(num_tiles):
                    top, bottom = n * steps // num_tiles, (n + 1) * steps // num_tiles
                    z_tile = block(z, top, bottom, at, at + lanes(numbers))
                    multiply_tile(stack.tile, block(a, top, bottom, 0, plan.inputs), b_tile, z_tile, False)


@inlined
def multiply_state(strip: int, layer: LayerPlan, plan: StripPlan, numbers: Array, share: Share, turn: Turn) -> None:
    """Compute z += h W_h of a product at one step, or of the own column."""
    row = matrix_in(numbers, layer.rows + turn.step * layer.width + layer.one + 1 + plan.source, 1, plan.depth)
    gates = matrix_in(numbers, layer.z + turn.step * layer.z_width + plan.target, plan.gates, plan.gate_size)
    first, last = first_unit(layer, plan.gate_size, share, 0), first_unit(layer, plan.gate_size, share, 1)
    num_strips = (last - first + plan.most - 1) // plan.most if plan.depth else 0
    for n in range(num_strips):
        # There and back again: the cache still has the strips that the step before read last.
        unit = first + (num_strips - 1 - n if turn.is_back else n) * plan.most
        size = plan.most if unit + plan.most <= plan.gate_size else plan.gate_size - unit
        at = plan.weights + unit * plan.gates * (plan.inputs + plan.depth) + plan.inputs * plan.gates * size
        b = matrix_in(numbers, at, plan.depth, plan.gates * size)
        multiply_strip(strip, row, b, block(gates, 0, plan.gates, unit, unit + size), plan.inputs > 0)


@inlined
def run_stage(layer: LayerPlan, plan: StripPlan, numbers: Array, share: Share, t: int) -> None:
    """Run the stage of a product at one step, for a thread's units."""
    first, last = first_unit(layer, plan.width, share, 0), first_unit(layer, plan.width, share, 1)
    rows, h = matrix_in(numbers, layer.rows, BLOCK + 1, layer.width), layer.one + 1 + first
    row, h_new = block(rows, t, t + 1, h, layer.width), block(rows, t + 1, t + 2, h, layer.width)
    z = block(matrix_in(numbers, layer.z, BLOCK, layer.z_width), t, t + 1, first, layer.z_width)
    c = block(matrix_in(numbers, layer.c, 1, layer.c_size), 0, 1, first, layer.c_size)
    constants = matrix_in(numbers, layer.constants, layer.num_constants, layer.constants_width)
    constants = block(constants, 0, layer.num_constants, first, layer.constants_width)
    step = Step(
        live=1, size=layer.size, own=layer.own, d_own=0,
        rows=row, z=z, c=c, c_new=c, h_new=h_new, constants=constants,
        # Stand-ins: there are no gradients.
        d_rows=row, d_z=z, d_c=c, d_constants=constants,
    )  # fmt: skip
    call_stage(plan.forward, last - first, step)


@kernel
def serve(table: Array, numbers: Array, team: Array, me: int, looks: int) -> None:
    """Do the share of thread ``me`` whenever it is called, until it has looked so often and was not."""
    idle = 0
    write(team, LINE * me, WAITING)
    while idle < looks or not swap(team, LINE * me, WAITING, ASLEEP):
        if look(team, LINE * me) == CALLED:
            walk_block(table, numbers, team, Share(me, look(team, COUNT)))
            write(team, LINE * me, WAITING)
            idle = 0
        else:
            idle += 1
            pause()
