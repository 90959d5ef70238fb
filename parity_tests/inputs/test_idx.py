import gzip
from pathlib import Path

import numpy as np
import pytest

import tf_impl
from scratch import read_idx, write_idx
from scratch.inputs.idx import CODES, KINDS


def idx_bytes(array, kind=8):
    """Return an array of unsigned bytes as an idx file holds it, byte by byte."""
    header = bytes([0, 0, kind, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + array.astype(np.uint8).tobytes()


def drawn(kind, shape=(2, 3, 4)):
    return (100 * np.random.default_rng(0).standard_normal(shape)).astype(kind)


IMAGES = np.random.default_rng(0).integers(256, size=(3, 4, 5), dtype=np.uint8)
SHAPE = ("N", 4, 5)


@pytest.mark.parametrize("name", ["images-idx3-ubyte", "images-idx3-ubyte.gz"])
def test_arrays_are_those_of_tensorflow(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(idx_bytes(IMAGES)) if name.endswith(".gz") else idx_bytes(IMAGES))
    for read in (read_idx, tf_impl.read_idx):
        array = read(path, SHAPE)
        assert array.dtype == np.uint8
        np.testing.assert_array_equal(array, IMAGES)


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_of_number_goes_both_ways(tmp_path, code):
    """Each side writes what the other reads, to the last bit; and the byte that says the kind is the format's."""
    array = drawn(KINDS[code])
    array[0, 0, :2] = array.min(), array.max()
    write_idx(tmp_path / "ours", array)
    tf_impl.write_idx(tmp_path / "theirs", array)
    data = (tmp_path / "ours").read_bytes()
    assert data == (tmp_path / "theirs").read_bytes()
    assert data[:4] == bytes([0, 0, code, 3])
    for read in (read_idx, tf_impl.read_idx):
        found = read(tmp_path / "ours", (2, "N", 4))
        assert found.dtype == array.dtype
        assert found.dtype.isnative
        assert found.tobytes() == array.tobytes()
    found = read_idx(tmp_path / "ours", (2, 3, 4))
    found += 1  # It is the caller's own.


def test_the_codes_are_those_of_the_format():
    kinds = {8: np.uint8, 9: np.int8, 11: np.int16, 12: np.int32, 13: np.float32, 14: np.float64}
    assert kinds == KINDS
    assert {kind: code for code, kind in KINDS.items()} == CODES


def test_what_is_written_is_compressed_by_its_name_and_the_same_each_time(tmp_path):
    for name in ("a.gz", "b.gz", "c"):
        write_idx(tmp_path / name, IMAGES)
    assert (tmp_path / "c").read_bytes() == idx_bytes(IMAGES)
    assert gzip.decompress((tmp_path / "a.gz").read_bytes()) == idx_bytes(IMAGES)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    assert (tmp_path / "a.gz").read_bytes()[4:8] == bytes(4)  # No time of writing.


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (1, 1, 1, 1, 2)], ids=str)
def test_any_number_of_axes(tmp_path, shape):
    array = drawn(np.float64, shape) if shape else np.array(1.5)
    write_idx(tmp_path / "a", array)
    np.testing.assert_array_equal(read_idx(tmp_path / "a", shape), array)


def test_foreign_orders_of_bytes_and_axes_are_written_as_their_numbers(tmp_path):
    for array in (drawn(np.int32).astype(">i4"), drawn(np.int32).astype("<i4"), np.asfortranarray(drawn(np.int32))):
        write_idx(tmp_path / "a", array)
        np.testing.assert_array_equal(read_idx(tmp_path / "a", (2, 3, 4)), drawn(np.int32))


@pytest.mark.parametrize(
    ("array", "error", "words"),
    [
        ([1, 2], TypeError, "array must be a NumPy array, but is list"),
        (np.arange(3), TypeError, "array must be one of uint8, int8, int16, int32, float32, float64, but is int64"),
        (np.zeros(2, bool), TypeError, "but is bool"),
        (np.broadcast_to(np.float64(1), 2**27 + 1), ValueError, r"at most 1073741824 bytes.* shape \[134217729\]"),
        (np.zeros((0, 2**32), np.uint8), ValueError, r"but has shape \[0, 4294967296\] of uint8"),
    ],
    ids=["list", "int64", "bool", "large", "long axis"],
)
def test_what_the_format_cannot_hold_is_refused_before_the_file_is_touched(tmp_path, array, error, words):
    (tmp_path / "a").write_bytes(b"before")
    with pytest.raises(error, match=words):
        write_idx(tmp_path / "a", array)
    assert (tmp_path / "a").read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_write_that_fails_halfway_leaves_what_was_there(tmp_path, monkeypatch):
    whole = Path.write_bytes

    def fail(path, data):
        whole(path, data[:20])
        raise OSError("no space left on device")

    write_idx(tmp_path / "a", IMAGES)
    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="no space left on device"):
        write_idx(tmp_path / "a", IMAGES + 1)
    np.testing.assert_array_equal(read_idx(tmp_path / "a", SHAPE), IMAGES)


