"""One SequenceExample: names, and a value under each.

    SequenceExample  1: Features   2: FeatureLists
    Features         1: entries of a map from a name to a Feature
    FeatureLists     1: entries of a map from a name to a FeatureList
    an entry         1: the name, in UTF-8   2: the value

A map is a repeated field of small messages, so a name may come twice; the last one counts.
"""

from scratch.inputs.wire._compiling import Bytes, inlined, int64
from scratch.inputs.wire.message_values import Into, Tally, Wanted, misfit, put, read_feature, read_feature_list
from scratch.inputs.wire.tags import LENGTH, read_length, read_tag, skip_field, tag
from scratch.inputs.wire.varint import BAD_ENTRY, BAD_NAME, failed, is_failed

CONTEXT, FEATURE_LISTS = 1, 2
ENTRY = NAME = tag(1, LENGTH)
VALUE = tag(2, LENGTH)


@inlined
def next_entry(data: Bytes, at: int, end: int, part: int, part_end: int) -> tuple[int, int, int, int]:
    """Return ``(start, stop, part, part_end)`` of the next entry from ``at`` on.

    ``part`` is the map that the entry is in, and ``part_end`` where this piece of it ends; both are 0 at the beginning,
    and ``part`` is 0 again behind the last. Where the bytes are not a message, ``start`` is a negative place.
    """
    while at < end:
        inside = at < part_end
        found, at = read_tag(data, at, part_end if inside else end)
        if is_failed(at):
            return at, at, part, part_end
        if inside and found == ENTRY:
            length, at = read_length(data, at, part_end)
            return at, at + length, part, part_end
        if not inside and found & 7 == LENGTH and found >> 3 <= FEATURE_LISTS:
            length, at = read_length(data, at, end)
            part, part_end = found >> 3, at + length
        else:
            at = skip_field(data, at, part_end if inside else end, found, 1 if inside else 0)
        if is_failed(at):
            return at, at, part, part_end
    return end, end, 0, 0


@inlined
def read_name(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """Return ``(start, stop)`` of the name of an entry; ``stop`` is a negative place where the entry is none."""
    start = stop = at
    while at < end:
        found, after = read_tag(data, at, end)
        if is_failed(after):
            return start, after
        if found != NAME and found != VALUE:
            # One of TensorFlow's parsers refuses such an entry, the other drops it without an error.
            return start, failed(BAD_ENTRY, at)
        length, at = read_length(data, after, end)
        if is_failed(at):
            return start, at
        if found == NAME:
            start, stop = at, at + length
            if not is_utf8(data, start, stop):
                return start, failed(BAD_NAME, at)
        at += length
    return start, stop


@inlined
def read_entry(data: Bytes, at: int, end: int, part: int, wanted: Wanted, into: Into) -> tuple[Tally, int]:
    """Return ``(tally, place)`` of the value of an entry whose name has been read.

    A Feature of the context is one step.
    """
    start = at
    count = kind = int64(0)
    tally = Tally(count, count, count)
    while at < end:
        # These were checked when the name was read.
        found, at = read_tag(data, at, end)
        length, at = read_length(data, at, end)
        if found == NAME:
            at += length
        elif part == CONTEXT:
            kind, count, at = read_feature(data, at, at + length, 3, wanted.kind, into.values, kind, count)
        else:
            tally, at = read_feature_list(data, at, at + length, 3, wanted, into, tally)
        if is_failed(at):
            return tally, at
    if part == CONTEXT:
        tally = Tally(int64(1), count, misfit(kind, count, wanted, start))
        put(into.outline, 0, kind)
        put(into.outline, 1, count)
    return tally, at


@inlined
def is_utf8(data: Bytes, at: int, end: int) -> bool:
    """Return whether ``data[at:end]`` is UTF-8: no character longer than need be, no surrogates, none past U+10FFFF."""
    while at < end:
        first = data[at]
        at += 1
        if first < 0x80:
            continue
        if first < 0xC2 or first > 0xF4:
            return False
        more = 1 if first < 0xE0 else 2 if first < 0xF0 else 3
        if more > end - at:
            return False
        lowest = 0xA0 if first == 0xE0 else 0x90 if first == 0xF0 else 0x80
        highest = 0x9F if first == 0xED else 0x8F if first == 0xF4 else 0xBF
        if data[at] < lowest or data[at] > highest:
            return False
        for i in range(at + 1, at + more):
            if data[i] & 0xC0 != 0x80:
                return False
        at += more
    return True
