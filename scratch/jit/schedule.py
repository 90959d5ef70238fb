"""Which rows run when: rows of unequal lengths without a step of padding.

Rows are ranked from the longest to the shortest, so the rows that are live at a step are always the first ``live[t]``
ranks. A token is one row at one step. Work is thus in proportion to the tokens, not to the longest row. (PyTorch calls
this a ``PackedSequence``.)

Ranks are cut into parts, each of which one thread takes through all steps, and what is kept of all tokens lies in
memory part after part, and within a part step after step::

    lengths 2, 4, 3   →   ranks 0, 1, 2 are rows 1, 2, 0   →   live 3, 3, 2, 1

    of part   0: ranks 0 and 1      |  1: rank 2
    of step   0   | 1   | 2   | 3   |  0 | 1
    token     0 1 | 2 3 | 4 5 | 6   |  7 | 8

So a thread writes where no other does: two that took turns in the same pages would take lines of the cache from one
another. Where the backward pass cuts the steps into blocks, the same holds for each block.
"""

from functools import lru_cache
from itertools import pairwise, starmap
from typing import NamedTuple

import numpy as np

from scratch.jit.compiler import inlined
from scratch.jit.threads import shares

# Parts for each thread, where rows are of unequal lengths and steps are cut into blocks: of the ranks that are live in
# a late block, each thread then has some.
PARTS_OF_RAGGED_ROWS = 4


class Schedule(NamedTuple):
    """Who is live when, and where each token lies.

    - ``rows``: [R] the caller's row of each rank. ``live``: [T] the number of live ranks, T the longest length.
    - ``parts``: [P + 1] the first rank of each part, and R. ``blocks``: [K + 1] the first step of each block, and T.
    - ``first``: [P, T] the first token of each part at each step.
    - ``order``: [N] the tokens step after step and, within a step, rank after rank, whatever the parts are.
    - ``step_stride``, ``row_stride``: row b at step t is row ``t * step_stride + b * row_stride`` of the caller's
      arrays, seen as matrices [B · T, …].
    """

    rows: np.ndarray
    live: np.ndarray
    parts: np.ndarray
    blocks: np.ndarray
    first: np.ndarray
    order: np.ndarray
    step_stride: int
    row_stride: int


def make_schedule(lengths, num_steps, time_major, count=1, most_tokens=1 << 62):
    """Return the ``Schedule`` of rows of these lengths [B] in arrays of ``num_steps`` steps.

    It is for ``count`` threads at most, and for blocks of ``most_tokens`` tokens at most, but at least one step.
    """
    if lengths.min(initial=num_steps) == num_steps:
        return schedule_of_full_rows(len(lengths), num_steps, time_major, count, most_tokens)
    # Stable: rows of one length keep their order.
    ranked = np.argsort(-lengths, kind="stable")
    rows = ranked[: np.count_nonzero(lengths)]
    longest = lengths.max(initial=0)
    # How many are longer than 0, 1, …: all, less those that have ended.
    live = len(lengths) - np.cumsum(np.bincount(lengths, minlength=longest + 1))[:longest]
    blocks = blocks_of_steps(live, most_tokens)
    parts = share_ranks(lengths[rows], count * PARTS_OF_RAGGED_ROWS if len(blocks) > 2 else count)
    return place_tokens(rows, live, parts, blocks, strides(len(lengths), num_steps, time_major))


@lru_cache(maxsize=16)
def schedule_of_full_rows(batch_size, num_steps, time_major, count, most_tokens):
    live = np.full(num_steps if batch_size else 0, batch_size)
    blocks, parts = blocks_of_steps(live, most_tokens), share_ranks(np.full(batch_size, num_steps), count)
    return place_tokens(np.arange(batch_size), live, parts, blocks, strides(batch_size, num_steps, time_major))


def strides(batch_size, num_steps, time_major):
    return (batch_size, 1) if time_major else (1, num_steps)


