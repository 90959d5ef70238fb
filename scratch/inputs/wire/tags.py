"""One field: its tag, and how to step over a field that is not known here.

    tag = 8 · field number + wire type

A message is fields one after another, a tag before each. The number stands for the name; the wire type says how the
value is framed, so a reader can step over fields that were invented after it was written:

    0  VARINT    a varint                  3, 4  a group: fields between a start and an end of the same number
    1  FIXED64   eight bytes                  5  FIXED32: four bytes
    2  LENGTH    a length, and so many bytes: text, packed numbers, or a message inside this one

Source: the encoding page of protobuf.dev.
"""

import numpy as np

from scratch.inputs.wire._compiling import Bytes, inlined
from scratch.inputs.wire.varint import (
    BAD_GROUP,
    BAD_TAG,
    CUT,
    DEEP,
    failed,
    is_failed,
    read_short_varint,
    read_varint,
    varint,
)

VARINT, FIXED64, LENGTH, START, END, FIXED32 = range(6)
# Messages and groups inside one another, as TensorFlow's parser has it.
DEEPEST = 100
LARGEST_TAG = 2**32 - 1


def tag(field: int, wire: int) -> int:
    """Return the tag of a field number and a wire type, a number."""
    return 8 * field + wire


def message(field: int, *parts: bytes) -> bytes:
    """Return the field that holds these bytes, one after another: tag, length, bytes."""
    content = b"".join(parts)
    return varint(8 * field + LENGTH) + varint(len(content)) + content


@inlined
def read_tag(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """Return ``(tag, place)``."""
    found, after = read_short_varint(data, at, end, LARGEST_TAG)
    if not is_failed(after) and found < 8:
        return 0, failed(BAD_TAG, at)
    return found, after


@inlined
def read_length(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """Return ``(length, place)``; a length that would reach past ``end`` is refused."""
    length, after = read_short_varint(data, at, end, 2**31 - 1)
    if not is_failed(after) and length > end - after:
        return 0, failed(CUT, at)
    return length, after


@inlined
def skip_field(data: Bytes, at: int, end: int, tag: int, depth: int) -> int:
    """Return the place behind the value that follows ``tag``, in a message that is ``depth`` messages deep."""
    if tag & 7 != START:
        return skip_value(data, at, end, tag)
    # A list of the open groups instead of recursion, so that no input can use up the stack.
    numbers = np.empty(DEEPEST, np.int64)
    outside = depth
    while True:
        if tag & 7 == START:
            if depth >= DEEPEST:
                return failed(DEEP, at)
            numbers[depth] = tag >> 3
            depth += 1
        elif tag & 7 == END:
            depth -= 1
            if numbers[depth] != tag >> 3:
                return failed(BAD_GROUP, at)
            if depth == outside:
                return at
        else:
            at = skip_value(data, at, end, tag)
            if is_failed(at):
                return at
        # In a group, as FromString has it, a field may have any number: 0 as well.
        tag, at = read_short_varint(data, at, end, LARGEST_TAG)
        if is_failed(at):
            return at


@inlined
def skip_value(data: Bytes, at: int, end: int, tag: int) -> int:
    """Return the place behind a value that is no group."""
    wire = tag & 7
    if wire == VARINT:
        return read_varint(data, at, end)[1]
    if wire == LENGTH:
        length, at = read_length(data, at, end)
        return at if is_failed(at) else at + length
    if wire == FIXED64 or wire == FIXED32:
        size = 8 if wire == FIXED64 else 4
        return at + size if end - at >= size else failed(CUT, at)
    return failed(BAD_GROUP if wire == END else BAD_TAG, at)
