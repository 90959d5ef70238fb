"""Flags that one thread raises and another waits for, and arrays whose references compiled code does not count."""

import sys
import threading
from typing import NamedTuple

import numpy as np
import pytest
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

from scratch.jit.machine.compiler import compiled
from scratch.jit.shared import borrowed, matrix_at, places_of, raise_flag, wait_for_flags

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
    for number in (1, 0):
        raise_flag(flags, number, 5)
        assert thread.is_alive()
    thread.join(0.2)
    assert thread.is_alive(), "the last flag is not raised yet"
    raise_flag(flags, 2, 5)
    thread.join(10)
    assert not thread.is_alive()
    assert flags.tolist() == [1, 1, 1]


def test_whoever_waits_goes_on_in_the_end_without_a_flag():
    thread = waiting(np.zeros(2, np.int64), 50)
    thread.join(10)
    assert not thread.is_alive()


@compiled
def total(array, pair):
    array, pair = borrowed((array, pair))
    kept = array[1:]
    return kept.sum() + pair.array[:2].sum() + pair.number


def test_borrowed_arrays_are_the_same():
    assert total(np.arange(5.0), Pair(np.arange(10.0, 20.0), 3)) == 10 + 21 + 3


@intrinsic
def is_counted(typing, array):
    """Return 1 for an array that knows where its references are counted, else 0."""

    def generate(context, builder, signature, arguments):
        counter = context.make_array(array)(context, builder, *arguments).meminfo
        none = cgutils.is_null(builder, counter)
        return builder.select(none, ir.IntType(64)(0), ir.IntType(64)(1))

    return types.int64(array), generate


@compiled
def count(array, pair, counted):
    """Write which arrays are counted: as they came, and as they were borrowed."""
    counted[0, 0], counted[0, 1] = is_counted(array), is_counted(pair.array)
    array, pair = borrowed((array, pair))
    counted[1, 0], counted[1, 1] = is_counted(array[1:]), is_counted(pair.array[1:])


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="what is not compiled is counted by Python")
def test_the_references_to_borrowed_arrays_are_not_counted():
    array, pair = np.arange(5), Pair(np.arange(5), 3)
    counted = np.full((2, 2), -1)
    before = sys.getrefcount(array), sys.getrefcount(pair.array)
    count(array, pair, counted)
    assert counted.tolist() == [[1, 1], [0, 0]]
    assert (sys.getrefcount(array), sys.getrefcount(pair.array)) == before


@compiled
def double_second_row(places, number, like):
    """Double the second row of one of the matrices, and return how many numbers the matrix has."""
    matrix = matrix_at(places, number, like)
    # Seen as a part of it, where the strides count.
    part = matrix[:, : matrix.shape[1]]
    for column in range(matrix.shape[1]):
        part[1, column] *= 2
    return matrix.size


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_matrix_is_found_at_its_place(dtype):
    first, second = np.zeros(5, dtype), np.arange(12, dtype=dtype).reshape(3, 1, 4)
    expected = second * np.array([1, 2, 1]).reshape(3, 1, 1)
    assert double_second_row(places_of([first, second]), 1, np.empty(0, dtype)) == 12
    assert second.tolist() == expected.tolist()
    assert first.tolist() == [0] * 5
