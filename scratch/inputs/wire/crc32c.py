"""CRC-32C: the remainder of a division, four bytes that change whenever a few bits of the data do.

The data, as one long number in arithmetic where 1 + 1 = 0, is divided by Castagnoli's polynomial; the remainder is the
checksum. Bits go in from the lowest, so the polynomial stands mirrored, and the remainder starts as ones and ends
inverted, so that zeros before and behind the data count as well. Source: Castagnoli et al. (1993); RFC 3720.
"""

import numpy as np

from scratch.inputs.wire.compiling import compiled, inlined

POLYNOMIAL = 0x82F63B78


def make_tables():
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
def crc32c(data, at, end):
    """Return the CRC-32C of ``data[at:end]`` as an integer.

    The remainder is linear: that of eight bytes is that of each with zeros behind it, added up. So eight bytes go in at
    once, each through its own table, and none waits for another. Source: Kounavis and Berry (2005), "slicing by 8".
    """
    crc = 0xFFFFFFFF
    while end - at >= 8:
        crc ^= word(data, at)
        crc = (
            np.int64(TABLES[7, crc & 255])
            ^ np.int64(TABLES[6, crc >> 8 & 255])
            ^ np.int64(TABLES[5, crc >> 16 & 255])
            ^ np.int64(TABLES[4, crc >> 24])
            ^ np.int64(TABLES[3, data[at + 4]])
            ^ np.int64(TABLES[2, data[at + 5]])
            ^ np.int64(TABLES[1, data[at + 6]])
            ^ np.int64(TABLES[0, data[at + 7]])
        )
        at += 8
    while at < end:
        crc = crc >> 8 ^ np.int64(TABLES[0, (crc ^ np.int64(data[at])) & 255])
        at += 1
    return crc ^ 0xFFFFFFFF


@inlined
def masked_crc(data, at, end):
    """Return the CRC-32C of ``data[at:end]``, turned by 15 bits and moved by a constant, as TFRecord writes it.

    A CRC of data that holds its own CRC says little: whatever the data, it comes out the same. Masked, what is written
    is no longer what is computed.
    """
    crc = crc32c(data, at, end)
    return (crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8 & 0xFFFFFFFF


# The same for Python to call; compiled code has it compiled in.
masked_crc_of = compiled(masked_crc)


@inlined
def word(data, at):
    """Return the four bytes from ``at`` on as an integer, the lowest first."""
    low, high = np.int64(data[at]) | np.int64(data[at + 1]) << 8, np.int64(data[at + 2]) | np.int64(data[at + 3]) << 8
    return low | high << 16
