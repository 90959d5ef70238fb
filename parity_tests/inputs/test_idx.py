import gzip

import numpy as np
import pytest

import tf_impl
from scratch import read_idx


def idx_bytes(array, kind=8):
    """Return an array of unsigned bytes as an idx file holds it, byte by byte."""
    header = bytes([0, 0, kind, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + array.astype(np.uint8).tobytes()


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
        (b"", "must begin with 2051, that of unsigned bytes in 3 axes, but begins with 0"),
        (idx_bytes(np.arange(4)), "must begin with 2051, that of unsigned bytes in 3 axes, but begins with 2049"),
        (idx_bytes(IMAGES, kind=13), "must begin with 2051, that of unsigned bytes in 3 axes, but begins with 3331"),
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
    ids=["empty", "labels", "floats", "cut header", "shape", "short", "long", "huge", "packed", "cut", "sum", "bits"],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_by_name(tmp_path, data, words):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"train-images-idx3-ubyte.gz {words}"):
        read_idx(path, SHAPE)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_idx(tmp_path / "nowhere", SHAPE)
