import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scratch
import tf_impl
from scratch import (
    PaddedBatch,
    bucket_by_length,
    pad_batch,
    padded_batches,
    padding_cost,
    padding_saved,
    reverse_sequence,
    sequence_mask,
    unpad_batch,
)
from tf_impl.inputs.unstack import gradient
from tf_impl.tensorflow import tf

LENGTHS = (4, 0, 7, 1, 3, 9, 2, 4, 6, 5, 3)
# The same examples on every run: TensorFlow takes a tenth of a second for each.
drawn = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def make_rows(lengths, *trailing, dtype=np.float64):
    """Return rows in which every number is its own address, none of them 0."""
    return [
        (100 * (number + 1) + np.arange(length * np.prod(trailing, dtype=int)).reshape(length, *trailing)).astype(dtype)
        for number, length in enumerate(lengths)
    ]


def assert_bits(actual, expected):
    np.testing.assert_array_equal(actual, expected, strict=True)


def assert_batches(actual, expected):
    assert len(actual) == len(expected)
    for ours, theirs in zip(actual, expected, strict=True):
        assert isinstance(ours, PaddedBatch)
        for have, want in zip(ours, theirs, strict=True):
            assert_bits(have, want)


@pytest.mark.parametrize(
    ("dtype", "padding_value"),
    [
        (np.float64, 0),
        (np.float64, np.nan),
        (np.float32, 0.1),
        (np.int64, -1),
        (np.uint8, 255),
        (bool, True),
        ("c16", 2j),
    ],
    ids=str,
)
def test_padding_agrees_with_tensorflow(dtype, padding_value):
    rows = make_rows(LENGTHS, 2, dtype=np.dtype(dtype))
    before = [row.copy() for row in rows]
    for num_steps in (None, 12):
        for have, want in zip(
            pad_batch(rows, padding_value, num_steps), tf_impl.pad_batch(rows, padding_value, num_steps), strict=True
        ):
            assert_bits(have, want)
    for drop_remainder in (False, True):
        assert_batches(
            padded_batches(rows, 4, padding_value, drop_remainder),
            tf_impl.padded_batches(rows, 4, padding_value, drop_remainder),
        )
    for row, kept in zip(rows, before, strict=True):
        assert_bits(row, kept)


@pytest.mark.parametrize("trailing", [(), (2,), (2, 3)], ids=str)
def test_rows_of_any_rank_and_the_queue(trailing):
    rows = make_rows(LENGTHS, *trailing)
    assert_bits(pad_batch(rows)[0], tf_impl.pad_batch(rows)[0])
    for drop_remainder in (False, True):
        ours = padded_batches(rows, 4, drop_remainder=drop_remainder)
        assert len(ours) == (2 if drop_remainder else 3)
        assert_batches(ours, tf_impl.queued_batches(rows, 4, drop_remainder))


def test_where_each_number_goes():
    rows = [np.array([1, 2, 3]), np.array([4]), np.array([], int)]
    inputs, lengths = pad_batch(rows, -1)
    assert inputs.tolist() == [[1, 2, 3], [4, -1, -1], [-1, -1, -1]]
    assert lengths.tolist() == [3, 1, 0]
    inputs[0, 0] = 9
    assert rows[0][0] == 1
    assert pad_batch([np.zeros((0, 2))] * 3)[0].shape == (3, 0, 2)
    assert padded_batches(rows, np.uint8(5))[0].rows.tolist() == [0, 1, 2]
    assert padded_batches(rows, 5, drop_remainder=True) == []


def test_unpadding_takes_back_the_rows_and_their_gradients():
    rows = make_rows(LENGTHS, 2)
    padded, lengths = pad_batch(rows, np.nan)
    back = unpad_batch(padded, lengths)
    for ours, theirs, row in zip(back, tf_impl.unpad_batch(padded, lengths), rows, strict=True):
        assert_bits(ours, theirs)
        assert_bits(ours, row)
    back[2][:] = 0
    assert padded[2, 0, 0] == 300
    d_inputs = np.random.default_rng(0).standard_normal(padded.shape)
    for ours, theirs in zip(unpad_batch(d_inputs, lengths), tf_impl.pad_batch_backward(rows, d_inputs), strict=True):
        assert_bits(ours, theirs)


