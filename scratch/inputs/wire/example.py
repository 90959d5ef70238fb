"""One example, read whole and without a schema."""

import numpy as np

from scratch.inputs.wire.compiling import announced
from scratch.inputs.wire.entries import CONTEXT, FEATURE_LISTS
from scratch.inputs.wire.feature import ANY
from scratch.inputs.wire.places import WORDS, reason_and_index
from scratch.inputs.wire.survey import COUNT, NAME_FIRST, NAME_LAST, OF_PART, STEPS, Kept, gather, list_entries
from scratch.inputs.wire.tags import read_tag, skip_field
from scratch.inputs.wire.values import from_raw


def read_example(data):
    """Return ``(context, feature_lists)`` of the message in an array of uint8: {name: array}, {name: list of arrays}.

    Raises ``ValueError``, with the byte, for what is not a SequenceExample.
    """
    parts = {CONTEXT: {}, FEATURE_LISTS: {}}
    with announced("the reader of examples"):
        found = np.empty((1, 1, 8), np.int64)
        count, place = list_entries(data, found)
        if place < 0:
            reason, index = reason_and_index(place)
            raise ValueError(f"byte {index} of the example: {WORDS[reason]}")
        if count > 1:
            found = np.empty((1, count, 8), np.int64)
            list_entries(data, found)
        for number in range(count):
            row = found[0, number].tolist()
            part, name = row[OF_PART], data[row[NAME_FIRST] : row[NAME_LAST]].tobytes().decode()
            steps = read_entry_whole(data, found, number, part, row[STEPS], row[COUNT])
            parts[part][name] = steps if part == FEATURE_LISTS else steps[0]
    return parts[CONTEXT], parts[FEATURE_LISTS]


def parts_of(data):
    """Return the set of the parts that a message, which has been read, has, empty or not."""
    found, at, end = set(), 0, len(data)
    while at < end:
        number, at = read_tag(data, at, end)
        found.add(number >> 3)
        at = skip_field(data, at, end, number, 0)
    return found & {CONTEXT, FEATURE_LISTS}


def read_entry_whole(data, found, number, part, steps, count):
    """Return a list of the arrays of all steps of one entry."""
    raw, outline = np.zeros(count, np.int64), np.zeros(2 * steps, np.int64)
    gather(data, part, ANY, found, number, Kept(raw, np.array([count]), outline, np.array([steps])))
    kinds, lengths = outline[::2].tolist(), outline[1::2]
    ends = np.cumsum(lengths)
    return [
        from_raw(data, kind, raw[first:last]) if kind else None
        for kind, first, last in zip(kinds, (ends - lengths).tolist(), ends.tolist(), strict=True)
    ]
