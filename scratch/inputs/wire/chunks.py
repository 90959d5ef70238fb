"""A file of records, a chunk at a time: as many whole records as a buffer holds, or one that is larger than that."""

from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from scratch.inputs.wire.frames import FOOTER, HEADER, scan
from scratch.inputs.wire.pieces import open_pieces
from scratch.inputs.wire.places import WORDS, reason_and_index
from scratch.jit.machine.compiler import announced

CHUNK = 1 << 18
# What a message of Protocol Buffers may take, and what a record in a compressed file may unpack to.
LARGEST = 2**31 - 1


class Chunk(NamedTuple):
    """Records, each ``data[starts[i]:stops[i]]``; the first is ``number`` of its file, ``data[0]`` is at ``offset``."""

    data: np.ndarray
    starts: np.ndarray
    stops: np.ndarray
    number: int
    offset: int


def read_chunks(path, compression_type, largest=None):
    """Yield the ``Chunk``s of a file; the arrays of one are used again for the next.

    Raises ``ValueError``, after all whole records before it, for a record that is damaged, cut off, or longer than
    ``largest`` bytes. No more memory is taken than a chunk, or a record that has been seen to be there.
    """
    largest = LARGEST if compression_type else largest
    data, filled = np.empty(CHUNK, np.uint8), 0
    starts, stops = np.empty((2, CHUNK // (HEADER + FOOTER)), np.int64)
    number = offset = 0
    with open(path, "rb", buffering=0) as file:
        pieces = open_pieces(file, compression_type)
        while True:
            with placed(path, number, offset, compression_type):
                more = pieces.read_into(data[filled:])
            filled += more
            with announced("the reader of records"):
                count, place = scan(data, filled, starts, stops)
            yield Chunk(data, starts[:count], stops[:count], number, offset)
            number += count
            if place < 0:
                reason, place = reason_and_index(place)
                with placed(path, number, offset + place, compression_type):
                    raise ValueError(WORDS[reason])
            offset += place
            filled -= place
            with placed(path, number, offset, compression_type):
                if filled and not more:
                    raise ValueError("it is cut off")
                data = room_for(data[place : place + filled], pieces, largest, data)
            if not more:
                return


def room_for(rest, pieces, largest, data):
    """Return a buffer that begins with ``rest`` and has room for the whole record whose beginning that is."""
    needed = CHUNK
    if len(rest) >= HEADER:
        length = int(rest[:8].view("<u8")[0])
        needed = max(CHUNK, HEADER + length + FOOTER)
        if largest is not None and length > largest:
            raise ValueError(f"it says that it is {length} bytes long, but no more than {largest} are read")
        if needed > CHUNK and not pieces.hold(needed - len(rest)):
            raise ValueError(f"it is cut off: it says that it is {length} bytes long")
    if needed != len(data):
        data = np.empty(needed, np.uint8)
    data[: len(rest)] = rest
    return data


@contextmanager
def placed(path, number, offset, compression_type):
    """Say of what is wrong inside in which file, record and byte it is."""
    try:
        yield
    except ValueError as error:
        unpacked = ", unpacked" if compression_type else ""
        raise ValueError(f"{path}: record {number} at byte {offset}{unpacked}: {error}") from error
