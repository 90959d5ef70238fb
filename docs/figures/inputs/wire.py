"""A file with one record in its buffer, and where ``read_chunks`` says that the record begins and ends."""

import tempfile
from pathlib import Path

from figures.inputs.tables import bytes_sheet
from figures.style import picture
from scratch import SequenceExample, TFRecordWriter
from scratch.inputs.wire.chunks import read_chunks


@picture(
    "inputs/wire",
    "One record in its buffer",
    "The 54 bytes of a file: eight of length, four of checksum, then the record from byte 12 to byte 49,"
    " and four of checksum. The record stays where it is; its first and last byte are all that is handed on.",
)
def record_in_buffer():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.tfrecord"
        with TFRecordWriter(path) as writer:
            writer.write(SequenceExample({"n": 300}, {"t": [7, 8]}).serialize())
        chunk = next(iter(read_chunks(path, compression_type="")))
        start, stop = int(chunk.starts[0]), int(chunk.stops[0])
        data = bytes(chunk.data[: stop + 4])
    return bytes_sheet(
        [
            (f"length: {stop - start}", data[: start - 4], "soft green"),
            ("checksum of length", data[start - 4 : start], "soft orange"),
            (f"record: {start} to {stop - 1}", data[start:stop], "soft blue"),
            ("checksum of record", data[stop:], "soft orange"),
        ],
        10,
    )
