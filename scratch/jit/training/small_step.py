"""A whole training step of a small network, compiled: one call from the batch to the new weights.

    h = unroll(cell, x)        y = h W + b        L = mean cross-entropy
    g = ∂L/∂θ                  g ← clip(g)        θ, slots ← optimizer(θ, g, slots)

It is the kernels of ``scratch/jit/small``, ``head.py`` and ``change.py``, one after the other.
"""

from typing import NamedTuple

from scratch.arrays import Array
from scratch.compiling.compiler import kernel
from scratch.jit.machine.view import block, copy_row, matrix_in, record_at
from scratch.jit.small.kernels import small_backward, small_forward
from scratch.jit.training.change import Change, change
from scratch.jit.training.head import HeadLayout, head, work_in


class SmallMemory(NamedTuple):
    """What a step of one shape works in, all of it kept from step to step.

    - ``num_weights``, ``table``, ``start``: those of a ``SmallPlan``. ``tape``, ``work``: its arenas.
    - ``no_gradient``: zeros, ∂L/∂ of the final state: the cut of truncated backpropagation.
    - ``outputs`` [N, H], ``d_outputs``, and what nobody asks for: ``d_inputs``, ``d_states``.
    - ``layouts``, ``arena``: those of the head. ``shares`` [1, N]: the share of each token in the loss.
    """

    num_weights: int
    table: Array
    start: Array
    tape: Array
    work: Array
    no_gradient: Array
    outputs: Array
    d_outputs: Array
    d_inputs: Array
    d_states: Array
    layouts: Array
    arena: Array
    shares: Array


class Fed(NamedTuple):
    """What a step is given, and what it writes: final states, and logits [N, C] with probabilities below them.

    ``labels`` [1, N]; ``x``, ``states`` and ``final`` are as ``small_forward`` takes them.
    """

    x: Array
    labels: Array
    states: Array
    final: Array
    shown: Array


@kernel
def small_step(memory: SmallMemory, this: Change, fed: Fed) -> float:
    """Take a step, and return the loss before it. The parameters of the cell come before those of the head."""
    layout = record_at(HeadLayout, memory.layouts, 0)
    num_rows, depth, num_classes = layout.num_rows, layout.depth, layout.num_classes
    small_forward(
        memory.table, memory.start, this.theta, fed.states, fed.x, memory.tape, memory.outputs, fed.final
    )
    first = memory.num_weights
    num_head = (depth + 1) * num_classes
    of_head, d_head = block(this.theta, 0, 1, first, first + num_head), matrix_in(this.g, first, 1, num_head)
    loss = head(layout, of_head, memory.outputs, fed.labels, memory.shares, memory.arena, d_head)
    done = work_in(layout, memory.arena)
    for row in range(num_rows):
        copy_row(done.y, row, 0, fed.shown, row, 0, num_classes)
        copy_row(done.p, row, 0, fed.shown, num_rows + row, 0, num_classes)
        copy_row(done.d_x, row, 0, memory.d_outputs, row, 0, depth)
    small_backward(
        memory.table, memory.tape, memory.work, memory.d_outputs, memory.no_gradient, memory.d_inputs,
        memory.d_states, this.g,
    )  # fmt: skip
    change(this)
    return loss
