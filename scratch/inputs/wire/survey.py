"""Whole examples: first count, then make room, then read.

Nothing that stands in the data decides how much memory is taken. A first walk over the bytes counts what is there, then
arrays of just that size are made, and a second walk fills them.
"""

from typing import NamedTuple

import numpy as np

from scratch.inputs.wire.compiling import compiled, inlined
from scratch.inputs.wire.entries import next_entry, read_entry, read_name
from scratch.inputs.wire.feature import Into, Room, Wanted
from scratch.inputs.wire.places import MISSING, failed
from scratch.inputs.wire.pointers import pointer

# The columns of what is asked for, and of what is found: an entry, what it holds, and if asked for, its name.
PART, KIND, SIZE, REQUIRED = range(4)
FIRST, LAST, STEPS, COUNT, TROUBLE, OF_PART, NAME_FIRST, NAME_LAST = range(8)
NO_KIND, ANY_SIZE = np.int64(0), np.int64(-1)


class Kept(NamedTuple):
    """A feature of R examples: the values of r end at ``values[value_ends[r]]``, its steps at ``step_ends[r]``.

    ``outline`` has two numbers for each step, its kind and how many values it has, or is empty.
    """

    values: np.ndarray
    value_ends: np.ndarray
    outline: np.ndarray
    step_ends: np.ndarray


@inlined
def no_room(cells):
    """Return where nothing is kept; a pointer has to be there all the same."""
    return Into(Room(cells, 0, 0), Room(cells, 0, 0))


@compiled
def survey(data, starts, stops, names, name_ends, features, found):
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
            if at < 0:
                return r, at, -1
            if part == 0:
                break
            name, name_stop = read_name(bytes_of, at, stop)
            if name_stop < 0:
                return r, name_stop, -1
            f = find(bytes_of, name, name_stop, part, names, name_ends, features)
            wanted = Wanted(features[f, KIND], features[f, SIZE]) if f >= 0 else Wanted(NO_KIND, ANY_SIZE)
            tally, place = read_entry(bytes_of, at, stop, part, wanted, nowhere)
            if place < 0:
                return r, place, -1
            if f >= 0:
                note(found[r, f], at, stop, tally)
            at = stop
        for f in range(len(features)):
            if found[r, f, TROUBLE] < 0:
                return r, found[r, f, TROUBLE], f
            if found[r, f, FIRST] < 0 and features[f, REQUIRED]:
                return r, failed(MISSING, starts[r]), f
    return len(starts), 0, 0


@inlined
def note(row, start, stop, tally):
    """Put into a row of what is found where an entry's value is, and how much it holds."""
    row[FIRST], row[LAST] = start, stop
    row[STEPS], row[COUNT], row[TROUBLE] = tally.steps, tally.count, tally.trouble


@inlined
def find(data, start, stop, part, names, name_ends, features):
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
def list_entries(data, found):
    """Put the entries of the one example ``data`` into ``found`` [1, N, 8], as many as fit.

    Return ``(how many there are, 0)``, or where ``data`` is no message, ``(0, place)``.
    """
    bytes_of, nowhere = pointer(data), no_room(pointer(found[0, 0]))
    count = at = part = part_end = 0
    while True:
        at, stop, part, part_end = next_entry(bytes_of, at, len(data), part, part_end)
        if at < 0:
            return 0, at
        if part == 0:
            return count, 0
        name, name_stop = read_name(bytes_of, at, stop)
        if name_stop < 0:
            return 0, name_stop
        tally, place = read_entry(bytes_of, at, stop, part, Wanted(NO_KIND, ANY_SIZE), nowhere)
        if place < 0:
            return 0, place
        if count < found.shape[1]:
            row = found[0, count]
            note(row, at, stop, tally)
            row[OF_PART], row[NAME_FIRST], row[NAME_LAST] = part, name, name_stop
        count += 1
        at = stop


@compiled
def gather(data, part, kind, found, f, kept):
    """Read feature f of all examples into ``kept``; ``found`` [R, F, 8] is what was found of them."""
    wanted = Wanted(np.int64(kind), ANY_SIZE)
    value = step = 0
    for r in range(len(found)):
        if found[r, f, FIRST] >= 0:
            values = Room(pointer(kept.values), value, kept.value_ends[r] - value)
            sizes = 2 * (kept.step_ends[r] - step) if len(kept.outline) > 0 else 0
            into = Into(values, Room(pointer(kept.outline), 2 * step, sizes))
            read_entry(pointer(data), found[r, f, FIRST], found[r, f, LAST], part, wanted, into)
        value, step = kept.value_ends[r], kept.step_ends[r]
