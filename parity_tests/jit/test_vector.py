"""Every operation on a register: what NumPy computes uncompiled, compiled code computes to the last bit."""

import numba
import numpy as np
import pytest
from llvmlite import ir

from scratch.compiling.compiler import compiled
from scratch.jit.machine.register import (
    REGISTER,
    Register,
    at_least,
    at_most,
    constant,
    is_above,
    power_of_two,
    round_to_integer,
)
from scratch.jit.machine.vector import lanes, load, lower_to_registers, padded, store, total

# What Numba need not know but for these tests.
for function, count in ((at_least, 2), (at_most, 2), (is_above, 2), (power_of_two, 1), (round_to_integer, 1)):
    lower_to_registers(function, count, function)

DTYPES = [np.float32, np.float64]
NUM_OPERATIONS = 16
# Compiled, a power of 2 is exact; uncompiled, it is NumPy's, which is off by a unit in the last place at the ends.
POWER_LIMIT = 2e-7 if numba.config.DISABLE_JIT else 0


@compiled
def compute_all(x, y, results):
    """Write what each operation makes of the rows of x and y, a row of ``results`` each."""
    for k in range(0, x.shape[1], lanes(x)):
        a, b = load(x, 0, k), load(y, 0, k)
        store(results, 0, k, a + b)
        store(results, 1, k, a - b)
        store(results, 2, k, a * b)
        store(results, 3, k, a / b)
        store(results, 4, k, a + 0.3)
        store(results, 5, k, 0.3 - a)
        store(results, 6, k, a * 0.3)
        store(results, 7, k, 0.3 / a)
        store(results, 8, k, round_to_integer(a))
        store(results, 9, k, power_of_two(round_to_integer(b)))
        store(results, 10, k, at_least(a, b))
        store(results, 11, k, at_most(a, b))
        store(results, 12, k, at_least(a, 0.3))
        store(results, 13, k, at_most(a, 0.3))
        store(results, 14, k, is_above(a, 0.3))
        store(results, 15, k, a)


def draw(dtype, special):
    """Return two rows of numbers, whole and half ones among them and these special ones."""
    rng = np.random.default_rng(0)
    halves = np.arange(-8, 8) / 2
    x = np.concatenate([special, halves, 100 * rng.standard_normal(64)])
    y = np.concatenate([np.ones(len(special)), halves[::-1], rng.standard_normal(64)])
    whole = len(x) // 16 * 16
    return [row[:whole].astype(dtype)[None] for row in (x, y)]


@pytest.mark.parametrize("dtype", DTYPES)
def test_compiled_is_as_uncompiled(dtype):
    x, y = draw(dtype, [np.inf, -np.inf, 1e-40, -1e-40, 127, -126, 0.3, -0.3])
    with np.errstate(all="ignore"):
        results, expected = (np.zeros((NUM_OPERATIONS, x.shape[1]), dtype) for _ in range(2))
        compute_all(x, y, results)
        getattr(compute_all, "py_func", compute_all)(x, y, expected)
    np.testing.assert_array_equal(results, expected, strict=True)


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_each_operation_means(dtype):
    x, y = draw(dtype, [np.nan, 1, 2, 3])
    results = np.zeros((NUM_OPERATIONS, x.shape[1]), dtype)
    with np.errstate(all="ignore"):
        compute_all(x, y, results)
    bound = dtype(0.3)
    np.testing.assert_array_equal(results[8], np.rint(x[0]))
    np.testing.assert_array_equal(results[9, 1:], 2 ** np.rint(y[0, 1:]))
    np.testing.assert_array_equal(results[12, 1:], np.where(x[0, 1:] < bound, bound, x[0, 1:]))
    np.testing.assert_array_equal(results[13, 1:], np.where(x[0, 1:] > bound, bound, x[0, 1:]))
    np.testing.assert_array_equal(results[14], np.where(x[0] > bound, 1, 0))
    # NaN stays NaN, and is above nothing.
    assert np.isnan(x[0, 0])
    assert np.isnan(results[10:14, 0]).all()
    assert results[14, 0] == 0


@pytest.mark.parametrize("dtype", DTYPES)
def test_power_of_two_reaches_from_the_least_exponent_to_the_largest(dtype):
    exponents = np.arange(np.finfo(dtype).minexp, np.finfo(dtype).maxexp)
    y = np.resize(exponents, 2048).astype(dtype)[None]
    results = np.zeros((NUM_OPERATIONS, 2048), dtype)
    with np.errstate(all="ignore"):
        compute_all(y, y, results)
    np.testing.assert_allclose(results[9], np.ldexp(dtype(1), y[0].astype(int)), rtol=POWER_LIMIT)


@compiled
def total_of(array):
    return total(load(array, 0, 0))


@pytest.mark.parametrize("dtype", DTYPES)
def test_total(dtype):
    numbers = np.arange(1, REGISTER // np.dtype(dtype).itemsize + 1, dtype=dtype)
    assert total_of(numbers[None] / 2) == numbers.sum() / 2


@compiled
def copy_block(source, target, row, column):
    store(target, row, column, load(source, row, column))


@pytest.mark.parametrize("dtype", DTYPES)
def test_load_and_store_reach_one_register_wherever_it_is(dtype):
    """Rows may lie far apart and begin anywhere; nothing beside the register is touched."""
    count = REGISTER // np.dtype(dtype).itemsize
    source = np.arange(7 * 50, dtype=dtype).reshape(7, 50)
    for row, column in [(0, 0), (1, 3), (2, 25 - count)]:
        target = np.full((7, 50), -1, dtype)
        copy_block(source[::3, 25:], target[::3, 25:], row, column)
        expected = np.full((7, 50), -1, dtype)
        at = 3 * row, slice(25 + column, 25 + column + count)
        expected[at] = source[at]
        np.testing.assert_array_equal(target, expected)


@pytest.mark.parametrize("dtype", DTYPES)
def test_sizes_in_whole_vectors(dtype):
    array = np.zeros(1, dtype)
    count = lanes(array)
    assert count * array.itemsize == REGISTER
    for size, expected in [(0, 0), (1, count), (count, count), (count + 1, 2 * count)]:
        assert padded(size, dtype) == expected


def test_a_number_beside_a_register_takes_its_place_in_all_lanes():
    kind = ir.VectorType(ir.FloatType(), 4)
    function = ir.Function(ir.Module(), ir.FunctionType(kind, [kind]), "f")
    builder = ir.IRBuilder(function.append_basic_block())
    register = Register(builder, function.args[0])
    all_made = (1 - register, "fsub"), (2 * register, "fmul"), (1 / register, "fdiv"), (3 + register, "fadd")
    for made, operation in all_made:
        assert made.value.opname == operation
        assert made.value.operands[1] is register.value
    assert str((register + 1).value.operands[1]) == str(constant(kind, 1.0))
