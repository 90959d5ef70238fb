from functools import partial

import numpy as np
import pytest

from scratch.jit import schedule as schedules
from scratch.jit.schedule import blocks_of_steps, make_schedule, share_ranks, without_tape


def uncompiled(function):
    return getattr(function, "py_func", function)


span, before = uncompiled(schedules.span), uncompiled(schedules.before)
row_of = uncompiled(schedules.row_of)


def drawn_lengths():
    """Return lengths of batches of all sizes: full, empty, ragged, ties among them."""
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, rng.integers(1, 12), rng.integers(1, 15)) for _ in range(30)]
    return [*drawn, np.full(4, 11), np.zeros(3, int), np.array([11, 0, 11]), np.zeros(0, int)]


def live_ranks(schedule, t):
    """Return ``(rank, token)`` of every rank that is live at step t."""
    token, n = span(schedule, t, 0, len(schedule.rows))
    return [(rank, token + rank) for rank in range(n)]


def test_the_example_of_the_page():
    schedule = make_schedule(np.array([2, 4, 3]), 4, False)
    assert schedule.rows.tolist() == [1, 2, 0]
    assert schedule.live.tolist() == [3, 3, 2, 1]
    assert schedule.first.tolist() == [0, 3, 6, 8, 9]
    assert [token for t in range(4) for _, token in live_ranks(schedule, t)] == list(range(9))
    # Rank 2 is row 0; batch-major, its step 1 is the second row of the caller's matrix, time-major the fourth.
    assert row_of(schedule, 1, 2) == 1
    assert row_of(make_schedule(np.array([2, 4, 3]), 4, True), 1, 2) == 3


@pytest.mark.parametrize("time_major", [False, True])
def test_every_live_row_and_step_is_one_token(time_major):
    for lengths in drawn_lengths():
        schedule = make_schedule(lengths, 11, time_major)
        assert (np.diff(lengths[schedule.rows]) <= 0).all(), "the longest first"
        numbers = np.arange(11 * len(lengths))
        cells = numbers.reshape(11, -1).T if time_major else numbers.reshape(-1, 11)
        tokens = {}
        for t in range(len(schedule.live)):
            for rank, token in live_ranks(schedule, t):
                row = schedule.rows[rank]
                assert row_of(schedule, t, rank) == cells[row, t]
                tokens[token] = row, t
        assert sorted(tokens) == list(range(schedule.first[-1]))
        assert sorted(tokens.values()) == [(row, t) for row, length in enumerate(lengths) for t in range(length)]


def test_rows_of_one_length_keep_their_order():
    assert make_schedule(np.array([3, 5, 3, 0, 5, 3]), 6, False).rows.tolist() == [1, 4, 0, 2, 5]
    assert make_schedule(np.array([6, 6, 6]), 6, False).rows.tolist() == [0, 1, 2]


def test_the_state_before_a_step_is_that_after_the_one_before():
    schedule = make_schedule(np.array([2, 4, 3]), 4, False)
    # Three rows of initial state, then a row a token.
    assert [before(schedule, t) for t in range(5)] == [0, 3, 6, 9, 11]


def test_without_a_tape_two_steps_take_turns():
    for lengths in filter(np.any, drawn_lengths()):
        schedule = without_tape(make_schedule(lengths, 11, False))
        num_ranks = len(schedule.rows)
        last = {}
        for t in range(len(schedule.live)):
            tokens = dict(live_ranks(schedule, t))
            if t:
                assert not set(tokens.values()) & set(last.values()), "a step never writes over the one before it"
            assert all(0 <= token < 2 * num_ranks for token in tokens.values())
            last = tokens


def test_ranks_are_shared_out_by_their_tokens():
    for lengths in filter(np.any, drawn_lengths()):
        schedule = make_schedule(lengths, 11, False)
        steps = len(schedule.live)
        for count in (1, 2, 3, 5, 20):
            for first_step, last_step in {(0, steps), (0, 1), (steps - 1, steps), (steps // 3, steps // 3 + 1)}:
                parts = share_ranks(schedule, count, first_step, last_step)
                assert 1 <= len(parts) <= count
                assert [rank for first, last in parts for rank in range(first, last)] == list(range(len(schedule.rows)))
                in_steps = np.clip(lengths[schedule.rows] - first_step, 0, last_step - first_step)
                shares = [in_steps[first:last].sum() for first, last in parts]
                # No share exceeds its due by more than one row.
                assert max(shares) <= in_steps.sum() / count + in_steps.max() or count == 1


def test_one_long_row_and_many_short_ones_are_balanced():
    lengths = np.array([1] * 100 + [100])
    assert share_ranks(make_schedule(lengths, 100, False), 2, 0, 100) == [(0, 1), (1, 101)]


def test_blocks_cover_all_steps_the_last_first():
    for lengths in drawn_lengths():
        schedule = make_schedule(lengths, 11, False)
        for most in (0, 1, 7, 20, 10**6):
            blocks = blocks_of_steps(schedule, most)
            covered = [t for first, last in reversed(blocks) for t in range(first, last)]
            assert covered == list(range(len(schedule.live)))
            tokens = partial(np.take, schedule.first)
            for first, last in blocks:
                assert tokens(last) - tokens(first) <= most or last - first == 1
                # As many steps as fit.
                assert first == 0 or tokens(last) - tokens(first - 1) > most
