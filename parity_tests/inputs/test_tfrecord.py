import os
import re
import struct
import tracemalloc
import zlib

import numpy as np
import pytest

import tf_impl
from parity_tests.inputs.damaged import damage
from scratch import TFRecordWriter, masked_crc32c, read_tfrecord
from scratch.inputs.wire import chunks
from scratch.inputs.wire.frames import crc32c
from tf_impl.tensorflow import tf, v1

COMPRESSIONS = ("", "GZIP", "ZLIB")
RECORDS = [b"", b"abc", b"\0" * 40, b"a longer one " * 30, b"", b"last"]


def write(path, records, compression_type="", writer=TFRecordWriter):
    with writer(os.fspath(path), compression_type) as opened:
        for record in records:
            opened.write(record)
    return path


def read(path, compression_type=""):
    """Return ``(records, error)``: what was read, and the words of the error that ended it, or ``None``."""
    records = []
    try:
        for record in read_tfrecord(path, compression_type):
            records.append(record)
    except ValueError as error:
        return records, str(error)
    return records, None


def header(length):
    """Return the first 12 bytes of a record that says it is this long, with the right checksum."""
    return struct.pack("<QI", length, masked_crc32c(struct.pack("<Q", length)))


@pytest.mark.parametrize(
    ("data", "crc"),
    [
        # The vectors of RFC 3720, B.4, and the check value of the catalogues of CRCs.
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
        (b"123456789", 0xE3069283),
        (b"", 0),
    ],
)
def test_the_published_checksums(data, crc):
    assert crc32c(np.frombuffer(bytearray(data), np.uint8), 0, len(data)) == crc


def test_masked_checksums_are_tensorflows():
    rng = np.random.default_rng(0)
    for length in (0, 1, 7, 8, 9, 17, 1001):
        data = rng.bytes(length)
        assert masked_crc32c(data) == masked_crc32c(bytearray(data)) == tf_impl.masked_crc32c(data)


@pytest.mark.parametrize("compression_type", COMPRESSIONS)
@pytest.mark.parametrize("records", [RECORDS, [], [b""], [b"x" * 700_000, b"y", b"z" * 300_000]], ids=len)
def test_each_side_reads_what_the_other_wrote(tmp_path, records, compression_type):
    ours = write(tmp_path / "ours", records, compression_type)
    theirs = write(tmp_path / "theirs", records, compression_type, tf_impl.TFRecordWriter)
    assert list(read_tfrecord(theirs, compression_type)) == records
    assert list(tf_impl.read_tfrecord(ours, compression_type)) == records
    if compression_type == "":
        assert ours.read_bytes() == theirs.read_bytes()
    else:
        # How zlib packs is its version's affair; what it packs, and that GZIP has neither a name nor a time, is not.
        bits = {"GZIP": 31, "ZLIB": 15}[compression_type]
        assert zlib.decompress(ours.read_bytes(), bits) == zlib.decompress(theirs.read_bytes(), bits)
        if records:
            assert ours.read_bytes()[:10] == theirs.read_bytes()[:10]


@pytest.mark.parametrize("compression_type", COMPRESSIONS)
@pytest.mark.parametrize("chunk", [16, 17, 40, 100])
def test_records_that_end_anywhere_in_a_chunk(tmp_path, monkeypatch, chunk, compression_type):
    rng = np.random.default_rng(chunk)
    records = [rng.bytes(int(length)) for length in rng.integers(0, 2 * chunk, 200)]
    path = write(tmp_path / "file", records, compression_type)
    monkeypatch.setattr(chunks, "CHUNK", chunk)
    assert list(read_tfrecord(path, compression_type)) == records
    # The first that is damaged is named with its number and byte, and all before it are read.
    plain = bytearray(write(tmp_path / "plain", records).read_bytes())
    offset = sum(len(record) + 16 for record in records[:150])
    plain[offset + 12 + len(records[150])] ^= 1
    (tmp_path / "plain").write_bytes(plain)
    found, error = read(tmp_path / "plain")
    assert found == records[:150]
    assert f"plain: record 150 at byte {offset}: its bytes do not have the checksum" in error


