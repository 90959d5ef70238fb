"""Examples drawn at random, other ways to write the same, and what can happen to bytes on their way."""

import numpy as np

from scratch.inputs.wire.tags import END, FIXED32, FIXED64, LENGTH, START, VARINT, message, tag
from scratch.inputs.wire.varint import varint

NAMES = ("", "length", "len", "tokens", "labels", "π", "日本語", "a b", "\0", "😀", "z" * 200)
TEXTS = (b"", b"word", "héllo".encode(), b"\x00\xff\xfe", b"x" * 300)
NUMBERS = (0, 1, 127, 128, 300, 2**31, 2**62, 2**63 - 1, -1, -128, -(2**63))
FLOATS = (0.0, -0.0, 1.5, -2.25, np.inf, -np.inf, np.nan, 1e-45, 3.4028235e38)


def draw_values(rng):
    """Return the values of one feature, of any kind, none of them and no kind included."""
    kind, count = rng.integers(10), int(rng.choice([0, 1, 1, 1, 2, 5, 40]))
    if kind == 0:
        return None
    if kind < 4:
        return rng.choice(np.array(NUMBERS), count) if kind < 3 else rng.integers(-(2**63), 2**63 - 1, count)
    if kind < 7:
        drawn = rng.integers(0, 2**32, count, np.uint32)
        # Any bits, but no signalling NaN: Python's float, through which TensorFlow's values pass, makes it a quiet one.
        drawn[drawn << 1 > 0xFF000000] |= 1 << 22
        return rng.choice(np.array(FLOATS, np.float32), count) if kind < 6 else drawn.view(np.float32)
    values = np.empty(count, object)
    for i in range(count):
        values[i] = TEXTS[rng.integers(len(TEXTS))] if kind < 9 else rng.bytes(int(rng.integers(20)))
    return values


def draw_example(rng):
    """Return ``(context, feature_lists)`` of an example of up to four names each."""
    names = [list(rng.permutation(NAMES)[: rng.integers(5)]) for _ in range(2)]
    context = {str(name): draw_values(rng) for name in names[0]}
    lists = {str(name): [draw_values(rng) for _ in range(rng.choice([0, 1, 3, 9]))] for name in names[1]}
    return context, lists


def draw_uniform(rng):
    """Return an example like those of a task: names that are always the same, each of one kind, a value a step."""
    steps = int(rng.integers(0, 6))
    return (
        {"length": steps, "weights": rng.random(3, np.float32), "name": "a" * steps},
        {
            "tokens": rng.integers(-2, 300, steps),
            "scores": rng.random((steps, 2), np.float32),
            "words": [b"w" * int(n) for n in rng.integers(0, 4, steps)],
        },
    )


def encode_otherwise(rng, context, feature_lists):
    """Return the example in bytes that no writer makes and every reader of Protocol Buffers must take.

    Parts, entries and lists in pieces and out of order, entries that a later one replaces, kinds that a later one
    replaces, numbers packed and not, lengths and tags longer than need be, fields that nobody knows.
    """

    def long_varint(n):
        plain, more = varint(n), int(rng.choice([0, 0, 0, 1, 2]))
        more = min(more, 5 - len(plain))
        return plain if more < 1 else plain[:-1] + bytes([plain[-1] | 128]) + b"\x80" * (more - 1) + b"\0"

    def field(number, *parts):
        content = b"".join(parts)
        return long_varint(tag(number, LENGTH)) + long_varint(len(content)) + content

    def unknown():
        number = int(rng.choice([5, 15, 16, 2**29 - 1]))
        inside = varint(tag(7, START)) + varint(tag(7, END))
        contents = {
            VARINT: varint(int(rng.integers(2**62))),
            FIXED64: rng.bytes(8),
            LENGTH: b"\3abc",
            START: inside * int(rng.integers(3)) + varint(tag(number, END)),
            FIXED32: rng.bytes(4),
        }
        wire = int(rng.choice(list(contents)))
        return varint(tag(number, wire)) + contents[wire] if rng.random() < 0.3 else b""

    def pieces(values):
        cut = int(rng.integers(len(values) + 1))
        return (values[:cut], values[cut:])

    def numbers(kind, values):
        encoded = [varint(n) for n in values.tolist()] if kind == 3 else [n.tobytes() for n in values.astype("<f4")]
        if rng.random() < 0.5:
            return field(1, *encoded)
        one = varint(tag(1, VARINT if kind == 3 else FIXED32))
        return b"".join(one + number for number in encoded)

    def feature(values):
        if values is None:
            return unknown()
        if values.dtype == object:
            lists = [b"".join(field(1, value) for value in piece) for piece in pieces(values)]
            return field(1, lists[0]) + unknown() + field(1, unknown(), lists[1])
        kind = 3 if values.dtype == np.int64 else 2
        first, second = (numbers(kind, piece) for piece in pieces(values))
        replaced = field(kind, numbers(kind, values)) + field(1, b"\n\1x") if rng.random() < 0.3 else b""
        return replaced + field(kind, first, unknown()) + unknown() + field(kind, second)

    def entry(name, value):
        parts = [field(1, name.encode()), value]
        return field(1, *(parts if rng.random() < 0.5 else parts[::-1]))

    def context_entry(name, values):
        return entry(name, field(2, feature(values)))

    def list_entry(name, steps):
        first, second = ([field(1, feature(values)) for values in piece] for piece in pieces(steps))
        return entry(name, field(2, *first) + field(2, unknown(), *second))

    example = []
    for number, part, encode in ((1, context, context_entry), (2, feature_lists, list_entry)):
        names = list(part)
        replaced = [encode(name, [] if number == 2 else np.array([7])) for name in names if rng.random() < 0.2]
        rng.shuffle(names)
        for piece in pieces(names):
            example.append((number, field(number, *replaced, *(encode(name, part[name]) for name in piece), unknown())))
            replaced = []
    if rng.random() < 0.5:
        # The two parts may come in any order, but what replaces must come behind what it replaces.
        example.sort(key=lambda part: -part[0])
    return unknown() + b"".join(encoded for _, encoded in example)


def damage(rng, data):
    """Return the bytes after one of the things that happen: bits flipped, cut, repeated, made up."""
    data = bytearray(data)
    at = int(rng.integers(len(data) + 1))
    match rng.integers(8):
        case 0:
            del data[at:]
        case 1 | 2:
            for _ in range(rng.integers(1, 4)):
                if data:
                    data[rng.integers(len(data))] ^= 1 << rng.integers(8)
        case 3:
            # A length, or whatever stands there, a little or very much too large.
            data[at : at + 1] = varint(int(rng.choice([5, 200, 2**31 - 1, 2**31, 2**32, 2**63, 2**64 - 1])))
        case 4:
            # A tag that nobody knows, with nothing or something behind it.
            data[at:at] = varint(int(rng.integers(2**32 + 10))) + rng.bytes(int(rng.integers(6)))
        case 5:
            depth = int(rng.choice([3, 94, 95, 96, 97, 99, 100, 101, 5000]))
            data[at:at] = varint(tag(9, START)) * depth + varint(tag(9, END)) * depth
        case 6:
            stop = int(rng.integers(at, len(data) + 1))
            data[at:at] = data[at:stop]
        case 7:
            data[at:at] = message(int(rng.integers(1, 5)), rng.bytes(int(rng.integers(10))))
    return bytes(data)
