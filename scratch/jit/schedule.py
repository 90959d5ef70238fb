"""Which rows run when: rows of unequal lengths without a step of padding.

Rows are ranked from the longest to the shortest, so the rows that are live at a step are always the first ``live[t]``
ranks, and what is kept of all steps lies in memory token after token::

    lengths 2, 4, 3   →   ranks 0, 1, 2 are rows 1, 2, 0   →   live 3, 3, 2, 1

    token     0 1 2 | 3 4 5 | 6 7 | 8
    of rank   0 1 2 | 0 1 2 | 0 1 | 0
    of step     0   |   1   |  2  | 3

A token is one row at one step. Work is thus in proportion to the tokens, not to the longest row. (PyTorch calls this
layout a ``PackedSequence``.)
"""

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from scratch.jit.compiler import compiled
from scratch.jit.threads import shares
from scratch.jit.vector import copy_row, lanes, load, store


class Schedule(NamedTuple):
    """Who is live when, and where each token lies.

    - ``rows``: [R] the caller's row of each rank. ``live``: [T] the number of live ranks, T the longest length.
    - ``first``: [T + 1] the first token of each step; the last entry is the number of tokens.
    - ``step_stride``, ``row_stride``: row b at step t is row ``t * step_stride + b * row_stride`` of the caller's
      arrays, seen as matrices [B · T, …].
    """

    rows: np.ndarray
    live: np.ndarray
    first: np.ndarray
    step_stride: int
    row_stride: int


def make_schedule(lengths, num_steps, time_major):
    """Return the ``Schedule`` of rows of these lengths [B] in arrays of ``num_steps`` steps."""
    if lengths.min(initial=num_steps) == num_steps:
        return schedule_of_full_rows(len(lengths), num_steps, time_major)
    # Stable: rows of one length keep their order.
    ranked = np.argsort(-lengths, kind="stable")
    rows = ranked[: np.count_nonzero(lengths)]
    longest = lengths.max(initial=0)
    # How many are longer than 0, 1, …: all, less those that have ended.
    live = len(lengths) - np.cumsum(np.bincount(lengths, minlength=longest + 1))[:longest]
    return Schedule(rows, live, first_tokens(live), *strides(len(lengths), num_steps, time_major))


@lru_cache(maxsize=64)
def schedule_of_full_rows(batch_size, num_steps, time_major):
    live = np.full(num_steps if batch_size else 0, batch_size)
    rows = np.arange(batch_size)
    return Schedule(rows, live, first_tokens(live), *strides(batch_size, num_steps, time_major))


def first_tokens(live):
    return np.concatenate([[0], np.cumsum(live)])


def strides(batch_size, num_steps, time_major):
    return (batch_size, 1) if time_major else (1, num_steps)


def without_tape(schedule):
    """Return the schedule of a run that keeps nothing: two steps take turns in the memory of the tape.

    No step needs more than its own rows and those of the next. Those of a rank that has ended stay as they are, because
    later steps write to fewer ranks.
    """
    num_ranks = len(schedule.rows)
    return schedule._replace(first=np.arange(len(schedule.live) + 1) % 2 * num_ranks)


def share_ranks(schedule, count, first_step, last_step):
    """Return ``count`` or fewer ranges of ranks ``(first, last)`` with nearly as many tokens each in these steps."""
    if schedule.first[-1] == len(schedule.rows) * len(schedule.live):
        return shares(len(schedule.rows), min(count, len(schedule.rows)))
    # Rank r is live while live[t] > r, which gives its length.
    lengths = np.searchsorted(-schedule.live, -np.arange(len(schedule.rows)), side="left")
    tokens = np.cumsum(np.clip(lengths - first_step, 0, last_step - first_step))
    bounds = np.searchsorted(tokens, [tokens[-1] * i / count for i in range(1, count)], side="left") + 1
    bounds = [0, *bounds.tolist(), len(tokens)]
    return [(first, last) for first, last in pairwise(bounds) if first < last]


def blocks_of_steps(schedule, most_tokens):
    """Return ranges of steps ``(first, last)`` of at most ``most_tokens`` tokens, but at least one step, last first."""
    blocks, last = [], len(schedule.live)
    while last > 0:
        first = int(np.searchsorted(schedule.first, schedule.first[last] - most_tokens, side="left"))
        first = min(first, last - 1)
        blocks.append((first, last))
        last = first
    return blocks


@compiled
def span(schedule, t, first_rank, last_rank):
    """Return the token of ``first_rank`` at step t, and how many of the ranks up to ``last_rank`` are live then."""
    return schedule.first[t] + first_rank, max(min(last_rank, schedule.live[t]) - first_rank, 0)


@compiled
def rows_of_step(schedule, t, first_rank, last_rank, of_tokens):
    """Return the rows, of an array with a row a token, of these ranks at step t: none where there is no such step."""
    if not 0 <= t < len(schedule.live):
        return of_tokens[:0]
    token, live = span(schedule, t, first_rank, last_rank)
    return of_tokens[token : token + live]


@compiled
def row_of(schedule, t, rank):
    """Return the row of the caller's matrices that holds this rank at step t."""
    return t * schedule.step_stride + schedule.rows[rank] * schedule.row_stride


@compiled
def before(schedule, t):
    """Return where the state before step t begins, in an array of R rows of initial state and then one row a token."""
    return 0 if t == 0 else len(schedule.rows) + schedule.first[t - 1]


@compiled
def read_inputs(schedule, t, first_rank, x, rows, column):
    """Write [x, 1] into a step's rows of the tape, from ``column`` on."""
    for r in range(rows.shape[0]):
        copy_row(x, row_of(schedule, t, first_rank + r), 0, rows, r, column, x.shape[1])
        rows[r, column + x.shape[1]] = 1


@compiled
def copy_to_rows(schedule, t, first_rank, source, column, target):
    """Copy columns from ``column`` on, of a step's rows, to rows of a matrix of the caller's."""
    for r in range(source.shape[0]):
        copy_row(source, r, column, target, row_of(schedule, t, first_rank + r), 0, target.shape[1])


@compiled
def add_from_rows(schedule, t, first_rank, source, target, column):
    """Add the rows of a matrix of the caller's to a step's rows of ``target``, from ``column`` on."""
    width = source.shape[1]
    whole = width - width % lanes(source)
    for r in range(target.shape[0]):
        row = row_of(schedule, t, first_rank + r)
        for k in range(0, whole, lanes(source)):
            store(target, r, column + k, load(target, r, column + k) + load(source, row, k))
        for k in range(whole, width):
            target[r, column + k] += source[row, k]


@compiled
def hand_on(schedule, t, first_rank, h_new, outputs, rows, column):
    """Copy a step's h' to the outputs, and into the tape's rows of step t + 1, from ``column`` on, where they live."""
    copy_to_rows(schedule, t, first_rank, h_new, 0, outputs)
    if t + 1 < len(schedule.live):
        token, live = span(schedule, t + 1, first_rank, first_rank + h_new.shape[0])
        for r in range(live):
            copy_row(h_new, r, 0, rows, token + r, column, h_new.shape[1])
