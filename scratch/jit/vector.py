"""A register of numbers, for the loops that Numba compiles.

A processor computes on registers of many numbers at once; a ``Vector`` is one of them, 16 float32 or 8 float64. Loops
are written over vectors, so what the compiler makes of them is known::

    for k in range(0, size, lanes(c)):
        store(h, row, k, load(o, row, k) * tanh(load(c, row, k)))

Uncompiled, ``load`` returns a slice of the array and every line means the same in NumPy. What the functions of this
file are in compiled code is in ``register.py``.

``size`` must be a multiple of ``lanes``, because a register is always full: see ``padded``. LLVM, which compiles for
Numba, splits a vector that is wider than the registers of the machine at hand.
"""

import numpy as np

from scratch.jit.compiler import inlined

# Bytes in a register: what AVX-512 has, and a line of the cache on all processors of today.
REGISTER = 64


def lanes(array):
    """Return how many numbers of the array's dtype one vector holds."""
    return REGISTER // array.itemsize


def lesser(i, j):
    """Return the lesser of two whole numbers; to Numba ``min`` is a function of its own for each pair of types."""
    return min(i, j)


def greater(i, j):
    """Return the greater of two whole numbers."""
    return max(i, j)


def padded(size, dtype):
    """Return ``size`` rounded up to whole vectors."""
    count = REGISTER // np.dtype(dtype).itemsize
    return -(-size // count) * count


def whole_vectors(size, like):
    """Return ``size`` rounded up to whole vectors of the dtype of ``like``."""
    return -(-size // lanes(like)) * lanes(like)


def load(array, row, column):
    """Return the vector that begins at ``array[row, column]``."""
    return array[row, column : column + lanes(array)].copy()


def store(array, row, column, vector):
    """Write a vector to where ``load`` would read it."""
    array[row, column : column + lanes(array)] = vector


def prefetch(array, row, column):
    """Ask for the line of the cache that ``array[row, column]`` is in, and do not wait for it. It changes no number."""


@inlined
def prefetch_columns(array, row, first, last):
    """Ask for the lines of the cache that some columns of a row are in."""
    for column in range(first, last, lanes(array)):
        prefetch(array, row, column)


@inlined
def copy_row(source, row, column, target, target_row, target_column, width):
    """Copy ``width`` numbers of a row, the whole vectors among them at once."""
    whole = width - width % lanes(source)
    for k in range(0, whole, lanes(source)):
        store(target, target_row, target_column + k, load(source, row, column + k))
    for k in range(whole, width):
        target[target_row, target_column + k] = source[row, column + k]


def round_to_whole(vector):
    """Return the nearest whole numbers, of two the even one."""
    return np.rint(vector)


def polynomial(coefficients, vector):
    """Return c₀ + v (c₁ + v (c₂ + …)) for each number v of the vector."""
    result = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        result = result * vector + coefficient
    return result


def power_of_two(vector):
    """Return 2 to the power of whole numbers that are no larger than an exponent of their dtype."""
    return np.exp2(vector)


def at_least(vector, bound):
    """Return the vector with ``bound`` wherever it is less; NaN stays NaN."""
    return np.maximum(vector, bound)


def at_most(vector, bound):
    """Return the vector with ``bound`` wherever it is more; NaN stays NaN."""
    return np.minimum(vector, bound)


def total(vector):
    """Return the sum of the numbers of a vector."""
    return vector.sum()


def is_above(vector, bound):
    """Return 1 wherever the vector is more than ``bound``, and 0 elsewhere."""
    return (vector > bound).astype(vector.dtype)