def test_what_is_wrong_is_said(tmp_path):
    path = tmp_path / "file"
    sound = write(path, [b"abc", b"defg"]).read_bytes()
    for data, words in (
        (sound[:-1], "record 1 at byte 19: it is cut off"),
        (sound + b"\0", "record 2 at byte 39: it is cut off"),
        (sound + header(5), "record 2 at byte 39: it is cut off"),
        (sound + bytes(12), "record 2 at byte 39: its length does not have the checksum"),
        (b"\4" + sound[1:], "record 0 at byte 0: its length does not have the checksum"),
        (sound[:32] + b"D" + sound[33:], "record 1 at byte 19: its bytes do not have the checksum"),
        (sound[:-1] + b"\xff", "record 1 at byte 19: its bytes do not have the checksum"),
    ):
        path.write_bytes(data)
        found, error = read(path)
        assert found == [b"abc", b"defg"][: int(words[7])]
        assert f"{path}: {words}" in error
        # TensorFlow takes up to eleven bytes too many for the end.
        if data != sound + b"\0":
            with pytest.raises(tf.errors.DataLossError):
                list(tf_impl.read_tfrecord(path))


def test_what_is_wrong_with_a_compressed_file_is_said(tmp_path):
    path = tmp_path / "file"
    gzip = write(path, RECORDS, "GZIP").read_bytes()
    zipped = write(path, RECORDS, "ZLIB").read_bytes()
    plain = write(path, RECORDS).read_bytes()
    for data, compression_type, words in (
        (gzip + b"garbage", "GZIP", "its GZIP data is damaged"),
        (gzip[:-1], "GZIP", "its GZIP data is cut off"),
        (gzip[:5], "GZIP", "its GZIP data is cut off"),
        (gzip[:-5] + b"\0" + gzip[-4:], "GZIP", "its GZIP data is damaged"),
        (zipped + zipped, "ZLIB", "there are bytes behind the end of its ZLIB data"),
        (zipped[:-4], "ZLIB", "its ZLIB data is cut off"),
        (zipped, "GZIP", "record 0 at byte 0, unpacked: it is no GZIP data: it begins with 78 9c"),
        (gzip, "ZLIB", "record 0 at byte 0, unpacked: it is no ZLIB data: it begins with 1f 8b"),
        (plain, "GZIP", "record 0 at byte 0, unpacked: it is no GZIP data: it begins with 00 00"),
        (gzip, "", "beside it; it begins with 1f 8b, as GZIP data does: is it a file of compression_type='GZIP'?"),
        (zipped, "", "it begins with 78 9c, as ZLIB data does: is it a file of compression_type='ZLIB'?"),
        (plain[:16] + gzip, "", "record 1 at byte 16: its length does not have .*; it begins with 1f 8b, as GZIP"),
        (b"\4" + plain[1:], "", "record 0 at byte 0: its length does not have the checksum that stands beside it$"),
        (b"\x78" + plain[1:], "", "record 0 at byte 0: its length does not have the checksum that stands beside it$"),
    ):
        path.write_bytes(data)
        found, error = read(path, compression_type)
        assert found == RECORDS[: len(found)]
        assert str(path) in error
        assert re.search(words.replace("?", r"\?"), error)
    # GZIP files one behind another are a GZIP file, to TensorFlow as well.
    path.write_bytes(gzip + gzip)
    assert list(read_tfrecord(path, "GZIP")) == list(tf_impl.read_tfrecord(path, "GZIP")) == 2 * RECORDS
    for compression_type in COMPRESSIONS:
        path.write_bytes(b"")
        assert list(read_tfrecord(path, compression_type)) == []


def test_data_of_a_smaller_window_is_zlib_data_as_well(tmp_path):
    path = tmp_path / "file"
    plain = write(path, RECORDS).read_bytes()
    for bits in range(9, 16):
        packer = zlib.compressobj(wbits=bits)
        path.write_bytes(packer.compress(plain) + packer.flush())
        assert list(read_tfrecord(path, "ZLIB")) == list(tf_impl.read_tfrecord(path, "ZLIB")) == RECORDS


def peak_of(path, compression_type):
    """Return how many bytes reading took at most, and what was read."""
    # A first time, so that what there is to compile is compiled: that takes memory, too.
    read(path, compression_type)
    tracemalloc.start()
    try:
        found = read(path, compression_type)
        return tracemalloc.get_traced_memory()[1], found
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", [2**20, 10**9, 2**31 - 1, 2**31, 10**11, 2**63 - 1, 2**63, 2**64 - 17, 2**64 - 1])
@pytest.mark.parametrize("compression_type", COMPRESSIONS)
def test_an_absurd_length_takes_no_memory(tmp_path, length, compression_type):
    """With the right checksum, as from a hand that means it. TensorFlow would believe it: 10^11 ends the process."""
    path = tmp_path / "file"
    data = write(path, [b"abc"]).read_bytes() + header(length) + bytes(700_000)
    packer = zlib.compressobj(wbits=31 if compression_type == "GZIP" else 15)
    path.write_bytes(packer.compress(data) + packer.flush() if compression_type else data)
    peak, (found, error) = peak_of(path, compression_type)
    assert found == [b"abc"]
    assert "record 1 at byte 19" in error
    assert f"it says that it is {length} bytes long" in error
    assert peak < 2_000_000


