"""What arrays are within kernels: every index and slice of a borrowed array means what it means to NumPy."""

from typing import NamedTuple

import numba
import numpy as np
import pytest

from scratch.jit.compiler import inlined, kernel


class Pair(NamedTuple):
    """Two arrays and a number."""

    first: np.ndarray
    second: np.ndarray
    number: int


@inlined
def copy(part, target, at):
    """Copy a matrix's numbers to the row ``at`` of ``target``, and return the next row."""
    for i in range(part.shape[0]):
        for j in range(part.shape[1]):
            target[at, i * part.shape[1] + j] = part[i, j]
    return at + 1


@kernel
def look(array, target, i, j):
    """Write what is seen of ``array`` [A, B, C] to the rows of ``target``."""
    matrix = array[i]
    at = copy(matrix, target, 0)
    at = copy(matrix[j:], target, at)
    at = copy(matrix[:j], target, at)
    at = copy(matrix[1:j, j:], target, at)
    at = copy(matrix[:, : j + 100], target, at)
    at = copy(matrix[:, 1:][1:, :], target, at)
    at = copy(matrix.T, target, at)
    at = copy(matrix.T[1:j, j:], target, at)
    at = copy(matrix[1:, :].T[j:], target, at)
    at = copy(matrix.T.T, target, at)
    at = copy(array[i, 1:, :j], target, at)
    at = copy(array[j - 1 :, i], target, at)
    row = matrix[j]
    target[at, 0], target[at, 1], target[at, 2] = row[i], len(row), row[1:].shape[0]


def seen(matrix, array, i, j):
    parts = [matrix, matrix[j:], matrix[:j], matrix[1:j, j:], matrix, matrix[1:, 1:], matrix.T, matrix.T[1:j, j:]]
    parts += [matrix[1:].T[j:], matrix, array[i, 1:, :j], array[j - 1 :, i]]
    return [*parts, np.array([matrix[j, i], matrix.shape[1], matrix.shape[1] - 1])]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("order", ["C", "strided"])
def test_indices_and_slices_are_those_of_numpy(dtype, order):
    whole = np.random.default_rng(0).standard_normal((4, 5, 12)).astype(dtype)
    array = whole[:, :, :6] if order == "strided" else np.ascontiguousarray(whole[:, :, :6])
    target = np.full((13, 40), 7, dtype)
    look(array, target, 1, 3)
    for row, part in zip(target, seen(array[1], array, 1, 3), strict=True):
        expected = np.full(40, 7, dtype)
        expected[: part.size] = part.ravel()
        assert row.tolist() == expected.tolist()


@kernel
def sums(pair, result):
    """Write to ``result`` what is in a named tuple, and add to its first array."""
    result[0], result[1], result[2] = pair.first[1], pair.second[1, 2], pair.number
    pair.first[0] += 1


def test_a_named_tuple_holds_the_arrays_of_the_caller():
    pair, result = Pair(np.arange(3.0), np.arange(6.0).reshape(2, 3), 9), np.zeros(3)
    sums(pair, result)
    assert result.tolist() == [1, 5, 9]
    assert pair.first.tolist() == [1, 1, 2]


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")
def test_what_makes_arrays_of_its_own_is_no_kernel():
    with pytest.raises(numba.errors.TypingError, match="sum"):
        kernel(lambda x: x.sum())(np.ones(2))


@kernel
def whole(x, result):
    """Call a kernel from a kernel, with a constant."""
    sums(x, result)
    raised(result, 2)


@kernel
def raised(result, number):
    """Add to every number."""
    for n in range(len(result)):
        result[n] += number


def test_a_kernel_is_a_part_of_another():
    pair, result = Pair(np.arange(3.0), np.arange(6.0).reshape(2, 3), 9), np.zeros(3)
    whole(pair, result)
    assert result.tolist() == [3, 7, 11]
