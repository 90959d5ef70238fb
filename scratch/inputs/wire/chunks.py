"""A file of records, a chunk at a time: as many whole records as a buffer holds, or one that is larger than that.

A damaged record is an error, or is skipped and counted, and a warning at the end says how many there were.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scratch.arrays import Array, Int
from scratch.files import open_file
from scratch.inputs.wire._compiling import Bytes, announced
from scratch.inputs.wire.compression import Pieces, compression_of, open_pieces
from scratch.inputs.wire.frames import FOOTER, HEADER, find_header, length_at, scan
from scratch.inputs.wire.varint import BAD_LENGTH, WORDS, is_failed, reason_and_index

CHUNK = 1 << 18
ON_DAMAGE = ("raise", "skip")
# What a message of Protocol Buffers may take, and what a record in a compressed file may unpack to.
LARGEST = 2**31 - 1


class Chunk(NamedTuple):
    """Records, each ``data[starts[i]:stops[i]]``; the first is ``number`` of its file, ``data[0]`` is at ``offset``."""

    data: Bytes
    starts: Int[Array, " n"]
    stops: Int[Array, " n"]
    number: int
    offset: int


def read_chunks(
    path: Path, compression_type: str, largest: int | None = None, on_damage: str = "raise"
) -> Iterator[Chunk]:
    """Yield the ``Chunk``s of a file; the arrays of one are used again for the next.

    A record that is damaged, cut off, or longer than ``largest`` bytes raises ``ValueError`` after all whole records
    before it; with ``on_damage="skip"`` the reading goes on behind it, and a warning at the end says how many there
    were. No more memory is taken than a chunk, or a record that has been seen to be there.
    """
    damages = Damages(path, compression_type, on_damage)
    with open_file(path, buffering=0) as file:
        pieces = open_pieces(file, compression_type)
        yield from walk(pieces, damages, LARGEST if compression_type else largest)
    damages.tell()


def walk(pieces: Pieces, damages: "Damages", largest: int | None) -> Iterator[Chunk]:
    """Yield the ``Chunk``s of the bytes that ``pieces`` hands out."""
    data, filled = np.empty(CHUNK, np.uint8), 0
    starts, stops = np.empty((2, CHUNK // (HEADER + FOOTER)), np.int64)
    number = offset = 0
    # After a damaged length it is not known where the next record begins: it is looked for, byte by byte.
    lost = False
    while True:
        try:
            more = pieces.read_into(data[filled:])
        except ValueError as error:
            return damages.add(error, number, offset, error)
        filled += more
        with announced("the reader of records"):
            at = find_header(data, 0, filled) if lost else 0
            lost = lost and filled - at < HEADER
            count, place = scan(data, at, filled, starts, stops)
        yield Chunk(data, starts[:count], stops[:count], number, offset)
        number += count
        damaged = is_failed(place)
        if damaged:
            reason, place = reason_and_index(place)
            head = data[place : place + HEADER].tobytes()
            damages.add(damage_words(reason, head, damages.compression_type), number, offset + place)
            lost = reason == BAD_LENGTH
            place += 1 if lost else HEADER + length_at(data, place) + FOOTER
        offset += place
        filled -= place
        rest, needed = data[place : place + filled], CHUNK
        if not damaged and not lost and count < len(starts):
            # The rest is the beginning of a record. If its length is there, its checksum has been compared.
            try:
                needed, words = size_of(rest, more, pieces, largest)
            except ValueError as error:
                return damages.add(error, number, offset, error)
            if words is not None:
                damages.add(words, number, offset)
                damaged = lost = True
                rest, offset, filled = rest[1:], offset + 1, filled - 1
        number += damaged
        data = room_for(rest, needed, data)
        if not more and not damaged and count < len(starts):
            return


def size_of(rest: Bytes, more: int, pieces: Pieces, largest: int | None) -> tuple[int, str | None]:
    """Return ``(size, words)`` of the record that begins with the bytes ``rest``; ``words`` say why it is refused."""
    size = CHUNK
    if len(rest) >= HEADER:
        length = length_at(rest, 0)
        says = f"it says that it is {length} bytes long"
        size = HEADER + length + FOOTER
        if largest is not None and length > largest:
            return CHUNK, f"{says}, but no more than {largest} are read"
        if size > CHUNK and not pieces.hold(size - len(rest)):
            return CHUNK, f"it is cut off: {says}"
    return size, "it is cut off" if len(rest) and not more else None


def room_for(rest: Bytes, needed: int, data: Bytes) -> Bytes:
    """Return a buffer that begins with ``rest`` and has room for ``needed`` bytes in all."""
    size = max(CHUNK, needed, len(rest))
    room = data if size == len(data) else np.empty(size, np.uint8)
    room[: len(rest)] = rest
    return room


class Damages:
    """The damages of one file, as they are met: with ``on_damage="raise"`` the first is the last."""

    def __init__(self, path: Path, compression_type: str, on_damage: str) -> None:
        self.path, self.compression_type, self.on_damage = path, compression_type, on_damage
        self.count, self.first = 0, ""

    def add(self, words: object, number: int, offset: int, cause: Exception | None = None) -> None:
        """Take note of what is wrong with a record; ``words`` may be an error."""
        words = placed(number, offset, self.compression_type, words)
        if self.on_damage == "raise":
            raise ValueError(f"{self.path}: {words}") from cause
        self.count += 1
        self.first = self.first or words

    def tell(self) -> None:
        """Warn of how many there were, if any."""
        if self.count:
            records = "1 damaged record was" if self.count == 1 else f"{self.count} damaged records were"
            warnings.warn(f"{self.path}: {records} skipped; the first: {self.first}", stacklevel=2)


def placed(number: int, offset: int, compression_type: str, words: object) -> str:
    """Return what is wrong, with the record and the byte where it is."""
    unpacked = ", unpacked" if compression_type else ""
    return f"record {number} at byte {offset}{unpacked}: {words}"


def damage_words(reason: int, head: bytes, compression_type: str) -> str:
    """Return why a record is refused that begins with the bytes ``head``."""
    found = compression_of(head)
    if reason != BAD_LENGTH or compression_type or not found:
        return WORDS[reason]
    begins = f"it begins with {head[:2].hex(' ')}, as {found} data does"
    return f"{WORDS[reason]}; {begins}: is it a file of compression_type={found!r}?"