@pytest.mark.parametrize("drop_remainder", [False, True])
@pytest.mark.parametrize("pad_to_bucket_boundary", [False, True])
def test_buckets_agree_with_tensorflow(pad_to_bucket_boundary, drop_remainder):
    """A length on a boundary opens the next bucket; batches come when full, remainders at the end, by bucket."""
    rows = make_rows(LENGTHS, 2)
    options = [3, 5, 10], [2, 3, 2, 4], -1.5, pad_to_bucket_boundary, drop_remainder
    ours = bucket_by_length(rows, *options)
    assert_batches(ours, tf_impl.bucket_by_length(rows, *options))
    members = [[1, 3], [2, 5], [0, 4, 7], [8, 9], [6], [10]]
    assert [batch.rows.tolist() for batch in ours] == members[: 4 if drop_remainder else 6]
    steps = [2, 9, 4, 9, 2, 4] if pad_to_bucket_boundary else [1, 9, 4, 6, 2, 3]
    assert [batch.inputs.shape[1] for batch in ours] == steps[: len(ours)]


@drawn
@given(
    lengths=st.lists(st.integers(0, 12), min_size=1, max_size=20),
    boundaries=st.sets(st.integers(1, 12), max_size=4).map(sorted),
    sizes=st.lists(st.integers(1, 4), min_size=5, max_size=5),
    to_boundary=st.booleans(),
    drop_remainder=st.booleans(),
)
def test_any_buckets_agree_with_tensorflow(lengths, boundaries, sizes, to_boundary, drop_remainder):
    boundaries = [*boundaries, 13] if to_boundary else boundaries
    sizes = [*sizes, 2][: len(boundaries) + 1]
    rows = make_rows(lengths, dtype=np.int32)
    options = boundaries, sizes, -1, to_boundary, drop_remainder
    ours = bucket_by_length(rows, *options)
    assert_batches(ours, tf_impl.bucket_by_length(rows, *options))
    seen = [row for batch in ours for row in batch.rows.tolist()]
    if not drop_remainder:
        assert sorted(seen) == list(range(len(rows)))
    for batch in ours:
        for row, taken in zip(batch.rows, unpad_batch(batch.inputs, batch.sequence_length), strict=True):
            assert_bits(taken, rows[row])


def test_what_padding_costs_and_what_buckets_save():
    rows = make_rows((2, 9, 2, 9))
    plain, bucketed = padded_batches(rows, 2), bucket_by_length(rows, [5], [2, 2])
    assert padding_cost(plain) == (2, 22, 14)
    assert padding_cost(bucketed) == (2, 22, 0)
    assert str(padding_cost(plain)) == "2 batches, 36 time steps, 14 of them padding (38.9%)"
    assert padding_saved(plain, bucketed) == "14 steps of padding before, 0 after: 14 saved (100.0%)"
    assert padding_saved(bucketed, plain) == "0 steps of padding before, 14 after: -14 saved (0.0%)"
    assert str(padding_cost([])) == "0 batches, 0 time steps, 0 of them padding (0.0%)"
    longer = bucket_by_length(rows, [4, 16], [2, 2, 2], pad_to_bucket_boundary=True)
    assert padding_cost(longer) == (2, 22, 2 * 1 + 2 * 6)
    wide = make_rows((2, 9, 2, 9), 3)
    assert padding_cost(padded_batches(wide, 2)) == padding_cost(plain)
    with pytest.raises(ValueError, match="before holds 22 real steps, but after holds 11: not the same rows"):
        padding_saved(plain, padded_batches(rows[:2], 2))
    with pytest.raises(TypeError, match="batches must be a list of PaddedBatch"):
        padding_cost(rows)


@pytest.mark.parametrize("dtype", [bool, np.float64, np.float32, np.int32, np.complex128])
def test_masks_agree_with_tensorflow(dtype):
    for lengths in (
        np.array([4, 0, 6, 1, 3]),
        np.array([[1, 2, 0], [5, 0, 3]], np.int32),
        np.array(3),
        np.zeros(2, int),
    ):
        for maxlen in (None, 0, 3, 8):
            assert_bits(sequence_mask(lengths, maxlen, dtype), tf_impl.sequence_mask(lengths, maxlen, dtype))


def test_masks_in_numbers():
    assert sequence_mask([1, 3, 0]).tolist() == [[True, False, False], [True, True, True], [False, False, False]]
    assert sequence_mask([1, 3], 2).tolist() == [[True, False], [True, True]]
    assert sequence_mask([]).shape == (0, 0)
    assert_bits(sequence_mask([1, 2], dtype=np.float32), np.array([[1, 0], [1, 1]], np.float32))
    assert_bits(sequence_mask(np.array([2, 1], np.uint64)), np.array([[True, True], [True, False]]))


