from itertools import pairwise

import numpy as np
import pytest

from scratch.jit.walk.schedule import make_schedule, share_ranks, without_tape


def drawn_lengths():
    """Return lengths of batches of all sizes: full, empty, ragged, ties among them."""
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, rng.integers(1, 12), rng.integers(1, 15)) for _ in range(30)]
    return [*drawn, np.full(4, 11), np.zeros(3, int), np.array([11, 0, 11]), np.zeros(0, int)]


def live_ranks(schedule, t):
    """Return ``(rank, token)`` of every rank that is live at step t."""
    return [
        (int(first_rank + r), int(token + r))
        for first_rank, token, live in zip(schedule.parts[:-1], schedule.first[:, t], schedule.live[:, t], strict=True)
        for r in range(live)
    ]


def row_of(schedule, t, rank):
    return schedule.offsets[rank] + schedule.step_stride * t


def test_the_example_of_the_page():
    schedule = make_schedule(np.array([2, 4, 3]), 4, False, count=2)
    assert schedule.rows.tolist() == [1, 2, 0]
    assert schedule.parts.tolist() == [0, 2, 3]
    assert schedule.live.tolist() == [[2, 2, 2, 1, 0], [1, 1, 0, 0, 0]]
    assert schedule.first.tolist() == [[0, 2, 4, 6, 7], [7, 8, 9, 9, 9]]
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
        for t in range(schedule.live.shape[1]):
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
        steps = range(schedule.live.shape[1])
        spans = [(schedule.first[part, t], schedule.live[part, t]) for part in parts for t in steps]
        assert [token + r for token, live in spans for r in range(live)] == list(range(schedule.num_tokens))


def test_before_the_first_step_and_after_the_last_nothing_is_live():
    for lengths in drawn_lengths():
        schedule = make_schedule(lengths, 11, False, count=2)
        assert schedule.live.shape[1] == lengths.max(initial=0) + 1
        assert (schedule.live[:, -1] == 0).all()


def test_rows_of_one_length_keep_their_order():
    assert make_schedule(np.array([3, 5, 3, 0, 5, 3]), 6, False).rows.tolist() == [1, 4, 0, 2, 5]
    assert make_schedule(np.array([6, 6, 6]), 6, False).rows.tolist() == [0, 1, 2]


@pytest.mark.parametrize("count", [1, 3])
def test_without_a_tape_two_steps_take_turns(count):
    for lengths in filter(np.any, drawn_lengths()):
        schedule = without_tape(make_schedule(lengths, 11, False, count))
        num_ranks = len(schedule.rows)
        last = {}
        for t in range(schedule.live.shape[1]):
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
