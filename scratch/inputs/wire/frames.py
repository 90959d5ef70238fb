"""One record in a file: where it begins and ends, and whether its bytes are those that were written.

    length        8 bytes, the lowest first
    masked CRC    4 bytes, of the length
    data          as many bytes as the length says
    masked CRC    4 bytes, of the data

The length has a checksum of its own: a reader that trusted a damaged length would wait for bytes that never come.

The checksum is CRC-32C, the remainder of a division: four bytes that change whenever a few bits of the data do. The
data, as one long number in arithmetic where 1 + 1 = 0, is divided by Castagnoli's polynomial. Bits go in from the
lowest, so the polynomial stands mirrored. The remainder starts as ones and ends inverted, so that zeros before and
behind the data count as well. Source: Castagnoli et al. (1993); RFC 3720.
"""

import numpy as np

from scratch.arrays import Array, Int
from scratch.inputs.wire._compiling import Bytes, compiled, inlined, int64
from scratch.inputs.wire.varint import BAD_DATA, BAD_LENGTH, failed

HEADER, FOOTER = 12, 4


def frame(record: bytes | bytearray) -> bytearray:
    """Return the bytes of one record as they stand in the file."""
    framed = bytearray(HEADER) + record + bytearray(FOOTER)
    data = np.frombuffer(framed, np.uint8)
    end = HEADER + len(record)
    framed[:8] = len(record).to_bytes(8, "little")
    framed[8:HEADER] = int(masked_crc_of(data, 0, 8)).to_bytes(4, "little")
    framed[end:] = int(masked_crc_of(data, HEADER, end)).to_bytes(4, "little")
    return framed


@compiled
def scan(data: Bytes, at: int, end: int, starts: Int[Array, " most"], stops: Int[Array, " most"]) -> tuple[int, int]:
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
def find_header(data: Bytes, at: int, end: int) -> int:
    """Return the first place from ``at`` on where a length stands beside its checksum.

    Where there is none, it is the first that has too few bytes behind it to tell.
    """
    while end - at >= HEADER and masked_crc(data, at, at + 8) != word(data, at + 8):
        at += 1
    return at


def length_at(data: Bytes, at: int) -> int:
    """Return the length in the header at a place, whatever it says."""
    return int.from_bytes(data[at : at + 8].tobytes(), "little")


POLYNOMIAL = 0x82F63B78


def make_tables() -> Int[Array, "8 256"]:
    """Return [8, 256]: row k is the remainder of one byte with k zero bytes behind it."""
    tables = np.empty((8, 256), np.uint32)
    remainders = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        # Divide by x, and where the bit that falls out is 1, take the polynomial away.
        remainders = np.where(remainders & 1, remainders >> 1 ^ np.uint32(POLYNOMIAL), remainders >> 1)
    tables[0] = remainders
    for k in range(1, 8):
        tables[k] = tables[k - 1] >> 8 ^ tables[0][tables[k - 1] & 255]
    return tables


TABLES = make_tables()


@inlined
def crc32c(data: Bytes, at: int, end: int) -> int:
    """Return the CRC-32C of ``data[at:end]`` as an integer.

    The remainder is linear: that of eight bytes is that of each with zeros behind it, added up. So eight bytes go in at
    once, each through its own table, and none waits for another. Source: Kounavis and Berry (2005), "slicing by 8".
    """
    crc = 0xFFFFFFFF
    while end - at >= 8:
        crc ^= word(data, at)
        crc = (
            int64(TABLES[7, crc & 255])
            ^ int64(TABLES[6, crc >> 8 & 255])
            ^ int64(TABLES[5, crc >> 16 & 255])
            ^ int64(TABLES[4, crc >> 24])
            ^ int64(TABLES[3, data[at + 4]])
            ^ int64(TABLES[2, data[at + 5]])
            ^ int64(TABLES[1, data[at + 6]])
            ^ int64(TABLES[0, data[at + 7]])
        )
        at += 8
    while at < end:
        crc = crc >> 8 ^ int64(TABLES[0, (crc ^ int64(data[at])) & 255])
        at += 1
    return crc ^ 0xFFFFFFFF


@inlined
def masked_crc(data: Bytes, at: int, end: int) -> int:
    """Return the CRC-32C of ``data[at:end]``, turned by 15 bits and moved by a constant, as TFRecord writes it.

    A CRC of data that holds its own CRC says little: whatever the data, it comes out the same. Masked, what is written
    is no longer what is computed.
    """
    crc = crc32c(data, at, end)
    return (crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8 & 0xFFFFFFFF


# The same as a function of its own, to be called from Python.
masked_crc_of = compiled(masked_crc)


@inlined
def word(data: Bytes, at: int) -> int:
    """Return the four bytes from ``at`` on as an integer, the lowest first."""
    low, high = int64(data[at]) | int64(data[at + 1]) << 8, int64(data[at + 2]) | int64(data[at + 3]) << 8
    return low | high << 16