AXES = [
    (1, 0, (5, 6)),
    (1, 0, (5, 6, 2)),
    (0, 1, (6, 5, 2)),
    (2, 0, (5, 2, 6)),
    (2, 1, (3, 5, 6, 2)),
    (1, 3, (3, 6, 2, 5)),
]


@pytest.mark.parametrize(("seq_axis", "batch_axis", "shape"), AXES, ids=str)
def test_reversals_agree_with_tensorflow_and_are_their_own_backward_pass(seq_axis, batch_axis, shape):
    lengths = np.array([4, 0, 6, 1, 3])
    inputs, d_outputs = np.random.default_rng(0).standard_normal((2, *shape))
    before = inputs.copy()
    axes = seq_axis, batch_axis
    ours = reverse_sequence(inputs, lengths, *axes)
    assert_bits(ours, tf_impl.reverse_sequence(inputs, lengths, *axes))
    d_inputs = gradient(lambda x: tf.reverse_sequence(x, lengths, *axes), inputs, d_outputs)
    assert_bits(reverse_sequence(d_outputs, lengths, *axes), d_inputs)
    assert_bits(reverse_sequence(ours, lengths, *axes), inputs)
    assert_bits(inputs, before)
    assert not np.shares_memory(ours, inputs)


@drawn
@given(data=st.data(), num_steps=st.integers(1, 9), batch_size=st.integers(1, 5))
def test_any_lengths_are_reversed_as_by_tensorflow(data, num_steps, batch_size):
    lengths = data.draw(st.lists(st.integers(0, num_steps), min_size=batch_size, max_size=batch_size))
    inputs = np.arange(batch_size * num_steps * 2).reshape(batch_size, num_steps, 2)
    assert_bits(reverse_sequence(inputs, lengths), tf_impl.reverse_sequence(inputs, lengths))


