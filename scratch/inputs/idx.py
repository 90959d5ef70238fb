"""Arrays in idx files, the format that MNIST is published in.

    bytes 0 and 1       0
    byte 2              the kind of number: 8 is an unsigned byte, the only kind in MNIST
    byte 3              how many axes
    4 bytes an axis     its size, highest byte first
    the rest            the numbers, the last axis running fastest

The first four bytes read as one number are the "magic" of a file: 2051 for images, 2049 for labels. The page is
``docs/inputs/idx.md``.
"""

import gzip
import math
import zlib

import numpy as np

from scratch.checks import shape_text

UNSIGNED_BYTE = 8
LARGEST = 2**30  # bytes in one array: twenty times MNIST, and no header makes us ask for more memory


def read_idx(path, shape):
    """Return the unsigned bytes of an idx file, plain or compressed by gzip, as an array of ``shape``.

    A letter in ``shape``, as in ``("N", 28, 28)``, stands for any size. What the file holds decides whether it is
    decompressed, not its name. Raises ``ValueError``, naming the file, where it is no idx file of unsigned bytes, has
    another shape, or is shorter or longer than its header says; ``OSError`` where it cannot be opened.
    """
    with open(path, "rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        try:
            with gzip.open(file) if compressed else file as plain:
                return read_plain(plain, path, shape)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{path} must be a whole gzip file, but is damaged or cut off: {error}") from error


def read_plain(file, path, shape):
    magic, wanted = file.read(4), bytes([0, 0, UNSIGNED_BYTE, len(shape)])
    if magic != wanted:
        raise ValueError(
            f"{path} must begin with {int.from_bytes(wanted)}, that of unsigned bytes in {len(shape)} axes, "
            f"but begins with {int.from_bytes(magic)}"
        )
    header = file.read(4 * len(shape))
    if len(header) < 4 * len(shape):
        raise ValueError(f"{path} must hold {4 + 4 * len(shape)} bytes of header, but holds {4 + len(header)} bytes")
    sizes = tuple(np.frombuffer(header, ">u4").tolist())
    if any(have != want for have, want in zip(sizes, shape, strict=True) if not isinstance(want, str)):
        raise ValueError(f"{path} must hold an array of shape {shape_text(shape)}, but holds {shape_text(sizes)}")
    expected = math.prod(sizes)
    if expected > LARGEST:
        raise ValueError(f"{path} must hold at most {LARGEST} bytes, but its header says {shape_text(sizes)}")
    # One byte more than there should be: so a longer file shows, and gzip's checksum at the end is reached.
    data = file.read(expected + 1)
    if len(data) != expected:
        came = "more" if len(data) > expected else f"only {len(data)}"
        raise ValueError(f"{path} must hold {shape_text(sizes)}, {expected} bytes, but holds {came}")
    return np.frombuffer(data, np.uint8).reshape(sizes)
