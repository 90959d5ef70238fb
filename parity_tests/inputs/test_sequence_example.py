import re
from dataclasses import replace

import numpy as np
import pytest

import tf_impl
from parity_tests.inputs.damaged import draw_example, encode_otherwise
from scratch import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    SequenceExample,
    TFRecordWriter,
    VarLenFeature,
    masked_crc32c,
    parse_sequence_example,
    parse_single_sequence_example,
    read_sequence_examples,
)
from scratch.inputs.wire import chunks
from tf_impl.tensorflow import tf


def assert_same(actual, expected):
    """Fail unless two results are the same to the last bit, names, types, shapes and dtypes included."""
    if isinstance(expected, dict):
        assert list(actual) == sorted(actual, key=list(actual).index)
        assert actual.keys() == expected.keys()
        for name in expected:
            assert_same(actual[name], expected[name])
    elif isinstance(expected, tuple):
        assert type(actual) is type(expected)
        for have, want in zip(actual, expected, strict=True):
            assert_same(have, want)
    else:
        assert type(actual) is type(expected)
        have, want = np.asarray(actual), np.asarray(expected)
        assert (have.dtype, have.shape) == (want.dtype, want.shape)
        assert have.tolist() == want.tolist() if have.dtype == object else have.tobytes() == want.tobytes()


