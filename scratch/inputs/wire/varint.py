"""Varints: integers in as few bytes as they need; and the place that every reader returns.

    n = Σ_k g_k · 128^k,   0 ≤ g_k < 128

The groups g_k of seven bits go on the wire from the lowest, each in a byte of its own; the eighth bit says that another
follows. Numbers from 0 to 127 take one byte. A negative number goes as n + 2^64, whose highest bit is set, and takes
ten.

A place is an integer: from 0 on an index into the bytes; below 0 a reason and the index where it was found, in one. So
every reader returns one place, and its caller asks once whether that is negative, and returns it as it is.
"""

from scratch.inputs.wire._compiling import Bytes, inlined, int64

CUT, LONG, LARGE, BAD_TAG, BAD_GROUP, DEEP, BAD_NAME, BAD_ENTRY, BAD_FLOAT, BAD_LENGTH, BAD_DATA = range(1, 12)
# Not damaged, but not what a schema asks for.
OTHER_KIND, OTHER_SIZE, MISSING = range(12, 15)

WORDS = {
    CUT: "it goes on past the end of what it is in",
    LONG: "a number has no end within the bytes that it may take",
    LARGE: "a tag or a length is too large",
    BAD_TAG: "a tag has the field number 0 or a wire type that there is not",
    BAD_GROUP: "a group ends that did not begin",
    DEEP: "groups are nested more than 100 deep",
    BAD_NAME: "a name is not UTF-8",
    BAD_ENTRY: "an entry holds something besides a name and a value",
    BAD_FLOAT: "a float has fewer than four bytes",
    BAD_LENGTH: "its length does not have the checksum that stands beside it",
    BAD_DATA: "its bytes do not have the checksum that stands behind them",
}


@inlined
def failed(reason: int, at: int) -> int:
    """Return the place that says: for this reason, at this index."""
    return -16 * at - reason


@inlined
def is_failed(place: int) -> bool:
    """Return whether a place is one that ``failed`` gave."""
    return place < 0


def reason_and_index(place: int) -> tuple[int, int]:
    """Return ``(reason, index)`` of a negative place."""
    return -place % 16, -place // 16


SIGN = int64(-(2**63))
ONE_BYTE = [bytes([n]) for n in range(128)]


def varint(n: int) -> bytes:
    """Return the varint of an integer from −2^63 to 2^64 − 1 as bytes."""
    if 0 <= n < 128:
        return ONE_BYTE[n]
    n &= 2**64 - 1
    groups = bytearray()
    while n > 127:
        groups.append(n & 127 | 128)
        n >>= 7
    groups.append(n)
    return bytes(groups)


@inlined
def read_varint(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """Return ``(n, place)`` of an int64 in at most ten bytes."""
    if at < end and data[at] < 128:
        return int64(data[at]), at + 1
    n = 0
    for shift in range(0, 63, 7):
        if at >= end:
            return 0, failed(CUT, at)
        byte = int64(data[at])
        at += 1
        n |= (byte & 127) << shift
        if byte < 128:
            return n, at
    # Nine groups are 63 bits. Of the tenth only the lowest bit has a place, the sign's; Protocol Buffers drop the rest.
    if at >= end:
        return 0, failed(CUT, at)
    if data[at] > 127:
        return 0, failed(LONG, at)
    return n + SIGN * (data[at] & 1), at + 1


@inlined
def read_short_varint(data: Bytes, at: int, end: int, largest: int) -> tuple[int, int]:
    """Return ``(n, place)`` of a number from 0 to ``largest`` in at most five bytes, as tags and lengths are."""
    if at < end and data[at] < 128:
        return int64(data[at]), at + 1
    n = 0
    for shift in range(0, 35, 7):
        if at >= end:
            return 0, failed(CUT, at)
        byte = int64(data[at])
        at += 1
        n |= (byte & 127) << shift
        if byte < 128:
            return (n, at) if n <= largest else (0, failed(LARGE, at))
    return 0, failed(LONG, at)