def test_a_bomb_takes_no_memory(tmp_path):
    """64 MB of zeros in 64 KB, and a length that says that there is a little more."""
    path = tmp_path / "file"
    packer = zlib.compressobj(wbits=31)
    pieces = [packer.compress(header(65_000_000))] + [packer.compress(bytes(1_000_000)) for _ in range(64)]
    path.write_bytes(b"".join(pieces) + packer.flush())
    peak, (found, error) = peak_of(path, "GZIP")
    assert found == []
    assert "record 0 at byte 0, unpacked: it is cut off: it says that it is 65000000 bytes long" in error
    assert peak < 2_000_000


@pytest.mark.parametrize("compression_type", COMPRESSIONS)
def test_one_record_at_a_time(tmp_path, compression_type):
    path = write(tmp_path / "file", (b"%05d" % number * 200 for number in range(10_000)), compression_type)
    tracemalloc.start()
    count = sum(len(record) == 1000 for record in read_tfrecord(path, compression_type))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 2_000_000
    first = next(read_tfrecord(path, compression_type))
    assert first == b"00000" * 200


def check_damaged_files(folder, count, seed):
    """Damage as many files; each is read as TensorFlow reads it, or refused with the record and the byte."""
    rng, path = np.random.default_rng(seed), folder / "file"
    sound = {kind: write(path, RECORDS, kind).read_bytes() for kind in COMPRESSIONS}
    options = {kind: v1.io.TFRecordOptions(kind) for kind in COMPRESSIONS}
    refused = 0
    for number in range(count):
        kind = COMPRESSIONS[number % 3]
        path.write_bytes(damage(rng, sound[kind]))
        found, error = read(path, kind)
        theirs, their_error = [], None
        try:
            for record in v1.io.tf_record_iterator(os.fspath(path), options[kind]):
                theirs.append(record)
        except tf.errors.DataLossError as raised:
            their_error = raised
        shorter = min(len(found), len(theirs))
        assert found[:shorter] == theirs[:shorter]
        if error is None:
            assert their_error is None
            assert len(found) == len(theirs)
        else:
            refused += 1
            assert f"{path}: record {len(found)} at byte " in error
            offset = sum(len(record) + 16 for record in found)
            assert f" at byte {offset}{', unpacked' if kind else ''}: " in error
    return refused


def test_damaged_files(tmp_path):
    assert check_damaged_files(tmp_path, 600, 0) > 400


def test_a_file_is_there_whole_or_not_at_all(tmp_path):
    path = tmp_path / "file"

    def stop_halfway():
        yield b"abc"
        assert (path.read_bytes() if path.exists() else None) == before
        raise ZeroDivisionError

    before = None
    for compression_type in COMPRESSIONS:
        with pytest.raises(ZeroDivisionError):
            write(path, stop_halfway(), compression_type)
        assert list(tmp_path.iterdir()) == []
    before = write(path, [b"kept"]).read_bytes()
    with pytest.raises(ZeroDivisionError):
        write(path, stop_halfway())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_refusals(tmp_path):
    path = tmp_path / "file"
    writer = TFRecordWriter(path)
    with pytest.raises(ValueError, match="records are written inside the block"):
        writer.write(b"")
    with writer:
        with pytest.raises(TypeError, match="record must be bytes, but is str"):
            writer.write("text")
        with pytest.raises(ValueError, match="each file takes a writer of its own"):
            writer.__enter__()
    with pytest.raises(ValueError, match="records are written inside the block"):
        writer.write(b"")
    for refuse in (lambda kind: TFRecordWriter(path, kind), lambda kind: read_tfrecord(path, kind)):
        for kind in ("gzip", "BZIP", None, 1):
            with pytest.raises(ValueError, match="compression_type must be one of '', 'GZIP', 'ZLIB', but is"):
                refuse(kind)
    for choice in ("ignore", None, True):
        with pytest.raises(ValueError, match="on_damage must be one of 'raise', 'skip', but is"):
            read_tfrecord(path, on_damage=choice)
    with pytest.raises(TypeError, match="path must be the path of a file, but is 7"):
        read_tfrecord(7)
    with pytest.raises(TypeError, match="path must be the path of a file, but is b'file'"):
        TFRecordWriter(b"file")
    with pytest.raises(TypeError, match="data must be bytes, but is list"):
        masked_crc32c([1])
    with pytest.raises(FileNotFoundError):
        list(read_tfrecord(tmp_path / "none"))
