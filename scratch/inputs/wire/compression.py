"""The bytes of a file, plain or compressed, piece by piece.

A record says how long it is. Before room is made for it, the reader asks whether so many bytes are there. Of a plain
file the system knows; a compressed file is unpacked ahead by a copy of the decompressor, and nothing of it is kept.
"""

import os
import zlib
from typing import Any, TypeAlias

import numpy as np

from scratch.inputs.wire._compiling import Bytes

# zlib's names for the three formats: 15 is the size of its window, 16 more stand for GZIP's header and footer.
WINDOW_BITS: dict[str, Any] = {"": None, "GZIP": 31, "ZLIB": 15}
PIECE = 1 << 16


class PlainPieces:
    """The bytes of an open file."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def read_into(self, room: Bytes) -> int:
        """Fill an array of uint8 from its front; return how many bytes came, 0 only at the end."""
        return self.file.readinto(room)

    def hold(self, count: int) -> bool:
        """Return whether at least ``count`` bytes are left."""
        return os.fstat(self.file.fileno()).st_size - self.file.tell() >= count


class CompressedPieces:
    """The bytes that an open GZIP or ZLIB file unpacks to. Raises ``ValueError`` where it is damaged or cut off."""

    def __init__(self, file: Any, compression_type: str) -> None:
        self.file = file
        self.compression_type = compression_type
        self.unpacker: Any = None
        self.waiting = b""

    def read_into(self, room: Bytes) -> int:
        """Fill an array of uint8 from its front; return how many bytes came, 0 only at the end."""
        filled = 0
        while filled < len(room):
            try:
                piece = self.read(len(room) - filled)
            except ValueError:
                # The bytes before the damage are good and are returned first; the next call finds the damage again.
                if not filled:
                    raise
                break
            if not piece:
                break
            room[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
            filled += len(piece)
        return filled

    def hold(self, count: int) -> bool:
        """Return whether at least ``count`` bytes are left."""
        kept = self.file.tell(), self.unpacker.copy(), self.waiting
        while count > 0 and (piece := self.read(min(count, PIECE))):
            count -= len(piece)
        position, self.unpacker, self.waiting = kept
        self.file.seek(position)
        return count <= 0

    def read(self, most: int) -> bytes:
        """Return from 1 to ``most`` bytes, none at the end."""
        while True:
            if not self.waiting:
                self.waiting = self.file.read(PIECE)
            if self.unpacker is None or self.unpacker.eof:
                if not self.waiting:
                    return b""
                if self.unpacker is not None and self.compression_type == "ZLIB":
                    raise ValueError("there are bytes behind the end of its ZLIB data")
                if self.unpacker is None and compression_of(self.waiting) != self.compression_type:
                    begins = self.waiting[:2].hex(" ")
                    raise ValueError(f"it is no {self.compression_type} data: it begins with {begins}")
                # A GZIP file may consist of several, one after another.
                self.unpacker = zlib.decompressobj(WINDOW_BITS[self.compression_type])
            at_end = not self.waiting
            try:
                piece = self.unpacker.decompress(self.waiting, most)
            except zlib.error as error:
                raise ValueError(f"its {self.compression_type} data is damaged: {error}") from error
            self.waiting = self.unpacker.unused_data if self.unpacker.eof else self.unpacker.unconsumed_tail
            if piece:
                return piece
            if at_end and not self.unpacker.eof:
                raise ValueError(f"its {self.compression_type} data is cut off")


Pieces: TypeAlias = PlainPieces | CompressedPieces


def open_pieces(file: Any, compression_type: str) -> Pieces:
    """Return the pieces of an open file of this compression."""
    return CompressedPieces(file, compression_type) if compression_type else PlainPieces(file)


def compression_of(head: bytes) -> str:
    """Return ``"GZIP"`` or ``"ZLIB"`` where bytes begin as such data does, else ``""``.

    Sources: RFC 1952, 2.3.1; RFC 1950, 2.2: method 8, a window of at most 32 KB, and 31 divides the two bytes.
    """
    if head[:2] == b"\x1f\x8b":
        return "GZIP"
    if len(head) > 1 and head[0] & 15 == 8 and head[0] < 0x80 and int.from_bytes(head[:2]) % 31 == 0:
        return "ZLIB"
    return ""
