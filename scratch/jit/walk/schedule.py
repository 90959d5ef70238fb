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
another.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array
from scratch.jit.machine.threads import shares


class Schedule(NamedTuple):
    """Who is live when, and where each token lies.

    - ``rows``: [R] the caller's row of each rank, in states [B, …].
    - ``offsets``, ``step_stride``: rank r at step t is row ``offsets[r] + step_stride * t`` of the caller's inputs and
      outputs, seen as matrices [B · T, …].
    - ``parts``: [P + 1] the first rank of each part, and R.
    - ``live``: [P, T + 1] how many ranks of each part are live at each step, T the longest length. The last column is
      0: it is that of the step after the last, and, as column −1, of the step before the first.
    - ``first``: [P, T + 1] the first token of each part at each step. ``num_tokens``: of all parts and steps.
    """

    rows: np.ndarray
    offsets: np.ndarray
    step_stride: int
    parts: np.ndarray
    live: np.ndarray
    first: np.ndarray
    num_tokens: int


def make_schedule(lengths: Array, num_steps: int, time_major: bool, count: int = 1) -> Schedule:
    """Return the ``Schedule``, in ``count`` parts at most, of rows of these lengths [B] in arrays of ``num_steps``."""
    if lengths.min(initial=num_steps) == num_steps:
        return schedule_of_full_rows(len(lengths), num_steps, time_major, count)
    return schedule_of_lengths(lengths.astype(np.int64).tobytes(), num_steps, time_major, count)


@lru_cache(maxsize=64)
def schedule_of_lengths(numbers: bytes, num_steps: int, time_major: bool, count: int) -> Schedule:
    """``make_schedule`` of lengths that are known by their bytes, so that those of an epoch before are found again."""
    lengths = np.frombuffer(numbers, np.int64)
    # Stable: rows of one length keep their order.
    ranked = np.argsort(-lengths, kind="stable")
    rows = ranked[: np.count_nonzero(lengths)]
    longest = lengths.max(initial=0)
    # How many are longer than 0, 1, …: all, less those that have ended.
    live = len(lengths) - np.cumsum(np.bincount(lengths, minlength=longest + 1))[:longest]
    return place_tokens(rows, live, share_ranks(lengths[rows], count), strides(len(lengths), num_steps, time_major))


@lru_cache(maxsize=16)
def schedule_of_full_rows(batch_size: int, num_steps: int, time_major: bool, count: int) -> Schedule:
    live = np.full(num_steps if batch_size else 0, batch_size)
    parts = share_ranks(np.full(batch_size, num_steps), count)
    return place_tokens(np.arange(batch_size), live, parts, strides(batch_size, num_steps, time_major))


def strides(batch_size: int, num_steps: int, time_major: bool) -> tuple[int, int]:
    return (batch_size, 1) if time_major else (1, num_steps)


def share_ranks(lengths: Array, count: int) -> Array:
    """Return the bounds [P + 1] of ``count`` or fewer parts of ranks of these lengths, with nearly as many tokens each.

    The lengths are from the longest to the shortest, none of them 0.
    """
    tokens = np.cumsum(lengths)
    total = tokens[-1] if len(tokens) else 0
    ends: Any
    if total == len(lengths) * lengths.max(initial=0):
        ends = [last for _, last in shares(len(lengths), min(count, len(lengths)))]
    else:
        # A part ends behind the rank with which it first has its share of the tokens.
        ends = np.searchsorted(tokens, [total * i / count for i in range(1, count)], side="left") + 1
    return np.unique([0, *ends, len(lengths)])


def place_tokens(rows: Array, live: Array, parts: Array, strides: tuple[int, int]) -> Schedule:
    """Return the ``Schedule`` that lays its tokens out part after part, step after step."""
    step_stride, row_stride = strides
    # How many ranks of each part are live at each step, and at the one that there is not.
    live = np.clip(np.append(live, 0) - parts[:-1, None], 0, np.diff(parts)[:, None])
    first = (np.cumsum(live) - live.ravel()).reshape(live.shape)
    return Schedule(rows, rows * row_stride, step_stride, parts, live, first, int(live.sum()))


def without_tape(schedule: Schedule) -> Schedule:
    """Return the schedule of a run that keeps nothing: two steps take turns in the memory of the tape.

    No step needs more than its own rows and those of the next. Those of a rank that has ended stay as they are, because
    later steps write to fewer ranks.
    """
    turns = np.arange(schedule.live.shape[1]) % 2
    return schedule._replace(first=2 * schedule.parts[:-1, None] + np.diff(schedule.parts)[:, None] * turns)
