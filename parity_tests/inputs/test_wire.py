"""What bytes may look like that are an example, and what is none: one reading, and no way to hurt the reader."""

import re

import numpy as np
import pytest
from google.protobuf.message import DecodeError

import tf_impl
from parity_tests.inputs.damaged import damage, draw_example, draw_uniform, encode_otherwise
from scratch import RaggedFeature, SequenceExample, VarLenFeature, parse_single_sequence_example
from scratch.inputs.wire.tags import END, START, VARINT, message, tag
from scratch.inputs.wire.varint import BAD_ENTRY, WORDS, varint
from tf_impl.tensorflow import tf


def entry(name, value):
    return message(1, message(1, name), message(2, value))


def ints(*numbers):
    return message(3, message(1, *map(varint, numbers)))


def groups(depth):
    return varint(tag(9, START)) * depth + varint(tag(9, END)) * depth


FLOAT = message(2, message(1, b"\0\0\x80?"))
TWO = message(1, entry(b"a", ints(1, 2)))
UNKNOWN = varint(tag(9, VARINT)) + b"\1"
# Bytes, the values of the context's "a" by Protocol Buffers' rules, and by TensorFlow's fast parser where it differs.
READINGS = {
    "two values": (TWO, [1, 2], ...),
    "a name twice": (message(1, entry(b"a", ints(1, 2)), entry(b"a", ints(3))), [3], ...),
    "a name twice, the second without kind": (message(1, entry(b"a", ints(1)), entry(b"a", b"")), [], ...),
    "a part twice": (TWO + message(1, entry(b"a", ints(3))), [3], ...),
    "a part twice, with different names": (TWO + message(1, entry(b"b", ints(3))), [1, 2], ...),
    "a value twice": (message(1, message(1, message(1, b"a"), message(2, ints(1)), message(2, ints(2)))), [1, 2], None),
    "value before name": (message(1, message(1, message(2, ints(1)), message(1, b"a"))), [1], None),
    "two names": (message(1, message(1, message(1, b"b"), message(1, b"a"), message(2, ints(1)))), [1], None),
    "a name without value": (message(1, message(1, message(1, b"a"))), [], None),
    "three kinds": (message(1, entry(b"a", ints(1, 2) + FLOAT + ints(3))), [3], [1, 2]),
    "a list in two": (message(1, entry(b"a", ints(1, 2) + ints(3))), [1, 2, 3], [1, 2]),
    "another kind first": (message(1, entry(b"a", FLOAT + ints(3))), [3], None),
    "not packed": (message(1, entry(b"a", message(3, b"\x08\5\x08\6"))), [5, 6], ...),
    "packed and not": (
        message(1, entry(b"a", message(3, b"\x08\5", message(1, b"\6\7"), b"\x08\x08"))),
        [5, 6, 7, 8],
        None,
    ),
    "packed, then not": (message(1, entry(b"a", message(3, message(1, b"\1\2"), b"\x08\5"))), [1, 2, 5], [1, 2]),
    "packed twice": (message(1, entry(b"a", message(3, message(1, b"\1\2"), message(1, b"\3")))), [1, 2, 3], [1, 2]),
    "a list with another field": (message(1, entry(b"a", message(3, message(2, b"\1\2")))), [], None),
    "a number longer than need be": (message(1, entry(b"a", message(3, b"\x08\x81\x80\0"))), [1], ...),
    "a number of 70 bits": (message(1, entry(b"a", message(3, b"\x08" + b"\xff" * 9 + b"\x7f"))), [-1], ...),
    "a tag and a length of five bytes": (b"\x8a\x80\x80\x80\0\x8d\x80\x80\x80\0" + TWO[2:], [1, 2], []),
    "the largest field number": (varint(tag(2**29 - 1, VARINT)) + b"\1" + TWO, [1, 2], ...),
    "an unknown field before": (UNKNOWN + TWO, [1, 2], ...),
    "an unknown field in a feature": (message(1, entry(b"a", UNKNOWN + ints(1))), [1], None),
    "an unknown field in a list": (message(1, entry(b"a", message(3, UNKNOWN, b"\x08\4"))), [4], None),
    "a group": (b"\x4b" + UNKNOWN + b"\x4c" + TWO, [1, 2], None),
    "a field 0 in a group": (b"\x4b\0\1\x4c" + TWO, [1, 2], None),
    "100 groups": (groups(100) + TWO, [1, 2], None),
    "99 groups in a part": (message(1, groups(99), entry(b"a", ints(1))), [1], None),
    "96 groups in a list": (message(1, entry(b"a", message(3, groups(96), b"\x08\4"))), [4], None),
    "95 groups in a step's list": (TWO + message(2, entry(b"t", message(1, message(3, groups(95))))), [1, 2], ...),
    "a part that is a number": (b"\x08\1" + TWO, [1, 2], ...),
    # The first and the last character of each number of bytes, and those around the surrogates.
    **{
        f"a name of U+{ord(name):04X}": (message(1, entry(name.encode(), ints(1))) + TWO, [1, 2], ...)
        for name in "\0\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"
    },
}


