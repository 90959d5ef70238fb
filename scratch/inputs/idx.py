"""Arrays in idx files, the format that MNIST is published in.

    bytes 0 and 1       0
    byte 2              the kind of number; MNIST has none but unsigned bytes
    byte 3              how many axes
    4 bytes an axis     its size, highest byte first
    the rest            the numbers, highest byte first, the last axis running fastest

    8  uint8     9  int8     11  int16     12  int32     13  float32     14  float64

The first four bytes read as one number are the "magic" of a file: 2051 for images, 2049 for labels. The page is
``docs/inputs/idx.md``.
"""

import gzip
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from scratch.arrays import Array, DType, FilePath
from scratch.checks import as_dtype, is_plain, shape_text
from scratch.files import open_file, written_whole
from scratch.options import check_count
from scratch.shown import shown

NAMES = {8: "uint8", 9: "int8", 11: "int16", 12: "int32", 13: "float32", 14: "float64"}
KINDS: dict[int, Any] = {code: np.dtype(name) for code, name in NAMES.items()}
CODES: dict[Any, int] = {kind: code for code, kind in KINDS.items()}
LARGEST = 2**30  # bytes in one array: twenty times MNIST, and no header makes us ask for more memory


def read_idx(path: FilePath, shape: tuple[int | str, ...], dtype: DType = None) -> Array:
    """Return the numbers of an idx file, plain or compressed by gzip, as an array of ``shape``.

    A letter in ``shape``, as in ``("N", 28, 28)``, stands for any size. The array has the dtype that the file says;
    where ``dtype`` is given, another one is refused. What the file holds decides whether it is decompressed, not its
    name. Raises ``ValueError``, naming the file, where it is no idx file, has another dtype or shape, or is shorter or
    longer than its header says; ``OSError`` where it cannot be opened. Source: yann.lecun.com/exdb/mnist.
    """
    wanted = None if dtype is None else check_kind("dtype", dtype)
    check_wanted_shape(shape)
    with open_file(path) as file:
        compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        try:
            with gzip.open(file) if compressed else file as plain:
                return read_plain(plain, path, shape, wanted)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{path} must be a whole gzip file, but is damaged or cut off: {error}") from error


def read_plain(file: Any, path: FilePath, shape: tuple[int | str, ...], wanted: "np.dtype | None") -> Array:
    kind, rank = read_magic(file, path)
    if wanted not in (None, kind):
        raise ValueError(f"{path} must hold {wanted}, but holds {kind}")
    if rank != len(shape):
        raise ValueError(f"{path} must hold an array of shape {shape_text(shape)}, but its number of axes is {rank}")
    header = file.read(4 * rank)
    if len(header) < 4 * rank:
        raise ValueError(f"{path} must hold {4 + 4 * rank} bytes of header, but holds {4 + len(header)} bytes")
    sizes = tuple(np.frombuffer(header, ">u4").tolist())
    if any(have != want for have, want in zip(sizes, shape, strict=True) if not isinstance(want, str)):
        raise ValueError(f"{path} must hold an array of shape {shape_text(shape)}, but holds {shape_text(sizes)}")
    expected = math.prod(sizes) * kind.itemsize
    if expected > LARGEST:
        raise ValueError(f"{path} must hold at most {LARGEST} bytes, but its header says {shape_text(sizes)}")
    # One byte more than there should be, to notice a longer file, and so that gzip compares its checksum at the end.
    data = file.read(expected + 1)
    if len(data) != expected:
        came = "more" if len(data) > expected else f"only {len(data)}"
        raise ValueError(f"{path} must hold {shape_text(sizes)}, {expected} bytes, but holds {came}")
    return np.frombuffer(data, kind.newbyteorder(">")).reshape(sizes).astype(kind)


def check_wanted_shape(shape: Any) -> None:
    """Refuse all but a tuple of sizes and of letters."""
    if not isinstance(shape, tuple | list):
        raise TypeError(f"shape must be a tuple such as ('N', 28, 28), but is {shown(shape)}")
    for axis, size in enumerate(shape):
        if not isinstance(size, str):
            check_count(f"shape[{axis}]", size, least=0)


def read_magic(file: Any, path: FilePath) -> tuple["np.dtype", int]:
    """Return the dtype and the number of axes that the first four bytes of an idx file say."""
    magic = file.read(4)
    if not magic:
        raise ValueError(f"{path} must be an idx file, but is empty")
    if len(magic) < 4 or magic[:2] != bytes(2) or magic[2] not in KINDS:
        codes = ", ".join(map(str, KINDS))
        raise ValueError(
            f"{path} must be an idx file, which begins with 00 00 and a kind of number, one of {codes}, "
            f"but begins with {magic.hex(' ')}"
        )
    return KINDS[magic[2]], magic[3]


def write_idx(path: FilePath, array: Array) -> None:
    """Write a NumPy array as an idx file, whole or not at all; compressed by gzip where the name ends in ``.gz``.

    ``array`` has one of the six dtypes of the format: uint8, int8, int16, int32, float32 or float64. Equal arrays make
    equal files. Raises ``TypeError`` for another dtype, ``ValueError`` for an array of more than 2^30 bytes, which
    ``read_idx`` would refuse.
    """
    if not is_plain(array):
        raise TypeError(f"array must be a NumPy array, but is {type(array).__name__}")
    kind = check_kind("array", array.dtype)
    if array.nbytes > LARGEST or max(array.shape, default=0) >= 2**32:
        raise ValueError(f"array must hold at most {LARGEST} bytes, but has shape {shape_text(array.shape)} of {kind}")
    header = bytes([0, 0, CODES[kind], array.ndim]) + np.array(array.shape, ">u4").tobytes()
    data = header + array.astype(kind.newbyteorder(">")).tobytes()
    with written_whole(path) as unfinished:
        # No time of writing in the file, so that equal arrays make equal files.
        unfinished.write_bytes(gzip.compress(data, mtime=0) if Path(path).suffix == ".gz" else data)


def check_kind(name: str, dtype: DType) -> "np.dtype":
    """Return one of the six dtypes of the format, in this machine's order of bytes; refuse all others."""
    kind = as_dtype(dtype)
    if kind is None or kind.newbyteorder("=") not in CODES:
        raise TypeError(f"{name} must be one of {', '.join(map(str, CODES))}, but is {dtype}")
    return kind.newbyteorder("=")
