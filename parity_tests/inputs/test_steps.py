"""Feature lists of many steps, which are converted and written all at once, and parts that are there and empty."""

import numpy as np
import pytest

import tf_impl
from parity_tests.inputs.damaged import NUMBERS, TEXTS
from scratch import SequenceExample
from scratch.inputs.wire.writing import as_feature
from scratch.inputs.wire.writing_steps import FEW, as_steps, steps_bytes
from tf_impl.tensorflow import tf

RNG = np.random.default_rng(0)
SIZES = RNG.integers(0, 4, 40).tolist()
WHOLE = [RNG.choice(np.array(NUMBERS), size) for size in SIZES]
FLOATS = [RNG.standard_normal(size).astype(np.float32) for size in SIZES]
LISTS = {
    "integers": [int(n) for n in RNG.choice(np.array(NUMBERS), 40)],
    "integers of NumPy": list(RNG.integers(-300, 300, 40)),
    "Booleans": [True, False, np.True_] * 9,
    "floats": RNG.standard_normal(40).tolist(),
    "floats of NumPy": list(RNG.standard_normal(40).astype(np.float32)),
    "text": ["é" * int(n) for n in RNG.integers(0, 90, 40)],
    "bytes": [TEXTS[i] for i in RNG.integers(0, len(TEXTS), 40)],
    "an array": RNG.integers(0, 10**6, 40),
    "an array of bytes": RNG.integers(0, 255, (40, 2)).astype(np.uint8),
    "an array of floats": RNG.standard_normal((40, 50)),
    "an array the other way round": RNG.standard_normal((50, 40)).T,
    "arrays": WHOLE,
    "arrays of floats": FLOATS,
    "arrays of unsigned numbers": [np.full(2, 2**62, np.uint64)] * 40,
    "lists": [[1, -1, 2**40][: 1 + size] for size in SIZES],
    "tuples and lists of floats": [[0.5], (1.5, -2.0)] * 20,
    "lists of text": [["word", ""], ["x" * 200]] * 20,
    "no values": [np.array([], np.float32)] * 40,
    "no values of no steps": np.zeros((0, 3)),
    "an array without columns": np.zeros((20, 0), np.int64),
    "nothing in some": [None, [1], None, np.array([], np.int64)] * 10,
    "nothing in any": [None] * 20,
    "as many values as if all had two": [[1], [2, 3], [4, 5, 6]] * 8,
    "kinds by turns": [1, 1.5, "text", [2, 2.5], np.float64(3)] * 8,
    "numbers and floats in one list": [[1, 2], [1.5, 2]] * 20,
    "objects": [np.array([b"a", b""], object)] * 20,
}


@pytest.mark.parametrize("steps", LISTS.values(), ids=LISTS.keys())
def test_all_at_once_is_one_by_one(steps):
    """Each step is what it is alone; and the bytes are those of TensorFlow, for few steps and for many."""
    assert len(steps) == 0 or len(steps) > FEW
    found = as_steps("steps", steps)
    assert type(found) is list
    assert len(found) == len(steps)
    for have, values in zip(found, steps, strict=True):
        want = as_feature("step", values)
        assert (have is None) == (want is None)
        if want is not None:
            assert (have.dtype, have.shape) == (want.dtype, want.shape)
            assert have.tolist() == want.tolist()
    for part in (steps, steps[: FEW - 1], steps[:FEW], steps[: FEW + 1]):
        ours, theirs = SequenceExample({}, {"a": part}), tf_impl.SequenceExample({}, {"a": part})
        assert ours.serialize() == theirs.serialize()
        assert SequenceExample.parse(ours.serialize()) == ours


def test_lengths_of_every_number_of_bytes():
    """Each of the three lengths around a step crosses 127 and 16,383 somewhere here."""
    sizes = [*range(20, 40), *range(115, 135), *range(4080, 4100), *range(16365, 16390)]
    for make in (np.zeros, np.ones):
        for dtype in (np.int64, np.float32):
            steps = [make(size, dtype) for size in sizes]
            assert SequenceExample({}, {"a": steps}) == tf_impl.SequenceExample({}, {"a": steps})
    steps = [b"x" * size for size in sizes]
    assert SequenceExample({}, {"a": steps}) == tf_impl.SequenceExample({}, {"a": steps})


def test_steps_share_no_memory_with_what_was_given_or_with_one_another():
    for steps in (np.arange(40), np.arange(40.0).reshape(20, 2), [np.arange(2)] * 20, [np.ones(2, np.float32)] * 20):
        found = as_steps("steps", steps)
        before = [values.tolist() for values in found]
        found[3][:] = 9
        assert [values.tolist() for values in found[4:]] == before[4:]
        assert np.asarray(steps)[3].tolist() != found[3].tolist()
        assert as_steps("steps", steps)[3].tolist() == before[3]


