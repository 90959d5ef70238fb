"""The state after every step, out of the tape of a compiled pass forward: what the backward pass needs is all there.

The walk keeps c after each token; h after a token is in the row of the next one, and after a row's last token it is its
final state, which stands at all steps behind it too. A small network has the states of all layers in its tokens.
"""

from math import prod
from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Int, State
from scratch.cells.lstm import LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.cells.residual import ResidualWrapper
from scratch.jit.attention.layer import AttentionLayer, layer_of
from scratch.jit.small.plan import SmallTape
from scratch.jit.small.table import LayerPlan, Network
from scratch.jit.stack import JitTape
from scratch.jit.walk.layer import LayerTape
from scratch.jit.walk.plan import Tape
from scratch.jit.walk.schedule import Schedule


def states_of(tape: JitTape | SmallTape, final_state: State) -> State:
    """Return the state after each step, arrays [T, B, size], of a pass that ended with ``final_state``."""
    if isinstance(tape, SmallTape):
        states = states_of_small(tape)
        return states if tape.plan.is_stack else states[0]
    cell, _, input_size, batch, kept = tape
    if isinstance(cell, MultiRNNCell):
        return tuple([states_of(layer, state) for layer, state in zip(kept, final_state, strict=True)])
    if isinstance(cell, ResidualWrapper):
        return states_of(kept, final_state)
    if isinstance(kept[0], LayerTape):
        return states_of_layer(layer_of(cell, input_size, batch.dtype), kept[0], final_state, batch.num_steps)
    # A wrapper with dropout: what it drops of the state is dropped in the walk of the cell within.
    return states_of(kept[0], final_state)


def states_of_layer(layer: Any, kept: LayerTape, final_state: State, num_steps: int) -> State:
    """Return the states of one layer, from the tape of its walk."""
    _, schedule, tape = kept
    tokens = tokens_of(
        schedule, num_steps, len(final_state if isinstance(final_state, np.ndarray) else final_state[-1])
    )
    if not isinstance(layer, AttentionLayer):
        return states_of_walk(tape, tokens, final_state)
    s, u, window = final_state
    places, length = layer.all_plans.places, layer.cell.attn_length
    after = along_time(tape.around.rows[:, places.u_new :], tokens, u)
    rows = along_time(window_of(schedule, tape.window.rows, length, u.shape[1]), tokens, window)
    return states_of_walk(tape.cell, tokens, s), after, rows


def states_of_walk(tape: Tape, tokens: Int[Array, "T B"], final_state: State) -> State:
    """Return h, or c and h, of a cell after each step."""
    # h is handed on to the next token: that of the step behind the last is none.
    following = np.concatenate([tokens[1:], np.full_like(tokens[:1], -1)])
    if not isinstance(final_state, LSTMState):
        return along_time(tape.rows, following, final_state)
    num_ranks = len(tape.c) - len(tape.rows)
    return LSTMState(
        along_time(tape.c[num_ranks:], tokens, final_state.c), along_time(tape.rows, following, final_state.h)
    )


def along_time(kept: Array, tokens: Int[Array, "T B"], final: Float[Array, "B H"]) -> Float[Array, "T B H"]:
    """Return the first H columns of each token's row, and the final state where there is none."""
    states = np.repeat(final[None], len(tokens), axis=0)
    live = tokens >= 0
    states[live] = kept[tokens[live], : final.shape[1]]
    return states


def tokens_of(schedule: Schedule, num_steps: int, batch_size: int) -> Int[Array, "T B"]:
    """Return the token of each row at each step, −1 where it has ended."""
    tokens = np.full((num_steps, batch_size), -1)
    for first_rank, last_rank, live, first in parts_of(schedule):
        ranks = np.arange(last_rank - first_rank)
        tokens[: len(live), schedule.rows[first_rank:last_rank]] = np.where(
            ranks < live[:, None], first[:, None] + ranks, -1
        )
    return tokens


def window_of(schedule: Schedule, rows: Array, length: int, width: int) -> Float[Array, "N KA"]:
    """Return S after each token, the last K outputs; a part's rows are those of the K before it and of every step."""
    windows = np.empty((schedule.num_tokens, length * width), rows.dtype)
    for first_rank, last_rank, live, first in parts_of(schedule):
        ranks, num_steps = last_rank - first_rank, len(live)
        of_part = rows[first_rank * (num_steps + length) : last_rank * (num_steps + length), :width]
        of_part = of_part.reshape(num_steps + length, ranks, width)
        for t in range(num_steps):
            after = of_part[t + 1 : t + 1 + length, : live[t]].swapaxes(0, 1)
            windows[first[t] : first[t] + live[t]] = after.reshape(live[t], length * width)
    return windows


def parts_of(schedule: Schedule) -> list[tuple[int, int, Array, Array]]:
    """Return ``(first rank, last rank, live, first token)`` of each part, the last two at each step."""
    bounds = zip(schedule.parts[:-1], schedule.parts[1:], strict=True)
    return [
        (*ranks, live[:-1], first[:-1])
        for ranks, live, first in zip(bounds, schedule.live, schedule.first, strict=True)
    ]


def states_of_small(tape: SmallTape) -> State:
    """Return the states of all layers of a small network, a tuple."""
    table, numbers = tape.plan.table, tape.numbers
    network, states = Network._make(table[0, : len(Network._fields)]), []
    num_steps, batch_size = network.num_steps, network.batch_size

    def after(first: int, width: int, count: int) -> Float[Array, "T B n"]:
        """Return the first ``count`` columns, of what a step begins with, at the step behind each."""
        first, shape = network.head + first, (num_steps + 1, batch_size, width)
        return numbers[first : first + prod(shape)].reshape(shape)[1:, :, :count].copy()

    for record in table[1 : 1 + network.num_layers]:
        layer = LayerPlan._make(record[: len(LayerPlan._fields)])
        h = after(layer.rows, layer.row_width, layer.num_outputs)
        states.append(LSTMState(after(layer.c, layer.c_size, layer.num_memory), h) if layer.num_memory else h)
    return tuple(states)