def test_a_dtype_that_is_asked_for_is_required(tmp_path):
    write_idx(tmp_path / "a", drawn(np.int32))
    assert read_idx(tmp_path / "a", (2, 3, 4), np.int32).dtype == np.int32
    with pytest.raises(ValueError, match="a must hold uint8, but holds int32"):
        read_idx(tmp_path / "a", (2, 3, 4), np.uint8)
    for dtype in (np.int64, "nonsense"):
        with pytest.raises(TypeError, match="dtype must be one of uint8, .*, but is .*(int64|nonsense)"):
            read_idx(tmp_path / "a", (2, 3, 4), dtype)


def test_sizes_have_their_highest_byte_first(tmp_path):
    # 258 is 01 02: read from the other end it would be 513.
    labels = np.arange(258) % 10
    (tmp_path / "labels").write_bytes(idx_bytes(labels))
    np.testing.assert_array_equal(read_idx(tmp_path / "labels", ("N",)), labels)


def test_what_a_file_holds_counts_and_not_its_name(tmp_path):
    """Browsers decompress what they download, and leave the name as it was."""
    (tmp_path / "images.gz").write_bytes(idx_bytes(IMAGES))
    (tmp_path / "images").write_bytes(gzip.compress(idx_bytes(IMAGES)))
    for name in ("images.gz", "images"):
        np.testing.assert_array_equal(read_idx(tmp_path / name, SHAPE), IMAGES)


WHOLE = idx_bytes(IMAGES)
PACKED = gzip.compress(WHOLE)
HUGE = WHOLE[:4] + b"\xff\xff\xff\xff" + WHOLE[8:]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "must be an idx file, but is empty"),
        (gzip.compress(b""), "must be an idx file, but is empty"),
        (b"\0\0\x08", ".* a kind of number, one of 8, 9, 11, 12, 13, 14, but begins with 00 00 08"),
        (b"PK\3\4", "must be an idx file, which begins with 00 00 and .*, but begins with 50 4b 03 04"),
        (idx_bytes(IMAGES, kind=10), ".* but begins with 00 00 0a 03"),
        (b"\0\1" + WHOLE[2:], ".* but begins with 00 01 08 03"),
        (idx_bytes(np.arange(4)), r"must hold an array of shape \[N, 4, 5\], but its number of axes is 1"),
        (idx_bytes(IMAGES, kind=13), r"must hold \[3, 4, 5\], 240 bytes, but holds only 60"),
        (WHOLE[:10], "must hold 16 bytes of header, but holds 10 bytes"),
        (idx_bytes(IMAGES[:, :3]), r"must hold an array of shape \[N, 4, 5\], but holds \[3, 3, 5\]"),
        (WHOLE[:-1], r"must hold \[3, 4, 5\], 60 bytes, but holds only 59"),
        (WHOLE + b"\0", r"must hold \[3, 4, 5\], 60 bytes, but holds more"),
        (HUGE, r"must hold at most 1073741824 bytes, but its header says \[4294967295, 4, 5\]"),
        (gzip.compress(WHOLE[:-1]), r"must hold \[3, 4, 5\], 60 bytes, but holds only 59"),
        (PACKED[:-9], "must be a whole gzip file, but is damaged or cut off"),
        (PACKED[:-8] + bytes(8), "must be a whole gzip file, but is damaged or cut off: CRC check failed"),
        (PACKED[:12] + b"\xff" + PACKED[13:], "must be a whole gzip file, but is damaged or cut off"),
    ],
    ids=[
        *("empty", "empty inside", "three bytes", "zip", "kind", "first bytes", "labels", "floats", "cut header"),
        *("shape", "short", "long", "huge", "packed", "cut", "sum", "bits"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_by_name(tmp_path, data, words):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"train-images-idx3-ubyte.gz {words}"):
        read_idx(path, SHAPE)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_idx(tmp_path / "nowhere", SHAPE)