@pytest.mark.parametrize("name", READINGS)
def test_one_reading_of_what_may_be_written_in_many_ways(name):
    """Protocol Buffers' own. TensorFlow's fast parser reads less, and where a feature has two lists, only the first."""
    data, expected, fast = READINGS[name]
    assert tf_impl.SequenceExample.parse(data).serialize() == SequenceExample.parse(data).serialize()
    features = {"a": RaggedFeature(np.int64)}
    assert parse_single_sequence_example(data, features)[0]["a"].tolist() == expected
    if fast is None:
        with pytest.raises(tf.errors.InvalidArgumentError):
            tf_impl.parse_single_sequence_example(data, features)
    else:
        theirs = tf_impl.parse_single_sequence_example(data, features)[0]["a"]
        assert theirs.tolist() == (expected if fast is ... else fast)


REFUSED = {
    "cut": (TWO[:-1], "byte 1 of the example: it goes on past the end"),
    "an entry cut": (b"\n\2\n\5abcde", "byte 3 of the example: it goes on past the end"),
    "field 0": (b"\2\0", "byte 0 of the example: a tag has the field number 0"),
    "wire type 6": (b"\x0e\0", "a wire type that there is not"),
    "field 2^29": (varint(2**32) + b"\0", "a tag or a length is too large"),
    "a tag of six bytes": (b"\x8a\x80\x80\x80\x80\0\0", "a number has no end"),
    "a length of six bytes": (b"\n\x80\x80\x80\x80\x80\0", "a number has no end"),
    "a length of 2^31": (b"\n\x80\x80\x80\x80\x08", "a tag or a length is too large"),
    "a number of eleven bytes": (message(1, entry(b"a", message(3, b"\x08" + b"\x80" * 10 + b"\0"))), "no end"),
    "a number cut": (message(1, entry(b"a", message(3, message(1, b"\x80")))), "it goes on past the end"),
    "five bytes of packed floats": (message(1, entry(b"a", message(2, message(1, bytes(5))))), "fewer than four"),
    "a number's tag, and no number": (
        message(1, entry(b"a", message(3, b"\x08"))),
        "byte 12 of the example: it goes on past the end",
    ),
    "a float's tag, and no float": (
        message(1, entry(b"a", message(2, b"\x0d"))),
        "byte 12 of the example: it goes on past the end",
    ),
    "three bytes of a float": (message(1, entry(b"a", message(2, b"\x0dabc"))), "fewer than four bytes"),
    "numbers longer than their list": (message(1, entry(b"a", b"\x1a\2\n\3\1\2\3")), "it goes on past the end"),
    "a list of 1280 bytes in 127": (message(1, entry(b"a", b"\x1a\x80\n\x7e" + bytes(126))), "it goes on past the end"),
    "a group that ends another": (b"\x4b\x08\4\x44", "a group ends that did not begin"),
    "a group without end": (b"\x4b\x08\4", "it goes on past the end"),
    "an end alone": (b"\x4c", "a group ends that did not begin"),
    "101 groups": (groups(101), "groups are nested more than 100 deep"),
    "100 groups in a part": (message(1, groups(100)), "more than 100 deep"),
    "97 groups in a list": (message(1, entry(b"a", message(3, groups(97)))), "more than 100 deep"),
    "96 groups in a step's list": (message(2, entry(b"t", message(1, message(3, groups(96))))), "more than 100 deep"),
    "a name in Latin-1": (message(1, entry(b"\xe9", ints(1))), "a name is not UTF-8"),
    "a surrogate": (message(1, entry(b"\xed\xa0\x80", ints(1))), "a name is not UTF-8"),
    "a NUL of two bytes": (message(1, entry(b"\xc0\x80", ints(1))), "a name is not UTF-8"),
    "past U+10FFFF": (message(1, entry(b"\xf4\x90\x80\x80", ints(1))), "a name is not UTF-8"),
    "half a character": (message(1, entry(b"ab\xe2\x82", ints(1))), "a name is not UTF-8"),
    "half a character, a tag like the rest": (message(1, message(1, b"\n\1\xe2\x92\x80\0\0")), "a name is not UTF-8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_example_is_refused(name):
    data, words = REFUSED[name]
    with pytest.raises(DecodeError):
        tf_impl.SequenceExample.parse(data)
    with pytest.raises(ValueError, match=words):
        SequenceExample.parse(data)
    with pytest.raises(ValueError, match=words):
        parse_single_sequence_example(data, {"b": VarLenFeature(bytes)})


@pytest.mark.parametrize("one", [b"\0\0\x80?", b"\1"], ids=["floats", "integers"])
def test_lists_whose_length_takes_one_byte_or_two(one):
    """A length of up to 127 is one byte, and such a list has a reader of its own."""
    kind = 2 if len(one) == 4 else 3
    features = {"a": RaggedFeature(np.float32 if kind == 2 else np.int64)}
    for count in range(140):
        data = message(1, entry(b"a", message(kind, message(1, one * count))))
        assert parse_single_sequence_example(data, features)[0]["a"].tolist() == [1] * count
        found = SequenceExample.parse(data).context["a"]
        assert (found.dtype.kind, found.tolist()) == ("if"[kind == 2], [1] * count)


def test_an_entry_with_something_unknown_is_refused():
    data = message(1, message(1, message(1, b"a"), message(2, ints(1)), UNKNOWN))
    assert tf_impl.SequenceExample.parse(data).context == {}
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf_impl.parse_single_sequence_example(data, {"a": VarLenFeature(np.int64)})
    with pytest.raises(ValueError, match="byte 14 of the example: an entry holds something besides a name and a value"):
        SequenceExample.parse(data)


def test_a_damaged_record_at_every_place(tmp_path):
    """Every bit of a small example flipped, and every cut: the schema's reader agrees with ``parse``."""
    sound = SequenceExample({"é": [1, 300]}, {"t": [[-1], [2.5], "x"]}).serialize()
    wanted = {"é": VarLenFeature(np.int64)}
    for at in range(8 * len(sound)):
        flipped = bytearray(sound)
        flipped[at // 8] ^= 1 << at % 8
        for data in (bytes(flipped), sound[: at // 8]):
            words, example = refused(data)
            values = None if example is None else example.context.get("é")
            if words is not None or (values is not None and values.dtype != np.int64):
                with pytest.raises(ValueError, match=re.escape(words or "must be int64")):
                    parse_single_sequence_example(data, wanted)
            else:
                found = parse_single_sequence_example(data, wanted)[0]["é"].values
                assert found.tolist() == ([] if values is None else values.tolist())


def refused(data):
    """Return the words with which ``SequenceExample.parse`` refuses bytes, or ``None``, and what it reads."""
    try:
        return None, SequenceExample.parse(data)
    except ValueError as error:
        return str(error), None


def check_damaged(count, seed):
    """Damage as many examples; each is read as ``FromString`` reads it, or refused. Return how many were refused."""
    rng, refusals = np.random.default_rng(seed), 0
    for number in range(count):
        example = SequenceExample(*(draw_example if number % 2 else draw_uniform)(rng))
        sound = encode_otherwise(rng, example.context, example.feature_lists) if number % 3 else example.serialize()
        data = damage(rng, sound)
        words, ours = refused(data)
        try:
            theirs = tf_impl.SequenceExample.parse(data)
        except DecodeError:
            theirs = None
        if words is not None:
            refusals += 1
            assert words.startswith("byte ")
            # FromString loses an entry that holds anything unknown; TensorFlow's other parser refuses it.
            assert theirs is None or WORDS[BAD_ENTRY] in words, data
        else:
            assert theirs is not None, data
            # Through Python's float on both sides, which turns the signalling NaNs that damage makes into quiet ones.
            ours = tf_impl.SequenceExample(ours.context, ours.feature_lists, ours.empty_parts)
            assert ours.serialize() == theirs.serialize()
    return refusals


def test_damaged_examples():
    assert 400 < check_damaged(1000, 0) < 900