@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        (2**63, ValueError, r"steps\[33\] holds 9223372036854775808, but int64 ends"),
        (10**400, ValueError, r"steps\[33\] holds 10000.*000, but int64 ends"),
        ([], ValueError, r"steps\[33\] is an empty list"),
        ([[1]], TypeError, r"steps\[33\] must be all integers"),
        (np.zeros((1, 1)), ValueError, r"steps\[33\] must be one value or a list of them, but has 2 axes"),
        (1j, TypeError, r"steps\[33\] must be a value or a list of them, but is complex"),
        ([1, "x"], TypeError, r"steps\[33\] must be all integers, all numbers, or all bytes"),
    ],
)
def test_the_step_that_cannot_be_kept_is_named(bad, error, words):
    for good in (1, [1]):
        with pytest.raises(error, match=words):
            as_steps("steps", [good] * 33 + [bad] + [good] * 7)


def test_one_number_too_large_among_many_floats_and_texts():
    for good, bad, words in ((1.5, 1e39, "holds 1e[+]39, which float32"), ("a", "\ud800", "half a character")):
        for wrap in (lambda value: value, lambda value: [value]):
            with pytest.raises(ValueError, match=rf"steps\[20\] {words}|steps\[20\] holds .* {words}"):
                as_steps("steps", [wrap(good)] * 20 + [wrap(bad)] + [wrap(good)] * 7)
    with pytest.raises(ValueError, match=r"steps\[1\] holds 1e\+39"):
        as_steps("steps", np.array([[1.0, 2.0], [3.0, 1e39]]))
    with pytest.raises(ValueError, match=r"steps\[0\] must be one value or a list of them, but has 2 axes"):
        as_steps("steps", np.zeros((20, 2, 2)))
    with pytest.raises(ValueError, match=r"steps\[20\] holds 18446744073709551615, but int64 ends"):
        as_steps("steps", [np.array([1], np.uint64)] * 20 + [np.array([2**64 - 1], np.uint64)])


def test_booleans_of_numpy_are_integers():
    values = [np.True_, [np.True_], [np.False_, True], [np.True_, 2], [np.uint64(7), np.True_], np.uint8(3)]
    kept = [as_feature("a", value) for value in values]
    assert [array.tolist() for array in kept] == [[1], [1], [0, 1], [1, 2], [7, 1], [3]]
    assert all(array.dtype == np.int64 for array in kept)
    assert as_feature("a", [np.True_, 0.5]).tolist() == [1.0, 0.5]


@pytest.mark.parametrize(
    ("data", "empty_parts"),
    [
        (b"\n\x00", ("context",)),
        (b"\x12\x00", ("feature_lists",)),
        (b"\n\x00\x12\x00", ("context", "feature_lists")),
        (b"\x12\x00\n\x00\n\x00", ("context", "feature_lists")),
        (b"\n\x02\x10\x05", ("context",)),
        (b"\x18\x05\x12\x00", ("feature_lists",)),
        (b"", ()),
    ],
)
def test_a_part_that_is_there_and_empty_stays_there(data, empty_parts):
    found = SequenceExample.parse(data)
    assert found.empty_parts == empty_parts
    assert found == tf_impl.SequenceExample.parse(data)
    plain = {b"\x12\x00\n\x00\n\x00": b"\n\x00\x12\x00", b"\n\x02\x10\x05": b"\n\x00", b"\x18\x05\x12\x00": b"\x12\x00"}
    assert found.serialize() == plain.get(data, data)
    if data not in plain:
        assert found.serialize() == tf.train.SequenceExample.FromString(data).SerializeToString(deterministic=True)
    assert SequenceExample({}, {}, empty_parts) == found
    # Beside a part that is not empty.
    both = SequenceExample({"a": 1}, {}, ("feature_lists",))
    assert SequenceExample.parse(both.serialize()).empty_parts == ("feature_lists",)
    assert SequenceExample({"a": 1}, {}, ("context",)) == SequenceExample({"a": 1}, {})


def test_refusals_of_empty_parts():
    with pytest.raises(ValueError, match="empty_parts must be one of 'context', 'feature_lists', but is 'lists'"):
        SequenceExample({}, {}, ("lists",))
    with pytest.raises(TypeError, match="empty_parts must be a tuple of names, but is str"):
        SequenceExample({}, {}, "context")


def test_the_bytes_of_a_list_are_those_of_its_steps_one_by_one():
    for steps in (WHOLE, FLOATS, [np.array([b"", b"ab"], object)] * 40):
        assert steps_bytes(steps) == b"".join(map(steps_bytes, ([step] for step in steps)))
