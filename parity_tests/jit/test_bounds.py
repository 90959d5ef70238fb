"""With ``NUMBA_BOUNDSCHECK=1`` nothing is read or written outside an array: vectors and tiles included."""

import ctypes
import subprocess
import sys

import numba
import numpy as np
import pytest

from parity_tests.jit.test_vector import copy_block, total_of
from parity_tests.targets import BOUNDS, ROOT, environment_of
from scratch.compiling.compiler import OPTIONS
from scratch.jit.machine.flags import look
from scratch.jit.machine.register import REGISTER
from scratch.jit.machine.tile import ROWS, VECTORS, multiply_tile, tile_code
from scratch.jit.machine.view import clear_row, copy_row

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")
DTYPES = [np.float32, np.float64]


@pytest.fixture(autouse=True)
def bounds_are_checked(monkeypatch):
    monkeypatch.setattr(numba.config, "BOUNDSCHECK", 1)


def checked(function):
    """Return the function compiled here and now, and kept nowhere."""
    return numba.njit(getattr(function, "py_func", function), **OPTIONS)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_vector_is_within_its_array(dtype):
    lanes = REGISTER // np.dtype(dtype).itemsize
    # In the middle of a larger array, whose numbers a vector beyond the smaller one would reach.
    array = np.zeros((7, 5 * lanes), dtype)
    inner = array[2:5, lanes : 3 * lanes]
    copy = checked(copy_block)
    for row, column in [(0, 0), (2, lanes), (1, 1)]:
        copy(inner, inner, row, column)
    for row, column in [(3, 0), (-1, 0), (0, lanes + 1), (0, 2 * lanes), (2, -1), (0, -lanes)]:
        for source, target in [(inner, array), (array, inner)]:
            with pytest.raises(IndexError, match="index is out of bounds"):
                copy(source, target, row, column)


def test_the_numbers_of_a_vector_lie_side_by_side():
    with pytest.raises(IndexError, match="index is out of bounds"):
        checked(total_of)(np.zeros((2, 40))[:, ::2])


def multiply(code, a, b, c):
    multiply_tile(code, a, b, c, False)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_tile_is_one_and_its_shapes_fit_together(dtype):
    lanes = REGISTER // np.dtype(dtype).itemsize
    compute, code = checked(multiply), tile_code(np.dtype(dtype))

    def run(rows, depth, columns, b=(0, 0), c=(0, 0)):
        shapes = (rows, depth), (depth + b[0], columns + b[1]), (rows + c[0], columns + c[1])
        arrays = [np.ones(shape, dtype) for shape in shapes]
        compute(code, *arrays)
        return arrays[2]

    for rows, vectors in [(1, 1), (ROWS, VECTORS)]:
        assert (run(rows, 3, vectors * lanes) == 3).all()
    wrong = [
        {"rows": 0},
        {"rows": ROWS + 1},
        {"columns": 0},
        {"columns": lanes - 1},
        {"columns": (VECTORS + 1) * lanes},
        {"depth": 0},
        {"b": (-1, 0)},
        {"b": (1, 0)},
        {"b": (0, -1)},
        {"c": (-1, 0)},
        {"c": (1, 0)},
    ]
    # What is let through does nothing.
    nothing = ctypes.CFUNCTYPE(None, ctypes.c_int64)(lambda _: None)
    code = ctypes.cast(nothing, ctypes.c_void_p).value
    for sizes in wrong:
        with pytest.raises(IndexError, match="index is out of bounds"):
            run(**{"rows": 2, "depth": 3, "columns": lanes} | sizes)


def test_flags_are_those_there_are():
    def look_at(flags, number):
        return look(flags, number)

    flags = np.array([0, 1])
    assert checked(look_at)(flags, 1) == 1
    for number in (-1, 2):
        with pytest.raises(IndexError, match="index is out of bounds"):
            checked(look_at)(flags, number)


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_is_copied_and_cleared_is_within_its_array(dtype):
    array = np.zeros((7, 50), dtype)
    inner = array[2:5, 10:30]
    copy, clear = checked(copy_some), checked(clear_some)
    for row, column, width in [(0, 0, 20), (2, 20, 0), (1, 19, 1)]:
        copy(inner, array, row, column, width)
        copy(array, inner, row, column, width)
        clear(inner, row, column, width)
    for row, column, width in [(3, 0, 1), (-1, 0, 1), (0, 0, 21), (0, 20, 1), (0, -1, 2)]:
        for source, target in ((inner, array), (array, inner)):
            with pytest.raises(IndexError, match="index is out of bounds"):
                copy(source, target, row, column, width)
        with pytest.raises(IndexError, match="index is out of bounds"):
            clear(inner, row, column, width)


def copy_some(source, target, row, column, width):
    copy_row(source, row, column, target, row, column, width)


def clear_some(matrix, row, column, width):
    clear_row(matrix, row, column, column + width)


PROGRAM = """
import numpy as np
import scratch
from parity_tests.harness import Case, assert_parity, run_dynamic
case = Case(scratch.BasicRNNCell(9), (4, 0, 6, 1, 3))
problem = case.draw(np.float64)
assert_parity(run_dynamic(scratch, case, problem, engine="numba"), run_dynamic(scratch, case, problem))
"""


def test_a_recurrence_stays_within_its_arrays(tmp_path):
    environment = environment_of(BOUNDS, tmp_path)
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
