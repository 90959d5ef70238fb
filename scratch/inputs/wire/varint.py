"""Varints: integers in as few bytes as they need.

    n = Σ_k g_k · 128^k,   0 ≤ g_k < 128

The groups g_k of seven bits go on the wire from the lowest, each in a byte of its own; the eighth bit says that another
follows. What is counted is mostly small, and 0 to 127 take one byte. A negative number goes as n + 2^64, whose highest
bit is set, and always takes ten.
"""

import numpy as np

from scratch.inputs.wire.compiling import inlined
from scratch.inputs.wire.places import CUT, LARGE, LONG, failed

SIGN = np.int64(-(2**63))
ONE_BYTE = [bytes([n]) for n in range(128)]


def varint(n):
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
def read_varint(data, at, end):
    """Return ``(n, place)`` of an int64 in at most ten bytes."""
    if at < end and data[at] < 128:
        return np.int64(data[at]), at + 1
    n = 0
    for shift in range(0, 63, 7):
        if at >= end:
            return 0, failed(CUT, at)
        byte = np.int64(data[at])
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
def read_short_varint(data, at, end, largest):
    """Return ``(n, place)`` of a number from 0 to ``largest`` in at most five bytes, as tags and lengths are."""
    if at < end and data[at] < 128:
        return np.int64(data[at]), at + 1
    n = 0
    for shift in range(0, 35, 7):
        if at >= end:
            return 0, failed(CUT, at)
        byte = np.int64(data[at])
        at += 1
        n |= (byte & 127) << shift
        if byte < 128:
            return (n, at) if n <= largest else (0, failed(LARGE, at))
    return 0, failed(LONG, at)
