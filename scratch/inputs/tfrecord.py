"""TFRecord: a file of records, each any bytes, with a checksum of its length and of its data.

    length: 8 bytes | its masked CRC-32C: 4 | data: length bytes | its masked CRC-32C: 4

There is no header, no index and no end mark: two files one after the other are a file, and a record is found by
walking over all before it. Sources: ``tf.io.TFRecordWriter``, ``tf.data.TFRecordDataset``. The page is
``docs/inputs/tfrecord.md``.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from scratch.arrays import FilePath
from scratch.files import check_path, written_whole
from scratch.inputs.wire.chunks import ON_DAMAGE, read_chunks
from scratch.inputs.wire.compression import WINDOW_BITS
from scratch.inputs.wire.frames import frame, masked_crc_of
from scratch.options import check_choice

check_compression = partial(check_choice, "compression_type", choices=tuple(WINDOW_BITS))


def masked_crc32c(data: bytes | bytearray) -> int:
    """Return the masked CRC-32C of bytes as an integer below 2^32.

    masked = (crc turned right by 15 bits) + 0xa282ead8 modulo 2^32. Source: TensorFlow's ``crc32c::Mask``.
    """
    numbers = np.frombuffer(bytearray(check_bytes("data", data)), np.uint8)
    return int(masked_crc_of(numbers, 0, len(numbers)))


class TFRecordWriter:
    """Writes a file of records: ``with TFRecordWriter(path) as writer: writer.write(record)``.

    The file is there, whole, when the block ends without an error; else ``path`` is as it was before.
    ``compression_type`` is ``""``, ``"GZIP"`` or ``"ZLIB"``; anything else raises ``ValueError``.
    Source: ``tf.io.TFRecordWriter``.
    """

    def __init__(self, path: FilePath, compression_type: str = "") -> None:
        self.path = check_path("path", path)
        self.compression_type = check_compression(compression_type)
        self.block: Any = None
        self.put: Callable[[bytearray], object] | None = None

    def __enter__(self) -> "TFRecordWriter":
        if self.block is not None:
            raise ValueError("the block of this TFRecordWriter has begun before: each file takes a writer of its own")
        block = self.open()
        self.put = block.__enter__()
        self.block = block
        return self

    def write(self, record: bytes | bytearray) -> None:
        """Append one record of bytes."""
        check_bytes("record", record)
        if self.put is None:
            raise ValueError("records are written inside the block: with TFRecordWriter(path) as writer: ...")
        self.put(frame(record))

    def __exit__(self, *error: Any) -> bool | None:
        self.put = None
        return self.block.__exit__(*error)

    @contextmanager
    def open(self) -> Iterator[Callable[[bytearray], object]]:
        window_bits = WINDOW_BITS[self.compression_type]
        with written_whole(self.path) as unfinished, open(unfinished, "wb") as file:
            if window_bits is None:
                yield file.write
            else:
                packer = zlib.compressobj(wbits=window_bits)
                yield lambda framed: file.write(packer.compress(framed))
                file.write(packer.flush())


def read_tfrecord(path: FilePath, compression_type: str = "", on_damage: str = "raise") -> Iterator[bytes]:
    """Yield the records of a file as bytes, one after another; no more than one and a buffer are in memory.

    Raises ``ValueError`` for a damaged file, naming the file, the number of the record, counted from 0, and the byte at
    which it begins, after all records before that one; of a compressed file, the byte of what it unpacks to.

    With ``on_damage="skip"`` the reading goes on behind a damaged record: where its data is damaged, at the end that
    its length says; where its length is, or the file ends before it does, at the next place where a length stands
    beside its checksum. At the end a ``UserWarning`` says how many there were, and what was wrong with the first.
    Compressed data is read as far as it can be unpacked. Source: ``tf.data.TFRecordDataset``, which has no such option.
    """
    check_choice("on_damage", on_damage, ON_DAMAGE)
    return records(check_path("path", path), check_compression(compression_type), on_damage)


def records(path: Path, compression_type: str, on_damage: str) -> Iterator[bytes]:
    for chunk in read_chunks(path, compression_type, on_damage=on_damage):
        data = chunk.data.data
        for start, stop in zip(chunk.starts.tolist(), chunk.stops.tolist(), strict=True):
            yield bytes(data[start:stop])


def check_bytes(name: str, value: Any) -> bytes | bytearray:
    """Refuse all but bytes."""
    if not isinstance(value, bytes | bytearray):
        raise TypeError(f"{name} must be bytes, but is {type(value).__name__}")
    return value
