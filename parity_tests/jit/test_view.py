"""Views of arrays in kernels, and what is done with some columns of a row."""


import numpy as np
import pytest

from scratch.compiling.compiler import kernel
from scratch.jit.machine.view import block, clear_row, copy_row, matrix_in, prefetch_row, rows_of, transposed

DTYPES = [np.float32, np.float64]


@kernel
def copy_all(source, target):
    source, target = rows_of(source, 0, source.shape[0]), rows_of(target, 0, target.shape[0])
    for row in range(source.shape[0]):
        copy_row(source, row, 0, target, row, 0, source.shape[1])


@kernel
def copy_views(array, arena, of_block, of_rows, of_matrix, of_transposed):
    copy_all(block(array, 1, 4, 2, 7), of_block)
    copy_all(rows_of(array, 2, 4), of_rows)
    copy_all(matrix_in(arena, 3, 2, 4), of_matrix)
    matrix = transposed(block(array, 1, 4, 2, 7))
    for row in range(matrix.shape[0]):
        for column in range(matrix.shape[1]):
            of_transposed[row, column] = matrix[row, column]


@pytest.mark.parametrize("dtype", DTYPES)
def test_views_are_those_of_numpy(dtype):
    array, arena = np.arange(60, dtype=dtype).reshape(6, 10), np.arange(40, dtype=dtype)
    expected = array[1:4, 2:7], array[2:4], arena[3:11].reshape(2, 4), array[1:4, 2:7].T
    found = [np.zeros(view.shape, dtype) for view in expected]
    copy_views(array, arena, *found)
    for view, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(view, wanted)


@kernel
def change_rows(source, target):
    copy_row(source, 1, 2, target, 3, 1, 5)
    clear_row(target, 0, 2, 4)
    prefetch_row(target, 2, 0, target.shape[1])


@pytest.mark.parametrize("dtype", DTYPES)
def test_some_columns_of_a_row_are_copied_and_cleared_and_no_others(dtype):
    """Of arrays whose rows are far apart, too, and of any width."""
    source, target = np.arange(80, dtype=dtype).reshape(8, 10), np.full((8, 10), -1, dtype)
    expected = target.copy()
    expected[6, 1:6], expected[0, 2:4] = source[2, 2:7], 0
    change_rows(source[::2], target[::2])
    np.testing.assert_array_equal(target, expected)