def check_round_trips(count, seed):
    """Draw as many examples: equal bytes from both sides, and each reads the other's, and other encodings of them."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        drawn = draw_example(rng)
        ours, theirs = SequenceExample(*drawn), tf_impl.SequenceExample(*drawn)
        data = ours.serialize()
        assert data == theirs.serialize()
        assert SequenceExample.parse(data) == ours
        assert tf_impl.SequenceExample.parse(data).serialize() == data
        if number % 3 == 0:
            other = encode_otherwise(rng, ours.context, ours.feature_lists)
            # Of a part that is empty, and there all the same, both sides keep that it is there.
            found, theirs = SequenceExample.parse(other), tf_impl.SequenceExample.parse(other)
            assert found.serialize() == theirs.serialize()
            assert replace(found, empty_parts=()) == ours
            assert replace(theirs, empty_parts=()).serialize() == data


def test_a_thousand_examples_are_tensorflows_bytes():
    check_round_trips(1000, 0)


CONTEXT = {
    "length": FixedLenFeature([], np.int64),
    "weights": FixedLenFeature([3, 1], np.float32),
    "name": FixedLenFeature([1], bytes),
    "both": FixedLenFeature([], np.int64),
    "absent": FixedLenFeature([], np.int64, -7),
    "absent pair": FixedLenFeature([2, 1], bytes, [["é"], [b"\xff"]]),
    "absent float": FixedLenFeature([2], np.float32, [1, 2.5]),
    "tags": VarLenFeature(bytes),
    "absent tags": VarLenFeature(np.float32),
    "numbers": RaggedFeature(np.int64),
    "absent numbers": RaggedFeature(bytes, np.int64),
}
SEQUENCES = {
    "tokens": FixedLenSequenceFeature([], np.int64),
    "scores": FixedLenSequenceFeature([2], np.float32),
    "grids": FixedLenSequenceFeature([2, 3], np.int64),
    "words": FixedLenSequenceFeature([], bytes),
    "pairs": FixedLenSequenceFeature((1, 2), bytes),
    "both": FixedLenSequenceFeature([], np.float32),
    "absent": FixedLenSequenceFeature([4], np.float32, allow_missing=True),
    "sparse": VarLenFeature(np.int64),
    "sparse words": VarLenFeature(bytes),
    "ragged": RaggedFeature(np.float32),
    "ragged words": RaggedFeature(bytes, np.int64),
    "absent sparse": VarLenFeature(bytes),
    "absent ragged": RaggedFeature(np.int64),
}


def draw_fitting(rng):
    """Return the bytes of an example that suits the schema above, with all its lists as long as they please."""

    def steps():
        return range(rng.integers(5))

    def some(dtype):
        return rng.integers(-300, 300, rng.integers(4)).astype(dtype)

    def words():
        return np.array([b"w" * int(n) for n in rng.integers(0, 9, rng.integers(4))], object)

    context = {
        "length": rng.integers(2**40),
        "weights": rng.standard_normal(3),
        "name": "näme",
        "both": 1,
        "tags": words(),
        "numbers": some(np.int64),
        "unasked": [1, 2, 3],
    }
    lists = {
        "tokens": [int(rng.integers(-5, 500)) for _ in steps()],
        "scores": [rng.standard_normal(2) for _ in steps()],
        "grids": [rng.integers(0, 9, 6) for _ in steps()],
        "words": [rng.bytes(3) for _ in steps()],
        "pairs": [["a", "b"] for _ in steps()],
        "both": [1.5, 2.5],
        "sparse": [some(np.int64) for _ in steps()],
        "sparse words": [words() for _ in steps()],
        "ragged": [some(np.float32) for _ in steps()],
        "ragged words": [None, *(words() for _ in steps())],
        "unasked": [None, "text", 1.5],
    }
    return SequenceExample(context, lists).serialize()


@pytest.fixture(scope="module")
def fitting():
    rng = np.random.default_rng(1)
    return [draw_fitting(rng) for _ in range(30)]


def test_one_example_by_a_schema(fitting):
    for data in fitting:
        assert_same(
            parse_single_sequence_example(data, CONTEXT, SEQUENCES),
            tf_impl.parse_single_sequence_example(data, CONTEXT, SEQUENCES),
        )
    only = {"words": SEQUENCES["words"]}
    assert_same(parse_single_sequence_example(data, None, only)[0], {})
    assert_same(parse_single_sequence_example(data, CONTEXT)[1], {})


def test_a_batch_by_a_schema(fitting):
    for batch in (fitting[:1], fitting[1:7], fitting[7:]):
        assert_same(
            parse_sequence_example(batch, CONTEXT, SEQUENCES), tf_impl.parse_sequence_example(batch, CONTEXT, SEQUENCES)
        )
    # No example at all. TensorFlow takes a fixed feature of the context that is not there for one that is missing.
    features = {"tags": CONTEXT["tags"]}, {"scores": SEQUENCES["scores"]}
    assert_same(parse_sequence_example([], *features), tf_impl.parse_sequence_example([], *features))
    assert parse_sequence_example([], CONTEXT)[0]["weights"].shape == (0, 3, 1)
    context, sequences, lengths = parse_sequence_example(fitting[:2], None, {"tokens": SEQUENCES["tokens"]})
    assert context == {}
    for row, length, data in zip(sequences["tokens"], lengths["tokens"], fitting, strict=False):
        alone = parse_single_sequence_example(data, None, {"tokens": SEQUENCES["tokens"]})[1]["tokens"]
        assert row.tolist() == alone.tolist() + [0] * (len(row) - length)


@pytest.mark.parametrize("compression_type", ["", "GZIP", "ZLIB"])
def test_files_of_examples(tmp_path, fitting, compression_type):
    paths = [tmp_path / "first", tmp_path / "second"]
    for path, examples in zip(paths, (fitting[:20], fitting[20:]), strict=True):
        with TFRecordWriter(path, compression_type) as writer:
            for data in examples:
                writer.write(data)
    ours = list(read_sequence_examples(paths, CONTEXT, SEQUENCES, compression_type))
    theirs = list(tf_impl.read_sequence_examples(paths, CONTEXT, SEQUENCES, compression_type))
    for have, want, data in zip(ours, theirs, fitting, strict=True):
        assert_same(have, want)
        assert_same(have, parse_single_sequence_example(data, CONTEXT, SEQUENCES))
    assert len(list(read_sequence_examples(str(paths[0]), CONTEXT, SEQUENCES, compression_type))) == 20
    # What is handed out is the reader's own no more: writing to it changes nothing that comes later.
    for context, sequences in read_sequence_examples(paths, CONTEXT, SEQUENCES, compression_type):
        for array in (context["weights"], sequences["tokens"], sequences["scores"], sequences["sparse"].values):
            assert array.flags.owndata or array.base.flags.owndata
            assert array.size == 0 or (array.base if array.base is not None else array).size == array.size


def test_chunks_do_not_show(tmp_path, monkeypatch, fitting):
    path = tmp_path / "file"
    with TFRecordWriter(path) as writer:
        for data in fitting:
            writer.write(data)
    whole = list(read_sequence_examples(path, CONTEXT, SEQUENCES))
    for size in (64, 1000, 5000):
        monkeypatch.setattr(chunks, "CHUNK", size)
        for have, want in zip(read_sequence_examples(path, CONTEXT, SEQUENCES), whole, strict=True):
            assert_same(have, want)


def test_an_error_names_file_record_byte_and_feature(tmp_path, fitting):
    path = tmp_path / "file"
    sound = fitting[0]
    for bad, words in (
        (sound[:-1], " of the example: it goes on past the end of what it is in"),
        (SequenceExample({}, {}).serialize(), "context_features['length'] is required, but the example has none"),
        (
            SequenceExample({"length": "three"}, {}).serialize(),
            "context_features['length'] must be int64, but is bytes",
        ),
        (
            SequenceExample({"length": [3, 4]}, {}).serialize(),
            "context_features['length'] must have 1 values for shape [], but has 2",
        ),
        (
            SequenceExample({"length": None}, {}).serialize(),
            "context_features['length'] must have 1 values for shape [], but has 0",
        ),
        (
            SequenceExample({"length": 3}, {}).serialize(),
            "sequence_features['scores'] is required, but the example has none",
        ),
        (
            SequenceExample({"length": 3}, {"scores": [[1.5, 2], [1.5]]}).serialize(),
            "sequence_features['scores'] must have 2 values for shape [2], but has 1 in step 1",
        ),
        (
            SequenceExample({"length": 3}, {"scores": [[1.5, 2], [1, 2]]}).serialize(),
            "sequence_features['scores'] must be float32, but is int64 in step 1",
        ),
        (
            SequenceExample({"length": 3}, {"scores": [], "ragged": [None, [1.5], "text"]}).serialize(),
            "sequence_features['ragged'] must be float32, but is bytes in step 2",
        ),
    ):
        with TFRecordWriter(path) as writer:
            for data in (sound, sound, bad, sound):
                writer.write(data)
        features = {"length": CONTEXT["length"]}, {"scores": SEQUENCES["scores"], "ragged": SEQUENCES["ragged"]}
        examples = read_sequence_examples([path], *features)
        assert_same(next(examples), parse_single_sequence_example(sound, *features))
        next(examples)
        place = f"{path}: record 2 at byte {2 * (len(sound) + 16)}: "
        with pytest.raises(ValueError, match=f"^{re.escape(place)}.*{re.escape(words)}$"):
            next(examples)
        with pytest.raises(ValueError, match="serialized: "):
            parse_single_sequence_example(bad, *features)
        with pytest.raises(ValueError, match="serialized\\[1\\]: "):
            parse_sequence_example([sound, bad], *features)
        with pytest.raises(tf.errors.InvalidArgumentError):
            tf_impl.parse_single_sequence_example(bad, *features)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (2**31, "it says that it is 2147483648 bytes long, but no more than 2147483647"),
        (2**31 - 1, "it is cut off: it says that it is 2147483647 bytes long"),
    ],
)
def test_a_record_longer_than_a_message_can_be_is_not_read(tmp_path, size, words):
    path = tmp_path / "file"
    length = size.to_bytes(8, "little")
    path.write_bytes(length + masked_crc32c(length).to_bytes(4, "little"))
    with pytest.raises(ValueError, match=words):
        next(read_sequence_examples(path, CONTEXT))


def test_what_is_kept_of_values():
    example = SequenceExample(
        {"n": True, "f": np.float16(0.5), "t": "é", "mixed": [1, 2.5], "numpy": np.array([b"a", b"b"]), "none": None},
        {"rows": np.array([[1, 2], [3, 4]], np.uint8), "steps": [1, [2.0], (b"x", "y"), None], "none": []},
    )
    kept = {name: (values.dtype, values.tolist()) for name, values in example.context.items() if values is not None}
    assert kept == {
        "n": (np.int64, [1]),
        "f": (np.float32, [0.5]),
        "t": (object, ["é".encode()]),
        "mixed": (np.float32, [1.0, 2.5]),
        "numpy": (object, [b"a", b"b"]),
    }
    assert example.context["none"] is None
    assert [values.tolist() for values in example.feature_lists["rows"]] == [[1, 2], [3, 4]]
    assert [None if values is None else values.tolist() for values in example.feature_lists["steps"]] == [
        [1],
        [2.0],
        [b"x", b"y"],
        None,
    ]
    assert example == SequenceExample.parse(example.serialize())
    assert example != SequenceExample({}, {})
    assert example != example.serialize()
    values = np.array([1, 2])
    kept = SequenceExample({"a": values}, {"b": [values]})
    values[0] = 9
    assert kept.context["a"][0] == kept.feature_lists["b"][0][0] == 1


@pytest.mark.parametrize(
    ("context", "feature_lists", "error", "words"),
    [
        ({"a": 2**63}, {}, ValueError, "context\\['a'\\] holds 9223372036854775808, but int64 ends"),
        ({"a": [-(2**63), 2**63]}, {}, ValueError, "holds 9223372036854775808, but int64 ends"),
        ({"a": np.array([2**63], np.uint64)}, {}, ValueError, "but int64 ends"),
        ({"a": 1e39}, {}, ValueError, "context\\['a'\\] holds 1e\\+39, which float32 cannot hold"),
        ({"a": []}, {}, ValueError, "context\\['a'\\] is an empty list, which has no kind"),
        ({"a": [[1, 2]]}, {}, TypeError, "context\\['a'\\] must be all integers"),
        ({"a": np.zeros((1, 2))}, {}, ValueError, "must be one value or a list of them, but has 2 axes"),
        ({"a": [1, "x"]}, {}, TypeError, "context\\['a'\\] must be all integers, all numbers, or all bytes"),
        ({"a": 1j}, {}, TypeError, "context\\['a'\\] must be a value or a list of them, but is complex"),
        ({"a": np.zeros(1, complex)}, {}, TypeError, "context\\['a'\\] must be integers, floats or bytes"),
        ({"a": "\ud800"}, {}, ValueError, "context\\['a'\\] holds '\\\\ud800', which is half a character"),
        ({"\ud800": 1}, {}, ValueError, "half a character"),
        ({b"a": 1}, {}, TypeError, "context must be named by str, but has a bytes"),
        ([1], {}, TypeError, "context must be a dict of names and values, but is list"),
        ({}, {"a": 1}, TypeError, "feature_lists\\['a'\\] must be a list of steps, but is int"),
        ({}, {"a": "text"}, TypeError, "feature_lists\\['a'\\] must be a list of steps, but is str"),
        ({}, {"a": [1, []]}, ValueError, "feature_lists\\['a'\\]\\[1\\] is an empty list"),
        ({}, None, TypeError, "feature_lists must be a dict"),
    ],
)
def test_values_that_the_format_cannot_hold_are_refused(context, feature_lists, error, words):
    with pytest.raises(error, match=words):
        SequenceExample(context, feature_lists)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: FixedLenFeature([], str), TypeError, "dtype must be np.int64, np.float32 or bytes, but is str: text"),
        (lambda: FixedLenFeature([], np.float64), TypeError, "dtype must be np.int64, np.float32 or bytes, but is"),
        (lambda: VarLenFeature(None), TypeError, "dtype must be"),
        (lambda: RaggedFeature("nonsense"), TypeError, "dtype must be"),
        (lambda: FixedLenFeature([None], np.int64), TypeError, "shape\\[0\\] must be an integer, but is None"),
        (lambda: FixedLenFeature([-1], np.int64), ValueError, "shape\\[0\\] must be at least 0, but is -1"),
        (lambda: FixedLenFeature([2], np.int64, 1), ValueError, "default_value must have 2 values, but has 1"),
        (lambda: FixedLenFeature([], np.int64, 1.5), TypeError, "default_value must be int64, but is 1.5"),
        (lambda: FixedLenFeature([], np.float32, "x"), TypeError, "default_value must be float32, but is 'x'"),
        (lambda: FixedLenSequenceFeature([], bytes, 1), ValueError, "allow_missing must be one of False, True"),
        (lambda: FixedLenSequenceFeature([], np.int64, True, 0), ValueError, "default_value must be None"),
        (lambda: RaggedFeature(np.int64, np.int16), TypeError, "row_splits_dtype must be np.int32 or np.int64"),
        (lambda: parse_single_sequence_example(b""), ValueError, "must not both be empty"),
        (lambda: parse_single_sequence_example("", CONTEXT), TypeError, "serialized must be bytes, but is str"),
        (lambda: parse_sequence_example(b"", CONTEXT), TypeError, "serialized must be a list of bytes, but is bytes"),
        (lambda: parse_sequence_example([1], CONTEXT), TypeError, "serialized\\[0\\] must be bytes, but is int"),
        (lambda: parse_single_sequence_example(b"", [1]), TypeError, "context_features must be a dict"),
        (lambda: parse_single_sequence_example(b"", {1: 2}), TypeError, "context_features must be named by str"),
        (
            lambda: parse_single_sequence_example(b"", SEQUENCES),
            TypeError,
            "context_features\\['tokens'\\] must be FixedLenFeature or VarLenFeature or RaggedFeature, but is",
        ),
        (lambda: parse_single_sequence_example(b"", None, CONTEXT), TypeError, "features\\['length'\\] must be"),
        (lambda: read_sequence_examples(7, CONTEXT), TypeError, "paths must be the path of a file or a list of them"),
        (lambda: read_sequence_examples([7], CONTEXT), TypeError, "paths\\[0\\] must be the path of a file"),
        (lambda: read_sequence_examples("x", CONTEXT, None, "gzip"), ValueError, "compression_type must be one of"),
        (lambda: SequenceExample.parse("text"), TypeError, "data must be bytes, but is str"),
    ],
)
def test_requests_that_make_no_sense_are_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_shapes_with_no_values():
    """TensorFlow divides by the size of a step, and ends the process where that is 0."""
    data = SequenceExample({"a": np.array([], np.int64)}, {"b": [np.array([], np.float32)] * 2}).serialize()
    features = {"a": FixedLenFeature([0], np.int64)}, {"b": FixedLenSequenceFeature([3, 0], np.float32)}
    context, sequences = parse_single_sequence_example(data, *features)
    assert (context["a"].shape, sequences["b"].shape) == ((0,), (2, 3, 0))
    context, sequences, lengths = parse_sequence_example([data, data], *features)
    assert (context["a"].shape, sequences["b"].shape, lengths["b"].tolist()) == ((2, 0), (2, 2, 3, 0), [2, 2])


def test_dtypes_by_other_names():
    assert FixedLenFeature(3, "int64") == FixedLenFeature((3,), np.dtype(np.int64))
    assert VarLenFeature("S").dtype is bytes
    assert RaggedFeature(np.int64, "int64").row_splits_dtype is np.int64
