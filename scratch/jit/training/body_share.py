"""A thread's share of a training step of small cells over padded rows, compiled: from the batch to the new weights.

    x = E[words]        h = [fw, bw]        y = h W + b        L = Σ share ⊙ (− log p_label)
    g = ∂L/∂θ           g ← clip(g)         θ, slots ← optimizer(θ, g, slots)

One thread takes both directions, or each of two takes one; the rows of the output layer they share. They meet where one
needs what the other makes. Each number is made by one thread, in one order, so how many there are changes no bit.
"""

from typing import NamedTuple

from scratch.arrays import Array, Float, Int
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.flags import change_flag, look
from scratch.jit.machine.view import clear_row, copy_row, matrix_in, record_at
from scratch.jit.single.team import LINE, meet
from scratch.jit.training.change import Change, change
from scratch.jit.training.direction import DirectionLayout, Plans, d_x_at, direction_backward, direction_forward
from scratch.jit.training.head import HeadLayout, head_gradients, head_rows, load_weights, loss_of, work_in
from scratch.jit.walk.rows import add_row
from scratch.jit.walk.schedule import Schedule

# The number of a meeting that no thread asks for: who writes it is waited for no more.
GONE = 1 << 30


class BodyLayout(NamedTuple):
    """The sizes of x [B, T, D] and of h, and where the rest is: integers.

    - ``embedding``, ``num_words``: the embedding's numbers among all parameters, and its rows; −1 where x are numbers.
    - ``of_head``: where the output layer's parameters begin among all.
    - ``x``, ``h``, ``shares``, ``head``: where they begin in the arena: x of each direction, the share of each step in
      the loss, and the ``Work`` of the output layer, of so many numbers.
    """

    batch_size: int
    num_steps: int
    depth: int
    width: int
    num_directions: int
    embedding: int
    num_words: int
    of_head: int
    x: int
    h: int
    shares: int
    head: int
    head_size: int


class Body(NamedTuple):
    """What no step changes but the arena: a ``BodyLayout``, a ``HeadLayout`` and those of the directions, and plans."""

    layouts: Array
    plans: Plans


class Fed(NamedTuple):
    """What a step is given, and ``logits`` [B · T, C], which it writes.

    - ``x`` [B · T, D]: numbers, or none. ``words`` [1, B · T]: words, or none. ``labels`` [1, B · T].
    - ``lengths`` [1, B]. ``shares`` [1, B]: that of each of a row's steps in the loss.
    - ``forwards``, ``backwards``: the schedules of the two directions.
    """

    x: Float[Array, "N D"]
    words: Int[Array, "1 N"]
    labels: Int[Array, "1 N"]
    lengths: Int[Array, "1 B"]
    shares: Float[Array, "1 B"]
    forwards: Schedule
    backwards: Schedule
    logits: Float[Array, "N C"]


