"""A whole run of one row in one call of compiled code: a small stack is packed there, and the state moved."""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.view import copy_row, matrix_in, record_at
from scratch.jit.single.packing import pack_strips
from scratch.jit.single.records import StackPlan
from scratch.jit.single.walk import layer_at, walk_row


@kernel
def run_whole(
    table: Array, numbers: Array, team: Array, most: int, given: Array, x: Array, outputs: Array, final: Array
) -> int:
    """Run a stack as ``walk_row`` does, from a state to that in ``final``: c and h of each layer.

    ``given``: the numbers of all parameters, or none where they are packed, and then those of the state.
    """
    stack, num_params = record_at(StackPlan, table, 0), len(given) - len(final)
    for number in range(stack.num_strips if num_params else 0):
        pack_strips(given, table, stack.first_strips + number, numbers, True)
    move_states(table, numbers, given, num_params, True)
    count = walk_row(table, numbers, team, most, x, outputs)
    move_states(table, numbers, final, 0, False)
    return count


@inlined
def move_states(table: Array, numbers: Array, states: Array, at: int, is_start: bool) -> None:
    """Copy the state of all layers, from number ``at`` on, to where the walk begins, or from there."""
    for number in range(record_at(StackPlan, table, 0).num_layers):
        layer = layer_at(table, number)
        for first, size in ((layer.c, layer.num_memory), (layer.rows + layer.one + 1, layer.num_outputs)):
            inside, outside = matrix_in(numbers, first, 1, size), matrix_in(states, at, 1, size)
            if is_start:
                copy_row(outside, 0, 0, inside, 0, 0, size)
            else:
                copy_row(inside, 0, 0, outside, 0, 0, size)
            at += size
