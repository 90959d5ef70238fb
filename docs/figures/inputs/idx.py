"""The bytes of an idx file, as ``write_idx`` writes it."""

import tempfile
from pathlib import Path

import numpy as np

from figures.inputs.tables import bytes_sheet
from figures.style import picture
from scratch import write_idx


@picture(
    "inputs/idx",
    "Every byte of a small idx file",
    "An array of two rows and three columns. Two zero bytes, the kind 8 for unsigned bytes, 2 axes, then "
    "each size in four bytes with the highest first, 2 and 3, and then the six numbers, row after row.",
)
def idx_bytes():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.idx"
        write_idx(path, np.array([[10, 20, 30], [40, 50, 60]], np.uint8))
        data = path.read_bytes()
    groups = [
        ("always 0", data[:2], "soft grey"),
        ("kind: unsigned bytes", data[2:3], "soft orange"),
        ("how many axes", data[3:4], "soft orange"),
        ("size of axis 0: 2", data[4:8], "soft green"),
        ("size of axis 1: 3", data[8:12], "soft green"),
        ("row 0: 10, 20, 30", data[12:15], "soft blue"),
        ("row 1: 40, 50, 60", data[15:], "soft blue"),
    ]
    return bytes_sheet(groups, 4)