@kernel
def body_share(body: Body, fed: Fed, this: Change, team: Array, called: Array, first: int, last: int) -> float:
    """Do the share of a thread: directions ``first`` to ``last``, and as much of the rest. Return the loss before.

    ``team``: where threads meet, a line of flags each. ``called``: the flag of those that wait to be called. Where one
    of the team is ``GONE``, nothing is changed.
    """
    layout, of_head = record_at(BodyLayout, body.layouts, 0), record_at(HeadLayout, body.layouts, 1)
    arena, num_rows = body.plans.arena, layout.batch_size * layout.num_steps
    threads = layout.num_directions // (last - first)
    h, shares = matrix_in(arena, layout.h, num_rows, layout.width), matrix_in(arena, layout.shares, 1, num_rows)
    work = work_in(of_head, matrix_in(arena, layout.head, 1, layout.head_size))
    num_head = (layout.width + 1) * of_head.num_classes
    if first == 0:
        change_flag(called, 0)
        load_weights(of_head, matrix_in(this.theta, layout.of_head, 1, num_head), work)
        load_shares(layout, fed, shares)
    for number in range(first, last):
        direction = record_at(DirectionLayout, body.layouts, 2 + number)
        x = matrix_in(fed.x, 0, num_rows, layout.depth)
        if layout.embedding >= 0:
            x = matrix_in(arena, layout.x + number * num_rows * layout.depth, num_rows, layout.depth)
            look_up(layout, fed, this.theta, x)
        for b in range(layout.batch_size):
            for t in range(fed.lengths[0, b], layout.num_steps):
                clear_row(h, b * layout.num_steps + t, direction.column, direction.column + direction.width)
        schedule = fed.backwards if number == 1 else fed.forwards
        direction_forward(direction, body.plans, schedule, this.theta, x, h)
    meet(team, first, threads, 1)
    top, bottom = num_rows * first // layout.num_directions, num_rows * last // layout.num_directions
    head_rows(of_head, work, h, fed.labels, shares, top, bottom)
    for row in range(top, bottom):
        copy_row(work.y, row, 0, fed.logits, row, 0, of_head.num_classes)
    meet(team, first, threads, 2)
    d_head = matrix_in(this.g, layout.of_head, 1, num_head)
    for number in range(first, last):
        direction = record_at(DirectionLayout, body.layouts, 2 + number)
        head_gradients(of_head, work, h, d_head, direction.column, direction.column + direction.width)
        schedule = fed.backwards if number == 1 else fed.forwards
        direction_backward(direction, body.plans, schedule, work.d_x, this.g)
    meet(team, first, threads, 3)
    if first == 0 and are_there(team, threads):
        if layout.embedding >= 0:
            add_to_words(layout, body, fed, this.g)
        change(this)
    return loss_of(work)


@inlined
def are_there(team: Array, threads: int) -> bool:
    """Return whether none of the others is gone."""
    for thread in range(1, threads):
        if look(team, LINE * thread + 1) == GONE:
            return False
    return True


@inlined
def load_shares(layout: BodyLayout, fed: Fed, shares: Array) -> None:
    """Give each real step its row's share in the loss, and none to padding."""
    for b in range(layout.batch_size):
        for t in range(layout.num_steps):
            shares[0, b * layout.num_steps + t] = fed.shares[0, b] if t < fed.lengths[0, b] else 0


@inlined
def look_up(layout: BodyLayout, fed: Fed, theta: Array, x: Array) -> None:
    """Copy the rows of the embedding, for all real words, to x [B · T, D]."""
    table = matrix_in(theta, layout.embedding, layout.num_words, layout.depth)
    for b in range(layout.batch_size):
        for row in range(b * layout.num_steps, b * layout.num_steps + fed.lengths[0, b]):
            copy_row(table, fed.words[0, row], 0, x, row, 0, layout.depth)


@inlined
def add_to_words(layout: BodyLayout, body: Body, fed: Fed, g: Array) -> None:
    """Add the gradients of x of all directions to those of the embedding's rows, word by word."""
    d_e, num_rows = matrix_in(g, layout.embedding, layout.num_words, layout.depth), fed.words.shape[1]
    for word in range(layout.num_words):
        clear_row(d_e, word, 0, layout.depth)
    first = d_x_at(record_at(DirectionLayout, body.layouts, 2), body.plans, 1)
    last = d_x_at(record_at(DirectionLayout, body.layouts, 1 + layout.num_directions), body.plans, 1)
    d_x, other = (
        matrix_in(body.plans.arena, first, num_rows, layout.depth),
        matrix_in(body.plans.arena, last, num_rows, layout.depth),
    )
    for b in range(layout.batch_size):
        for row in range(b * layout.num_steps, b * layout.num_steps + fed.lengths[0, b]):
            if layout.num_directions > 1:
                add_row(other, row, d_x, row)
            add_row(d_x, row, d_e, fed.words[0, row])
