"""The bytes of one record, as ``TFRecordWriter`` writes it, and what a changed bit does."""

import tempfile
from pathlib import Path

from figures.inputs.tables import bytes_sheet
from figures.style import picture
from scratch import TFRecordWriter


@picture(
    "inputs/tfrecord",
    "Every byte of a TFRecord file with one record",
    "The record is the eight letters unrolled. Eight bytes say its length, lowest byte first; four bytes "
    "are the checksum of these eight; then the letters; then the checksum of the letters.",
)
def tfrecord_bytes():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.tfrecord"
        with TFRecordWriter(path) as writer:
            writer.write(b"unrolled")
        data = path.read_bytes()
    return bytes_sheet(
        [
            ("length: 8", data[:8], "soft green"),
            ("checksum of length", data[8:12], "soft orange"),
            ("data: “unrolled”", data[12:20], "soft blue"),
            ("checksum of data", data[20:], "soft orange"),
        ],
        8,
    )
