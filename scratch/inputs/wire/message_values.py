"""One feature: its values.

    Feature      one of  1: BytesList   2: FloatList   3: Int64List     the last kind on the wire is the one that counts
    BytesList    1: bytes, a field for each value
    FloatList    1: four bytes each, packed into one field or a field for each value, or some of both
    Int64List    1: varints, likewise
    FeatureList  1: a Feature for each step

Two pieces of a message one after another are the message of both: lists are joined, and a single value is replaced. So
a reader goes on where the piece before ended.

A value is kept as an int64: an integer as it is; a float as its 32 bits; bytes as the index where they begin and their
length, in the two halves. A reader counts all values and keeps those for which there is room: with no room it counts.
"""

from typing import NamedTuple

from scratch.inputs.wire._compiling import Bytes, inlined
from scratch.inputs.wire.frames import word
from scratch.inputs.wire.tags import FIXED32, LENGTH, VARINT, read_length, read_tag, skip_field, tag
from scratch.inputs.wire.varint import BAD_FLOAT, CUT, OTHER_KIND, OTHER_SIZE, failed, is_failed, read_varint

# A kind is its field number in Feature; 0 is a feature without any.
BYTES, FLOAT, INT64 = 1, 2, 3
ANY = -1
FIRST_FIELD, ONE_VARINT, ONE_FLOAT = tag(1, LENGTH), tag(1, VARINT), tag(1, FIXED32)


class Room(NamedTuple):
    """Room for ``size`` numbers behind the first ``first`` of ``cells``, a ``pointer``."""

    cells: Bytes
    first: int
    size: int


class Wanted(NamedTuple):
    """What a schema asks of each step: values of this kind, and ``size`` of them; a size below 0 stands for any."""

    kind: int
    size: int


class Into(NamedTuple):
    """Where what is read goes: the values, and two numbers a step, its kind and how many values it has."""

    values: Room
    outline: Room


class Tally(NamedTuple):
    """What has been read: so many steps and values; ``trouble`` is the first ``misfit``, 0 where there is none."""

    steps: int
    values: int
    trouble: int


@inlined
def put(room: Room, i: int, value: int) -> None:
    """Keep number i if there is room for it."""
    if i < room.size:
        room.cells[room.first + i] = value


@inlined
def behind(room: Room, count: int) -> Room:
    """Return the room behind the first ``count`` numbers."""
    return Room(room.cells, room.first + count, room.size - count)


@inlined
def room_if(condition: bool, room: Room) -> Room:
    """Return the room, or where the condition does not hold, none."""
    return Room(room.cells, room.first, room.size if condition else 0)


@inlined
def read_numbers(data: Bytes, at: int, stop: int, last: int, kind: int, room: Room, count: int) -> tuple[int, int]:
    """Return ``(count, place)``: numbers that begin before ``stop``, none of which may end behind ``last``."""
    while at < stop:
        if kind == FLOAT:
            if last - at < 4:
                return count, failed(BAD_FLOAT, at)
            value = word(data, at)
            at += 4
        else:
            value, at = read_varint(data, at, last)
            if is_failed(at):
                return count, at
        put(room, count, value)
        count += 1
    return count, at


@inlined
def read_list(data: Bytes, at: int, end: int, depth: int, kind: int, room: Room, count: int) -> tuple[int, int]:
    """Return ``(count, place)`` of a BytesList, FloatList or Int64List."""
    while at < end:
        tag, at = read_tag(data, at, end)
        if is_failed(at):
            return count, at
        stop, last = at, end
        if tag == FIRST_FIELD:
            length, at = read_length(data, at, end)
            if is_failed(at):
                return count, at
            stop = last = at + length
            if kind == BYTES:
                put(room, count, at << 32 | length)
                count += 1
                at = stop
        elif (kind == INT64 and tag == ONE_VARINT) or (kind == FLOAT and tag == ONE_FLOAT):
            if at == end:
                return count, failed(CUT, at)
            stop = at + 1
        else:
            at = stop = skip_field(data, at, end, tag, depth)
            if is_failed(at):
                return count, at
        count, at = read_numbers(data, at, stop, last, kind, room, count)
        if is_failed(at):
            return count, at
    return count, at


@inlined
def read_feature(
    data: Bytes, at: int, end: int, depth: int, wanted: int, room: Room, kind: int, count: int
) -> tuple[int, int, int]:
    """Return ``(kind, count, place)`` of a Feature; only values of the kind ``wanted`` are kept, or of ``ANY``."""
    size = end - at
    if 4 < size < 130 and kind == 0 and data[at + 1] == size - 2 and data[at + 3] == size - 4:
        # Nearly always it is one list that is one packed field: two tags and two lengths of a byte each.
        found = data[at] >> 3
        if data[at + 2] == FIRST_FIELD and data[at] & 7 == LENGTH and (found == FLOAT or found == INT64):
            kept = room_if(wanted == found or wanted == ANY, room)
            count, at = read_numbers(data, at + 4, end, end, found, kept, 0)
            return found, count, at
    while at < end:
        tag, at = read_tag(data, at, end)
        if is_failed(at):
            return kind, count, at
        if tag & 7 == LENGTH and tag >> 3 <= INT64:
            length, at = read_length(data, at, end)
            if is_failed(at):
                return kind, count, at
            if tag >> 3 != kind:
                kind, count = tag >> 3, 0
            kept = room_if(wanted == kind or wanted == ANY, room)
            count, at = read_list(data, at, at + length, depth + 1, kind, kept, count)
        else:
            at = skip_field(data, at, end, tag, depth)
        if is_failed(at):
            return kind, count, at
    return kind, count, at


@inlined
def misfit(kind: int, count: int, wanted: Wanted, at: int) -> int:
    """Return a negative place where a feature does not suit a schema, else 0."""
    if kind != 0 and kind != wanted.kind:
        return failed(OTHER_KIND, at)
    if wanted.size >= 0 and count != wanted.size:
        return failed(OTHER_SIZE, at)
    return 0


@inlined
def read_feature_list(
    data: Bytes, at: int, end: int, depth: int, wanted: Wanted, into: Into, tally: Tally
) -> tuple[Tally, int]:
    """Return ``(tally, place)`` of a FeatureList, or of the next piece of one."""
    steps, count, trouble = tally
    while at < end:
        tag, at = read_tag(data, at, end)
        if is_failed(at):
            break
        if tag == FIRST_FIELD:
            length, at = read_length(data, at, end)
            if is_failed(at):
                break
            start, room = at, behind(into.values, count)
            kind, more, at = read_feature(data, at, at + length, depth + 1, wanted.kind, room, 0, 0)
            if trouble == 0:
                trouble = misfit(kind, more, wanted, start)
            put(into.outline, 2 * steps, kind)
            put(into.outline, 2 * steps + 1, more)
            steps += 1
            count += more
        else:
            at = skip_field(data, at, end, tag, depth)
        if is_failed(at):
            break
    return Tally(steps, count, trouble), at
