"""The examples in a buffer: first count, then make room, then read.

Nothing in the data decides how much memory is taken. A first walk over the bytes counts what is there, then arrays of
just that size are made, and a second walk fills them.
"""

from typing import Any

import numpy as np

from scratch.arrays import Array, Int
from scratch.inputs.wire._compiling import Bytes, announced, compiled, inlined, int64, pointer
from scratch.inputs.wire.message_entries import CONTEXT, FEATURE_LISTS, next_entry, read_entry, read_name
from scratch.inputs.wire.message_values import ANY, Into, Room, Tally, Wanted
from scratch.inputs.wire.tags import read_tag, skip_field
from scratch.inputs.wire.varint import MISSING, WORDS, failed, is_failed, reason_and_index
from scratch.inputs.wire.writing import from_raw

# The columns of what is asked for, and of what is found: an entry, what it holds, and if asked for, its name.
PART, KIND, SIZE, REQUIRED = range(4)
FIRST, LAST, STEPS, COUNT, TROUBLE, OF_PART, NAME_FIRST, NAME_LAST = range(8)
NO_KIND, ANY_SIZE = int64(0), int64(-1)


def read_example(data: Bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return ``(context, feature_lists)`` of the message in an array of uint8: {name: array}, {name: list of arrays}.

    Raises ``ValueError``, with the byte, for what is not a SequenceExample.
    """
    parts: dict[int, dict[str, Any]] = {CONTEXT: {}, FEATURE_LISTS: {}}
    with announced("the reader of examples"):
        found = np.empty((1, 1, 8), np.int64)
        count, place = list_entries(data, found)
        if is_failed(place):
            reason, index = reason_and_index(place)
            raise ValueError(f"byte {index} of the example: {WORDS[reason]}")
        if count > 1:
            found = np.empty((1, count, 8), np.int64)
            list_entries(data, found)
        for number in range(count):
            row = found[0, number].tolist()
            part, name = row[OF_PART], data[row[NAME_FIRST] : row[NAME_LAST]].tobytes().decode()
            steps = read_entry_whole(data, found, number, row[STEPS], row[COUNT])
            parts[part][name] = steps if part == FEATURE_LISTS else steps[0]
    return parts[CONTEXT], parts[FEATURE_LISTS]


def parts_of(data: Bytes) -> set[int]:
    """Return the set of the parts that a message, which has been read, has, empty or not."""
    found, at, end = set(), 0, len(data)
    while at < end:
        number, at = read_tag(data, at, end)
        found.add(number >> 3)
        at = skip_field(data, at, end, number, 0)
    return found & {CONTEXT, FEATURE_LISTS}


def read_entry_whole(data: Bytes, found: Int[Array, "R F 8"], number: int, steps: int, count: int) -> list[Any]:
    """Return a list of the arrays of all steps of one entry."""
    raw, outline = np.zeros(count, np.int64), np.zeros(2 * steps, np.int64)
    gather(data, ANY, found, number, raw, np.array([count]), outline, np.array([steps]))
    kinds, lengths = outline[::2].tolist(), outline[1::2]
    ends = np.cumsum(lengths)
    return [
        from_raw(data, kind, raw[first:last]) if kind else None
        for kind, first, last in zip(kinds, (ends - lengths).tolist(), ends.tolist(), strict=True)
    ]


@inlined
def no_room(cells: Bytes) -> Into:
    """Return where nothing is kept; a pointer has to be there all the same."""
    return Into(Room(cells, 0, 0), Room(cells, 0, 0))


@compiled
def survey(
    data: Bytes,
    starts: Int[Array, " R"],
    stops: Int[Array, " R"],
    names: Bytes,
    name_ends: Int[Array, " F+1"],
    features: Int[Array, "F 4"],
    found: Int[Array, "R F 8"],
) -> tuple[int, int, int]:
    """Fill ``found`` [R, F, 8] for R examples and F features; return ``(R, 0, 0)``.

    Example r is ``data[starts[r]:stops[r]]``. Feature f has the name ``names[name_ends[f] : name_ends[f + 1]]`` and the
    row ``features[f]``: the part it is in, its kind, how many values a step must have (below 0: any number), and
    whether it must be there. Where an example is no message, return ``(r, place, -1)``; where it does not suit,
    ``(r, place, f)``. Where an example does not have a feature, FIRST is −1.
    """
    bytes_of, nowhere = pointer(data), no_room(pointer(starts))
    for r in range(len(starts)):
        found[r] = 0
        found[r, :, FIRST] = -1
        at, part, part_end = starts[r], 0, 0
        while True:
            at, stop, part, part_end = next_entry(bytes_of, at, stops[r], part, part_end)
            if is_failed(at):
                return r, at, -1
            if part == 0:
                break
            name, name_stop = read_name(bytes_of, at, stop)
            if is_failed(name_stop):
                return r, name_stop, -1
            f = find(bytes_of, name, name_stop, part, names, name_ends, features)
            wanted = Wanted(features[f, KIND], features[f, SIZE]) if f >= 0 else Wanted(NO_KIND, ANY_SIZE)
            tally, place = read_entry(bytes_of, at, stop, part, wanted, nowhere)
            if is_failed(place):
                return r, place, -1
            if f >= 0:
                note(found[r, f], at, stop, part, tally)
            at = stop
        for f in range(len(features)):
            if found[r, f, TROUBLE] < 0:
                return r, found[r, f, TROUBLE], f
            if found[r, f, FIRST] < 0 and features[f, REQUIRED]:
                return r, failed(MISSING, starts[r]), f
    return len(starts), 0, 0


@inlined
def note(row: Int[Array, " 8"], start: int, stop: int, part: int, tally: Tally) -> None:
    """Put into a row of what is found where an entry's value is, and how much it holds."""
    row[FIRST], row[LAST], row[OF_PART] = start, stop, part
    row[STEPS], row[COUNT], row[TROUBLE] = tally.steps, tally.values, tally.trouble


@inlined
def find(
    data: Bytes,
    start: int,
    stop: int,
    part: int,
    names: Bytes,
    name_ends: Int[Array, " F+1"],
    features: Int[Array, "F 4"],
) -> int:
    """Return which feature of this part has the name ``data[start:stop]``, or −1."""
    for f in range(len(features)):
        first = name_ends[f]
        if features[f, PART] == part and name_ends[f + 1] - first == stop - start:
            same = True
            for i in range(stop - start):
                same &= data[start + i] == names[first + i]
            if same:
                return f
    return -1


@compiled
def list_entries(data: Bytes, found: Int[Array, "R F 8"]) -> tuple[int, int]:
    """Put the entries of the one example ``data`` into ``found`` [1, N, 8], as many as fit.

    Return ``(how many there are, 0)``, or where ``data`` is no message, ``(0, place)``.
    """
    bytes_of, nowhere = pointer(data), no_room(pointer(found[0, 0]))
    count = at = part = part_end = 0
    while True:
        at, stop, part, part_end = next_entry(bytes_of, at, len(data), part, part_end)
        if is_failed(at):
            return 0, at
        if part == 0:
            return count, 0
        name, name_stop = read_name(bytes_of, at, stop)
        if is_failed(name_stop):
            return 0, name_stop
        tally, place = read_entry(bytes_of, at, stop, part, Wanted(NO_KIND, ANY_SIZE), nowhere)
        if is_failed(place):
            return 0, place
        if count < found.shape[1]:
            row = found[0, count]
            note(row, at, stop, part, tally)
            row[NAME_FIRST], row[NAME_LAST] = name, name_stop
        count += 1
        at = stop


@compiled
def gather(
    data: Bytes,
    kind: int,
    found: Int[Array, "R F 8"],
    f: int,
    values: Int[Array, " n"],
    value_ends: Int[Array, " R"],
    outline: Int[Array, " 2*steps"],
    step_ends: Int[Array, " R"],
) -> None:
    """Read feature f of all examples: the values of r end at ``values[value_ends[r]]``, its steps at ``step_ends[r]``.

    ``found`` is what was found of them. ``outline`` has two numbers for each step, its kind and how many values it has,
    or is empty.
    """
    bytes_of, wanted = pointer(data), Wanted(int64(kind), ANY_SIZE)
    value = step = 0
    for r in range(len(found)):
        if found[r, f, FIRST] >= 0:
            room = Room(pointer(values), value, value_ends[r] - value)
            steps = Room(pointer(outline), 2 * step, 2 * (step_ends[r] - step) if len(outline) > 0 else 0)
            at, stop, part = found[r, f, FIRST], found[r, f, LAST], found[r, f, OF_PART]
            read_entry(bytes_of, at, stop, part, wanted, Into(room, steps))
        value, step = value_ends[r], step_ends[r]
