"""Flags that one thread raises and another waits for, and arrays whose references kernels do not count."""

import sys
import threading
from typing import NamedTuple

import numpy as np
import pytest
from numba import typeof
from numba.core.datamodel import default_manager

from parity_tests.harness import STUCK
from scratch.jit import shared
from scratch.jit.compiler import compiled, kernel
from scratch.jit.matrix import borrowed_kind
from scratch.jit.shared import look, matrix_at, places_of, raise_flag, wait_for_flags

# Looks that take hours.
FOREVER = 10**12


class Pair(NamedTuple):
    array: np.ndarray
    number: int


def waiting(flags, looks):
    """Return a thread that waits for the flags."""
    thread = threading.Thread(target=wait_for_flags, args=(flags, looks), daemon=True)
    thread.start()
    return thread


def test_whoever_waits_goes_on_once_every_flag_is_raised():
    flags = np.zeros(3, np.int64)
    thread = waiting(flags, FOREVER)
    for number in (1, 0, 2):
        raise_flag(flags, number, 5)
    thread.join(STUCK)
    assert not thread.is_alive()
    assert flags.tolist() == [1, 1, 1]


def test_no_flag_is_passed_over(monkeypatch):
    """Uncompiled, a flag is raised at every pause of whoever waits, the last one last."""
    flags, raised = np.zeros(3, np.int64), iter((1, 0, 2))
    monkeypatch.setattr(shared, "pause", lambda: uncompiled(raise_flag)(flags, next(raised), 0))
    uncompiled(wait_for_flags)(flags, 10)
    assert flags.tolist() == [1, 1, 1]


def uncompiled(function):
    return getattr(function, "py_func", function)


@compiled
def look_at(flags, number):
    return look(flags, number)


def test_each_flag_is_looked_at():
    flags = np.array([1, 0, 1])
    assert [look_at(flags, number) for number in range(3)] == [1, 0, 1]


def test_whoever_waits_goes_on_in_the_end_without_a_flag():
    thread = waiting(np.zeros(2, np.int64), 50)
    thread.join(STUCK)
    assert not thread.is_alive()


@kernel
def total(array, pair, result):
    """Write the sum of all numbers but the first of one array, the first two of the pair's, and the pair's own."""
    kept = array[1:]
    result[0] = pair.number
    for n in range(len(kept)):
        result[0] += kept[n]
    for n in range(pair.array[:2].shape[0]):
        result[0] += pair.array[n]


def test_a_kernel_reads_arrays_and_named_tuples_and_counts_no_reference():
    array, pair, result = np.arange(5.0), Pair(np.arange(10.0, 20.0), 3), np.zeros(1)
    before = sys.getrefcount(array), sys.getrefcount(pair.array)
    total(array, pair, result)
    assert result[0] == 10 + 21 + 3
    assert (sys.getrefcount(array), sys.getrefcount(pair.array)) == before
    for argument in (array, pair):
        assert not default_manager[borrowed_kind(typeof(argument))].contains_nrt_meminfo()


@kernel
def double_second_row(places, number, like):
    """Double the second row of one of the matrices, and return how many numbers the matrix has."""
    matrix = matrix_at(places, number, like)
    # Seen as a part of it, where the strides count.
    part = matrix[:, : matrix.shape[1]]
    for column in range(matrix.shape[1]):
        part[1, column] *= 2
    return matrix.shape[0] * matrix.shape[1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_matrix_is_found_at_its_place(dtype):
    first, second = np.zeros(5, dtype), np.arange(12, dtype=dtype).reshape(3, 1, 4)
    expected = second * np.array([1, 2, 1]).reshape(3, 1, 1)
    assert double_second_row(places_of([first, second]), 1, np.empty(0, dtype)) == 12
    assert second.tolist() == expected.tolist()
    assert first.tolist() == [0] * 5