def share_ranks(lengths, count):
    """Return the bounds [P + 1] of ``count`` or fewer parts of ranks of these lengths, with nearly as many tokens each.

    The lengths are from the longest to the shortest, none of them 0.
    """
    tokens = np.cumsum(lengths)
    total = tokens[-1] if len(tokens) else 0
    if total == len(lengths) * lengths.max(initial=0):
        ends = [last for _, last in shares(len(lengths), min(count, len(lengths)))]
    else:
        ends = np.searchsorted(tokens, [total * i / count for i in range(1, count)], side="left") + 1
    return np.unique([0, *ends, len(lengths)])


def blocks_of_steps(live, most_tokens):
    """Return the bounds [K + 1] of blocks of steps of at most ``most_tokens`` tokens, but at least one step.

    The blocks are filled from the last step on, which is where the backward pass begins.
    """
    tokens = np.concatenate([[0], np.cumsum(live)])
    bounds = [len(live)]
    while bounds[-1] > 0:
        last = bounds[-1]
        first = int(np.searchsorted(tokens, tokens[last] - most_tokens, side="left"))
        bounds.append(min(first, last - 1))
    return np.array(bounds[::-1])


def place_tokens(rows, live, parts, blocks, strides):
    """Return the ``Schedule`` that lays its tokens out block after block, part after part, step after step."""
    # How many ranks of each part are live at each step.
    counts = np.clip(live - parts[:-1, None], 0, np.diff(parts)[:, None])
    first, token = np.empty_like(counts), 0
    for block in starmap(slice, pairwise(blocks)):
        in_block = counts[:, block]
        first[:, block] = token + before_each(in_block.ravel()).reshape(in_block.shape)
        token += in_block.sum()
    # The same counts in the order of the steps, and every token of each.
    counts, of_step = counts.T.ravel(), first.T.ravel()
    order = np.arange(token) + np.repeat(of_step - before_each(counts), counts)
    return Schedule(rows, live, parts, blocks, first, order, *strides)


def before_each(counts):
    """Return the sum of all that come before each."""
    return np.cumsum(counts) - counts


def without_tape(schedule):
    """Return the schedule of a run that keeps nothing: two steps take turns in the memory of the tape.

    No step needs more than its own rows and those of the next. Those of a rank that has ended stay as they are, because
    later steps write to fewer ranks.
    """
    turns = np.arange(len(schedule.live)) % 2
    return schedule._replace(first=2 * schedule.parts[:-1, None] + np.diff(schedule.parts)[:, None] * turns)


def block_of_steps(schedule, number):
    """Return ``(first_step, last_step, first_token)`` of a block, and the number of its tokens, which lie together."""
    first_step, last_step = schedule.blocks[number : number + 2].tolist()
    # The longest row is of the first part.
    first_token = int(schedule.first[0, first_step])
    end = int(schedule.first[0, last_step]) if last_step < len(schedule.live) else len(schedule.order)
    return (first_step, last_step, first_token), end - first_token


@inlined
def ranks_of(schedule, part):
    """Return the first rank of a part, and how many there are."""
    return schedule.parts[part], schedule.parts[part + 1] - schedule.parts[part]


@inlined
def span(schedule, t, part):
    """Return the first token of a part at step t, and how many of its ranks are live: 0 if there is no such step."""
    if not 0 <= t < len(schedule.live):
        return 0, 0
    first_rank, count = ranks_of(schedule, part)
    return schedule.first[part, t], max(min(count, schedule.live[t] - first_rank), 0)


@inlined
def rows_of_step(schedule, t, part, of_tokens):
    """Return the rows, of an array with a row a token, of a part at step t: none if there is no such step."""
    token, live = span(schedule, t, part)
    return of_tokens[token : token + live]


@inlined
def row_of(schedule, t, rank):
    """Return the row of the caller's matrices that holds this rank at step t."""
    return t * schedule.step_stride + schedule.rows[rank] * schedule.row_stride


@inlined
def before(schedule, t, part):
    """Return where a part's state before step t begins, in R rows of initial states and then one row a token."""
    return schedule.parts[part] if t == 0 else len(schedule.rows) + schedule.first[part, t - 1]
