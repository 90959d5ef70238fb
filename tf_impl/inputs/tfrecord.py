"""TensorFlow's records: ``tf.io.TFRecordWriter``, ``tf.data.TFRecordDataset``, and the checksum that stands in a file.

A damaged file raises TensorFlow's own errors here.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scratch.arrays import FilePath
from tf_impl.tensorflow import tf

TFRecordWriter = tf.io.TFRecordWriter


def masked_crc32c(data: bytes) -> int:
    """Return the masked CRC-32C of bytes: the last four of a file that holds them as its one record."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.tfrecord"
        with TFRecordWriter(os.fspath(path)) as writer:
            writer.write(data)
        return int.from_bytes(path.read_bytes()[-4:], "little")


def read_tfrecord(path: FilePath, compression_type: str = "") -> Iterator[bytes]:
    """Yield the records of a file as bytes."""
    yield from tf.data.TFRecordDataset(os.fspath(path), compression_type).as_numpy_iterator()
