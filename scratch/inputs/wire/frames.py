"""The records of a file: where each begins and ends, and whether its bytes are what they were when it was written.

    length        8 bytes, the lowest first
    masked CRC    4 bytes, of the length
    data          as many bytes as the length says
    masked CRC    4 bytes, of the data

The length has a checksum of its own: whoever believed a damaged one would wait for bytes that never come.
"""

import numpy as np

from scratch.inputs.wire.compiling import compiled
from scratch.inputs.wire.crc32c import masked_crc, masked_crc_of, word
from scratch.inputs.wire.places import BAD_DATA, BAD_LENGTH, failed

HEADER, FOOTER = 12, 4


def frame(record):
    """Return the bytes of one record as they stand in the file."""
    framed = bytearray(HEADER) + record + bytearray(FOOTER)
    data = np.frombuffer(framed, np.uint8)
    end = HEADER + len(record)
    framed[:8] = len(record).to_bytes(8, "little")
    framed[8:HEADER] = int(masked_crc_of(data, 0, 8)).to_bytes(4, "little")
    framed[end:] = int(masked_crc_of(data, HEADER, end)).to_bytes(4, "little")
    return framed


@compiled
def scan(data, at, end, starts, stops):
    """Put the whole records of ``data[at:end]`` into ``starts`` and ``stops``; return how many, and the place behind.

    That place is negative where the record there is damaged.
    """
    count = 0
    while count < len(starts) and end - at >= HEADER:
        if masked_crc(data, at, at + 8) != word(data, at + 8):
            return count, failed(BAD_LENGTH, at)
        length = word(data, at) | word(data, at + 4) << 32
        start = at + HEADER
        if length < 0 or length > end - start - FOOTER:
            break
        at = start + length
        if masked_crc(data, start, at) != word(data, at):
            return count, failed(BAD_DATA, start - HEADER)
        starts[count], stops[count] = start, at
        count += 1
        at += FOOTER
    return count, at


@compiled
def find_header(data, at, end):
    """Return the first place from ``at`` on where a length stands beside its checksum.

    Where there is none, it is the first that has too few bytes behind it to tell.
    """
    while end - at >= HEADER and masked_crc(data, at, at + 8) != word(data, at + 8):
        at += 1
    return at


def length_at(data, at):
    """Return the length in the header at a place, whatever it says."""
    return int.from_bytes(data[at : at + 8].tobytes(), "little")
