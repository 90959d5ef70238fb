"""Rows of any length as padded arrays: ``to_tensor`` and ``to_dense``, beside TensorFlow's."""

import numpy as np
import pytest

from scratch import RaggedFeature, SequenceExample, VarLenFeature, parse_sequence_example, parse_single_sequence_example
from tf_impl.inputs.sequence_example import to_dense, to_tensor

DTYPES = {"ints": np.int64, "floats": np.float32, "words": bytes}
DEFAULTS = {"ints": -7, "floats": np.nan, "words": b"<pad>"}


def drawn(rng, name):
    """Return steps of any number of values: none in some, none at all now and then."""
    words = np.array([b"a", b"bc", b"d"], object)
    values = {"ints": rng.integers(1, 99, 3), "floats": rng.random(3, np.float32), "words": words}
    return [values[name][: int(size)] for size in rng.integers(0, 4, int(rng.integers(1, 5)))]


RNG = np.random.default_rng(0)
EXAMPLES = [
    SequenceExample(
        {name: np.concatenate(drawn(RNG, name)) for name in DTYPES},
        {name: drawn(RNG, name) for name in DTYPES},
    ).serialize()
    for _ in range(6)
] + [SequenceExample({}, {}).serialize()]


def assert_same(actual, expected):
    assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
    assert actual.tobytes() == expected.tobytes() if actual.dtype != object else actual.tolist() == expected.tolist()


@pytest.mark.parametrize("shape", [None, (None, 3), (7, None), (4, 2), (9, 9), (0, 0), (9, 0)], ids=str)
@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("default", [False, True], ids=["zeros", "default"])
def test_padded_arrays_are_tensorflows(name, default, shape):
    value = DEFAULTS[name] if default else None
    for kind, ours, theirs in ((RaggedFeature, "to_tensor", to_tensor), (VarLenFeature, "to_dense", to_dense)):
        feature = {name: kind(DTYPES[name])}
        context, lists, _ = parse_sequence_example(EXAMPLES, feature, feature)
        sizes = [None, *shape] if shape else None
        assert_same(getattr(context[name], ours)(value, shape), theirs(context[name], value, shape))
        assert_same(getattr(lists[name], ours)(value, sizes), theirs(lists[name], value, sizes))
        for data in EXAMPLES:
            rows = parse_single_sequence_example(data, None, feature)[1][name]
            assert_same(getattr(rows, ours)(value, shape), theirs(rows, value, shape))


def test_both_kinds_make_one_array():
    ragged = parse_sequence_example(EXAMPLES, None, {"ints": RaggedFeature(np.int64)})[1]["ints"]
    sparse = parse_sequence_example(EXAMPLES, None, {"ints": VarLenFeature(np.int64)})[1]["ints"]
    assert_same(ragged.to_tensor(-1, (None, 5, 4)), sparse.to_dense(-1, (None, 5, 4)))
    array = ragged.to_tensor()
    array += 1  # It is the caller's own.
    assert_same(ragged.to_tensor(), sparse.to_dense())


def test_refusals():
    features = {name: RaggedFeature(kind) for name, kind in DTYPES.items()}
    rows = parse_single_sequence_example(EXAMPLES[0], None, features)
    ints, floats, words = (rows[1][name] for name in DTYPES)
    for shape in ((3,), (1, 2, 3), 7, "ab"):
        with pytest.raises(ValueError, match="shape must be 2 sizes, each a number or None, but is"):
            ints.to_tensor(shape=shape)
    with pytest.raises(ValueError, match=r"shape\[1\] must be at least 0, but is -1"):
        ints.to_tensor(shape=(None, -1))
    with pytest.raises(TypeError, match=r"shape\[0\] must be an integer, but is 1.5"):
        ints.to_tensor(shape=(1.5, None))
    with pytest.raises(ValueError, match="default_value is 0.5, but the rows are int64, which cannot hold it"):
        ints.to_tensor(0.5)
    with pytest.raises(TypeError, match="default_value must be a number, but is b'x'"):
        floats.to_tensor(b"x")
    with pytest.raises(TypeError, match="default_value must be bytes, as the values are, but is 0"):
        words.to_tensor(0)
