from itertools import pairwise

import numpy as np
import pytest

from scratch.jit import schedule as schedules
from scratch.jit.schedule import make_schedule, share_ranks, without_tape


def uncompiled(function):
    return getattr(function, "py_func", function)


span, before = uncompiled(schedules.span), uncompiled(schedules.before)
row_of, ranks_of = uncompiled(schedules.row_of), uncompiled(schedules.ranks_of)
block_before = uncompiled(schedules.block_before)


def drawn_lengths():
    """Return lengths of batches of all sizes: full, empty, ragged, ties among them."""
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, rng.integers(1, 12), rng.integers(1, 15)) for _ in range(30)]
    return [*drawn, np.full(4, 11), np.zeros(3, int), np.array([11, 0, 11]), np.zeros(0, int)]


def live_ranks(schedule, t):
    """Return ``(rank, token)`` of every rank that is live at step t."""
    found = []
    for part in range(len(schedule.parts) - 1):
        (token, live), (first_rank, _) = span(schedule, t, part), ranks_of(schedule, part)
        found += [(int(first_rank + r), int(token + r)) for r in range(live)]
    return found


def test_the_example_of_the_page():
    schedule = make_schedule(np.array([2, 4, 3]), 4, False, count=2)
    assert schedule.rows.tolist() == [1, 2, 0]
    assert schedule.live.tolist() == [3, 3, 2, 1]
    assert schedule.parts.tolist() == [0, 2, 3]
    assert schedule.first.tolist() == [[0, 2, 4, 6], [7, 8, 9, 9]]
    assert schedule.num_tokens == 9
    # Rank 2 is row 0; batch-major, its step 1 is the second row of the caller's matrix, time-major the fourth.
    assert row_of(schedule, 1, 2) == 1
    assert row_of(make_schedule(np.array([2, 4, 3]), 4, True), 1, 2) == 3


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("time_major", [False, True])
def test_every_live_row_and_step_is_one_token(time_major, count):
    for lengths in drawn_lengths():
        schedule = make_schedule(lengths, 11, time_major, count)
        assert (np.diff(lengths[schedule.rows]) <= 0).all(), "the longest first"
        numbers = np.arange(11 * len(lengths))
        cells = numbers.reshape(11, -1).T if time_major else numbers.reshape(-1, 11)
        tokens = {}
        for t in range(len(schedule.live)):
            for rank, token in live_ranks(schedule, t):
                row = schedule.rows[rank]
                assert row_of(schedule, t, rank) == cells[row, t]
                tokens[token] = row, t
        assert sorted(tokens) == list(range(schedule.num_tokens))
        assert sorted(tokens.values()) == [(row, t) for row, length in enumerate(lengths) for t in range(length)]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_tokens_of_a_part_lie_together_step_after_step(count):
    for lengths in drawn_lengths():
        schedule = make_schedule(lengths, 11, False, count)
        parts = range(len(schedule.parts) - 1)
        spans = [span(schedule, t, part) for part in parts for t in range(len(schedule.live))]
        assert [token + r for token, live in spans for r in range(live)] == list(range(schedule.num_tokens))


@pytest.mark.parametrize("most", [0, 1, 7, 20, 10**6])
def test_blocks_of_a_part_end_where_the_next_one_begins_and_are_as_large_as_may_be(most):
    for lengths in filter(np.any, drawn_lengths()):
        schedule = make_schedule(lengths, 11, False, count=2)
        for part in range(len(schedule.parts) - 1):
            lives = [span(schedule, t, part)[1] for t in range(len(schedule.live))]
            # Steps without a live rank are in no block.
            t = np.count_nonzero(lives) - 1
            while t >= 0:
                first_step, first_token, num_tokens = block_before(schedule, part, t, most)
                assert first_token == span(schedule, first_step, part)[0]
                assert num_tokens == sum(lives[first_step : t + 1])
                assert num_tokens <= most or first_step == t
                assert first_step == 0 or num_tokens + lives[first_step - 1] > most
                t = first_step - 1


def test_before_the_first_step_and_after_the_last_nothing_is_live():
    schedule = make_schedule(np.array([2, 4, 3]), 4, False, count=2)
    assert [span(schedule, t, part)[1] for t in (-1, 4) for part in (0, 1)] == [0, 0, 0, 0]


def test_rows_of_one_length_keep_their_order():
    assert make_schedule(np.array([3, 5, 3, 0, 5, 3]), 6, False).rows.tolist() == [1, 4, 0, 2, 5]
    assert make_schedule(np.array([6, 6, 6]), 6, False).rows.tolist() == [0, 1, 2]


def test_the_state_before_a_step_is_that_after_the_one_before():
    schedule = make_schedule(np.array([2, 4, 3]), 4, False, count=2)
    # Three rows of initial states, then a row a token.
    assert [before(schedule, t, 0) for t in range(5)] == [0, 3, 5, 7, 9]
    assert [before(schedule, t, 1) for t in range(3)] == [2, 10, 11]


@pytest.mark.parametrize("count", [1, 3])
def test_without_a_tape_two_steps_take_turns(count):
    for lengths in filter(np.any, drawn_lengths()):
        schedule = without_tape(make_schedule(lengths, 11, False, count))
        num_ranks = len(schedule.rows)
        last = {}
        for t in range(len(schedule.live)):
            tokens = dict(live_ranks(schedule, t))
            assert len(set(tokens.values())) == len(tokens)
            if t:
                assert not set(tokens.values()) & set(last.values()), "a step never writes over the one before it"
            assert all(0 <= token < 2 * num_ranks for token in tokens.values())
            last = tokens


def test_ranks_are_shared_out_by_their_tokens():
    for lengths in drawn_lengths():
        ranked = np.sort(lengths[lengths > 0])[::-1]
        for count in (1, 2, 3, 5, 20):
            parts = share_ranks(ranked, count)
            assert parts[0] == 0
            assert parts[-1] == len(ranked)
            assert (np.diff(parts) > 0).all()
            assert len(parts) - 1 <= count
            shares = [ranked[first:last].sum() for first, last in pairwise(parts)]
            # No share exceeds its due by more than one row.
            assert max(shares, default=0) <= ranked.sum() / count + ranked.max(initial=0)


def test_one_long_row_and_many_short_ones_are_balanced():
    lengths = np.array([1] * 100 + [100])
    assert make_schedule(lengths, 100, False, count=2).parts.tolist() == [0, 1, 101]
