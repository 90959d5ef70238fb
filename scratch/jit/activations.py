"""σ, φ and φ' of one vector, for the compiled loops: the formulas of ``scratch/activations.py``.

σ and tanh are written out, because a call for each number would cost more than all else in a step together.
"""

import math

import numpy as np
from numba import types

from scratch import activations
from scratch.jit.compiler import chosen, inlined
from scratch.jit.vector import at_least, at_most, is_above, polynomial, power_of_two, round_to_whole

# ln 2 in two parts. The first has 14 bits, so its product with a small whole number is exact, in float32 as well.
LN2_HIGH = round(math.log(2) * 2**14) / 2**14
# The last term is what the double-precision number nearest to ln 2 leaves of it.
LN2_LOW = math.log(2) - LN2_HIGH + 2.3190468138462996e-17
# 1 / k! for k = 2 … 13, of e^r = Σ r^k / k!
TAYLOR = tuple(1 / math.factorial(k) for k in range(2, 14))


def tanh(z):
    """Return tanh(z), to 3 units in the last place."""
    return np.tanh(z)


def sigmoid(z):
    """Return σ(z), compiled to 3 units in the last place."""
    return activations.sigmoid(z)


@inlined
def exp_parts(y, coefficients):
    """Return p and 2^n with e^y = 2^n (p + 1): as many terms as |r| ≤ ln(2) / 2 needs."""
    # e^y = 2^n e^r with a whole n
    n = round_to_whole(y * (1 / math.log(2)))
    r = y - n * LN2_HIGH - n * LN2_LOW
    # p = e^r − 1 = r + r² (1/2! + r (1/3! + r (1/4! + …)))
    return r + r * r * polynomial(coefficients, r), power_of_two(n)


@chosen(tanh)
def tanh_for_numba(z):
    # The terms of e^r, and a bound beyond which tanh rounds to ±1.
    terms, bound = (6, 10.0) if z.dtype == types.float32 else (12, 20.0)
    coefficients = TAYLOR[:terms]

    def tanh_of_vector(z):
        p, power = exp_parts(2 * at_most(at_least(z, -bound), bound), coefficients)
        # e^2z − 1 = 2^n p + (2^n − 1), which keeps all its digits near 0, and tanh(z) = (e^2z − 1) / (e^2z + 1)
        e = power * p + (power - 1)
        return e / (e + 2)

    return tanh_of_vector


@chosen(sigmoid)
def sigmoid_for_numba(z):
    # A bound at which e^z is still finite, and e^−z so small that ``power_of_two`` makes it 0.
    terms, bound = (6, 88.0) if z.dtype == types.float32 else (12, 709.0)
    coefficients = TAYLOR[:terms]

    def sigmoid_of_vector(z):
        p, power = exp_parts(at_most(at_least(z, -bound), bound), coefficients)
        # σ(z) = e^z / (e^z + 1)
        e = power * p + power
        return e / (e + 1)

    return sigmoid_of_vector


@inlined
def value(relu, z):
    """Return φ(z): the rectifier if ``relu``, else tanh."""
    return at_least(z, 0.0) if relu else tanh(z)


@inlined
def slope(relu, a):
    """Return φ'(z), given a = φ(z)."""
    return is_above(a, 0.0) if relu else 1 - a * a


@inlined
def clip(z, bound):
    """Return z held between −bound and bound."""
    return at_most(at_least(z, -bound), bound)


@inlined
def is_within(z, bound):
    """Return the derivative of ``clip``: 1 up to and at the bounds, 0 beyond."""
    return (1 - is_above(z, bound)) * (1 - is_above(0 - z, bound))