ROW = np.zeros((4, 2))
REFUSALS = [
    (lambda: pad_batch(ROW), TypeError, "rows must be a list of arrays, but is ndarray"),
    (lambda: pad_batch([]), ValueError, "rows must hold at least one array, but is empty"),
    (lambda: padded_batches([], 2), ValueError, "rows must hold at least one array, but is empty"),
    (lambda: bucket_by_length([], [3], [1, 1]), ValueError, "rows must hold at least one array, but is empty"),
    (lambda: pad_batch([ROW, [1, 2]]), TypeError, r"rows\[1\] must be a NumPy array, but is list"),
    (lambda: pad_batch([np.ma.array([1.0])]), TypeError, r"rows\[0\] must be a NumPy array, but is MaskedArray"),
    (lambda: pad_batch([np.array(1.0)]), ValueError, r"rows\[0\] must have at least 1 axes, but has shape \[\]"),
    (
        lambda: pad_batch([ROW, np.zeros((4, 3))]),
        ValueError,
        r"rows\[1\] has shape \[4, 3\], but rows\[0\] has \[4, 2\]: only the first axis may differ",
    ),
    (lambda: pad_batch([ROW, np.zeros(4)]), ValueError, r"rows\[1\] has shape \[4\], but rows\[0\] has \[4, 2\]"),
    (lambda: pad_batch([ROW, ROW.astype("f4")]), TypeError, r"rows\[1\] is float32, but rows\[0\] is float64"),
    (lambda: pad_batch([np.array(["a"])]), TypeError, r"rows must hold numbers or Booleans, but rows\[0\] is <U1"),
    (lambda: pad_batch([ROW], "0"), TypeError, "padding_value must be a number, but is '0'"),
    (lambda: pad_batch([ROW], [0.0]), TypeError, r"padding_value must be a number, but is \[0.0\]"),
    (lambda: pad_batch([ROW], 1j), ValueError, "padding_value is 1j, but the rows are float64, which cannot hold it"),
    (lambda: pad_batch([ROW.astype(int)], 0.5), ValueError, "padding_value is 0.5, but the rows are int64"),
    (lambda: pad_batch([ROW.astype(int)], np.nan), ValueError, "padding_value is nan, but the rows are int64"),
    (lambda: pad_batch([ROW.astype("u1")], -1), ValueError, "padding_value is -1, but the rows are uint8"),
    (lambda: pad_batch([ROW.astype("u1")], np.int64(256)), ValueError, "but the rows are uint8"),
    (lambda: pad_batch([ROW.astype("f4")], 1e300), ValueError, "padding_value is 1e\\+300, but the rows are float32"),
    (lambda: pad_batch([ROW > 0], 2), ValueError, "padding_value is 2, but the rows are bool"),
    (lambda: pad_batch([ROW[:3], ROW], 0, 3), ValueError, r"rows\[1\] has 4 steps, but num_steps is 3"),
    (lambda: pad_batch([ROW], 0, 4.5), TypeError, "num_steps must be an integer, but is 4.5"),
    (lambda: padded_batches([ROW], 0), ValueError, "batch_size must be at least 1, but is 0"),
    (lambda: padded_batches([ROW], 1, 0, 1.0), ValueError, "drop_remainder must be one of False, True, but is 1.0"),
    (lambda: unpad_batch(ROW, [2, 2, 2]), ValueError, r"sequence_length must have shape \[4\]"),
    (lambda: unpad_batch(ROW, [2, 2, 3, 2]), ValueError, r"sequence_length\[2\] is 3, but inputs have only 2"),
    (
        lambda: bucket_by_length([ROW], 3, [1, 1]),
        TypeError,
        "bucket_boundaries must be a list of integers, but is",
    ),
    (
        lambda: bucket_by_length([ROW], [3], 1),
        TypeError,
        "bucket_batch_sizes must be a list of integers, but is int",
    ),
    (lambda: bucket_by_length([ROW], [3.5], [1, 1]), TypeError, r"bucket_boundaries\[0\] must be an integer"),
    (lambda: bucket_by_length([ROW], [0], [1, 1]), ValueError, r"bucket_boundaries\[0\] must be at least 1, but is 0"),
    (lambda: bucket_by_length([ROW], [5, 3], [1] * 3), ValueError, r"bucket_boundaries must rise, but are \[5, 3\]"),
    (lambda: bucket_by_length([ROW], [3, 3], [1] * 3), ValueError, r"bucket_boundaries must rise, but are \[3, 3\]"),
    (lambda: bucket_by_length([ROW], [3], [1]), ValueError, "must hold 2 numbers, one a bucket, but holds 1"),
    (lambda: bucket_by_length([ROW], [3], [1, 0]), ValueError, r"bucket_batch_sizes\[1\] must be at least 1, but is 0"),
    (
        lambda: bucket_by_length([ROW[:3], ROW], [4], [1, 1], pad_to_bucket_boundary=True),
        ValueError,
        r"rows\[1\] has 4 steps, but pad_to_bucket_boundary has no end for the last bucket",
    ),
    (lambda: sequence_mask([1, -1]), ValueError, "lengths must not be negative, but hold -1"),
    (lambda: sequence_mask([1.5]), TypeError, "lengths must be integers, but its dtype is float64"),
    (lambda: sequence_mask([[1], [1, 2]]), TypeError, "lengths must be integers, but is"),
    (lambda: sequence_mask([1], -1), ValueError, "maxlen must be at least 0, but is -1"),
    (lambda: sequence_mask([1], [2]), TypeError, r"maxlen must be an integer, but is \[2\]"),
    (lambda: sequence_mask([1], dtype=str), TypeError, "dtype must be that of numbers or Booleans"),
    (lambda: sequence_mask([1], dtype="foo"), TypeError, "dtype must be that of numbers or Booleans"),
    (lambda: padding_cost([PaddedBatch(ROW, [1], [0])]), TypeError, "batches must be a list of PaddedBatch"),
    (lambda: reverse_sequence([[1]], [1]), TypeError, "inputs must be a NumPy array, but is list"),
    (lambda: reverse_sequence(ROW, [0, 1, 2, 3]), ValueError, r"sequence_length\[3\] is 3, but inputs have only 2"),
    (lambda: reverse_sequence(ROW, [0, 1, 2, -1]), ValueError, r"sequence_length\[3\] is -1"),
    (lambda: reverse_sequence(ROW, [0, 1, 2, 0.5]), TypeError, "sequence_length must be integers"),
    (lambda: reverse_sequence(ROW, [0, 1]), ValueError, r"sequence_length must have shape \[4\]"),
    (lambda: reverse_sequence(ROW, [0] * 4, 2), ValueError, "seq_axis is 2, but inputs has only 2 axes"),
    (lambda: reverse_sequence(ROW, [0] * 4, 1, -1), ValueError, "batch_axis must be at least 0, but is -1"),
    (lambda: reverse_sequence(ROW, [0] * 4, 0, 0), ValueError, "seq_axis and batch_axis must differ, but both are 0"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSALS, ids=range(len(REFUSALS)))
def test_refusals(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_the_names_are_public():
    for name in ("PaddedBatch", "PaddingCost", "bucket_by_length", "pad_batch", "sequence_mask", "reverse_sequence"):
        assert name in scratch.__all__
