"""The numbers of a function on all its calls as one vector, so that thousands of programs can be compared at once.

An array of any size becomes four numbers: its shape, how much of it is not finite, and two sums of its entries with
random weights. Two arrays with the same four are the same array, but for a chance that does not happen.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from parity_tests.grade.values import Named

EACH = 4
# A sum of n entries with random weights is off by more than one entry is.
LIMIT = 1e-4


@dataclass(frozen=True)
class Layout:
    """Which arrays a function's calls return: ``(call, path, scale)`` of each, the scale that of the right numbers."""

    leaves: tuple[tuple[int, str, float], ...]

    def columns(self, paths: set[str]) -> np.ndarray:
        """Return which numbers of a vector belong to quantities."""
        return np.repeat([path in paths for _, path, _ in self.leaves], EACH)

    @property
    def scales(self) -> np.ndarray:
        return np.concatenate([[1.0, 1.0, scale, scale] for _, _, scale in self.leaves])


@cache
def weights(size: int) -> np.ndarray:
    return np.random.default_rng(size).uniform(0.5, 1.5, (2, size)) * np.random.default_rng(size + 1).choice(
        [-1, 1], size
    )


@cache
def shape_number(shape: tuple[int, ...]) -> float:
    return float(zlib.crc32(repr(shape).encode()) % 100003)


def of_array(array: Any) -> tuple[float, float, float, float]:
    array = np.asarray(array)
    if array.dtype.kind == "U":
        text = "\0".join(array.ravel().tolist())
        return float(array.size), 0.0, float(zlib.crc32(text.encode())), 0.0
    flat = array.real.astype(float).ravel()
    finite, strange = np.isfinite(flat), 0.0
    if not finite.all():
        # NaN and the infinities count differently, so that they are told apart.
        strange = float(np.isnan(flat).sum() + 1e3 * (flat == np.inf).sum() + 1e6 * (flat == -np.inf).sum())
        flat = np.where(finite, flat, 0)
    sums = weights(flat.size) @ flat
    return shape_number(array.shape), strange, float(sums[0]), float(sums[1])


def layout_of(references: Sequence[Named]) -> Layout:
    leaves = []
    for number, reference in enumerate(references):
        for path, array in reference.arrays.items():
            numbers = np.asarray(array)
            scale = 1.0 if numbers.dtype.kind == "U" else float(np.sqrt((np.abs(numbers.astype(float)) ** 2).sum()))
            leaves.append((number, path, scale or 1.0))
    return Layout(tuple(leaves))


def vector(layout: Layout, results: Sequence[Named]) -> np.ndarray:
    """Return the vector of the results of all calls; −1 stands for an array that is not there."""
    numbers: list[float] = []
    for call, path, _ in layout.leaves:
        arrays = results[call].arrays
        numbers += of_array(arrays[path]) if path in arrays else (-1.0,) * EACH
    # What is there and should not be: more entries of a list than asked for.
    wanted = [(call, path) for call, path, _ in layout.leaves]
    numbers.append(sum((call, path) not in wanted for call, each in enumerate(results) for path in each.arrays))
    return np.array(numbers)


def close(library: np.ndarray, one: np.ndarray, layout: Layout) -> np.ndarray:
    """Return which numbers of each row of a library are those of one vector: Booleans [N, F]."""
    scales = np.append(layout.scales, 1.0)
    # A wrong number may be far larger than the right one.
    scales = np.maximum(scales, np.abs(one))
    with np.errstate(all="ignore"):
        return np.abs(library - one) <= LIMIT * scales
