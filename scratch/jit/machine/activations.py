"""σ, φ and φ' of a register: the formulas of ``scratch/activations.py``.

σ and tanh are written out, because a call for each number would cost more than all else in a step together.
"""

import math
from typing import Any

import numpy as np
from llvmlite import ir

from scratch.jit.machine.register import Register, at_least, at_most, is_above, power_of_two, round_to_integer

# ln 2 in two parts. The first has 14 bits, so its product with a small integer is exact, in float32 as well.
LN2_HIGH = round(math.log(2) * 2**14) / 2**14
# The last term is what the double-precision number nearest to ln 2 leaves of it.
LN2_LOW = math.log(2) - LN2_HIGH + 2.3190468138462996e-17
# 1 / k! for k = 2 … 13, of e^r = Σ r^k / k!
TAYLOR = tuple(1 / math.factorial(k) for k in range(2, 14))


def is_single(x: Any) -> bool:
    """Return whether the numbers of x are float32."""
    return isinstance(x.value.type.element, ir.FloatType) if isinstance(x, Register) else x.dtype == np.float32


def exp_parts(y: Any, num_terms: int) -> tuple[Any, Any]:
    """Return p and 2^n with e^y = 2^n (p + 1): as many terms as |r| ≤ ln(2) / 2 needs."""
    # e^y = 2^n e^r with an integer n
    n = round_to_integer(y * (1 / math.log(2)))
    r = y - n * LN2_HIGH - n * LN2_LOW
    # p = e^r − 1 = r + r² (1/2! + r (1/3! + r (1/4! + …)))
    q = r * TAYLOR[num_terms - 1] + TAYLOR[num_terms - 2]
    for k in range(num_terms - 3, -1, -1):
        q = q * r + TAYLOR[k]
    return r + r * r * q, power_of_two(n)


def exponential(z: Any) -> Any:
    """Return e^z for z ≤ 0, to 2 units in the last place; 0 where it has not all its digits."""
    # At this bound ``power_of_two`` is 0, as in ``sigmoid``.
    p, power = exp_parts(at_least(z, -88.0 if is_single(z) else -709.0), 6 if is_single(z) else 12)
    return power * p + power


def tanh(z: Any) -> Any:
    """Return tanh(z), to 3 units in the last place."""
    # The terms of e^r, and a bound beyond which tanh rounds to ±1.
    num_terms, bound = (6, 10.0) if is_single(z) else (12, 20.0)
    p, power = exp_parts(2 * clip(z, bound), num_terms)
    # e^2z − 1 = 2^n p + (2^n − 1), which keeps all its digits near 0, and tanh(z) = (e^2z − 1) / (e^2z + 1)
    e = power * p + (power - 1)
    return e / (e + 2)


def sigmoid(z: Any) -> Any:
    """Return σ(z), to 3 units in the last place, however small."""
    # A bound at which e^z is still finite, and e^−z so small that ``power_of_two`` makes it 0: n is −127 or −1023.
    num_terms, bound = (6, 88.0) if is_single(z) else (12, 709.0)
    p, power = exp_parts(clip(z, bound), num_terms)
    # σ(z) = e^z / (e^z + 1)
    e = power * p + power
    return e / (e + 1)


def sigmoid_or_tanh(z: Any, scale: Any, bound: Any, one: Any) -> Any:
    """Return σ(z) in lanes where ``scale`` and ``one`` are 1 and 0, and tanh(z) where they are 2 and 1.

    ``bound`` is that of ``sigmoid`` for σ, and twice that of ``tanh`` for tanh.
    """
    num_terms = 6 if is_single(z) else 12
    p, power = exp_parts(clip(scale * z, bound), num_terms)
    # e^z for σ, and e^2z − 1 for tanh
    e = power * p + (power - one)
    return e / (e + (1 + one))


def value(relu: bool, z: Any) -> Any:
    """Return φ(z): the rectifier if ``relu``, else tanh."""
    return at_least(z, 0.0) if relu else tanh(z)


def slope(relu: bool, a: Any) -> Any:
    """Return φ'(z), given a = φ(z)."""
    return is_above(a, 0.0) if relu else 1 - a * a


def clip(z: Any, bound: Any) -> Any:
    """Return z held between −bound and bound."""
    return at_most(at_least(z, 0 - bound), bound)


def is_within(z: Any, bound: Any) -> Any:
    """Return the derivative of ``clip``: 1 up to and at the bounds, 0 beyond."""
    return (1 - is_above(z, bound)) * (1 - is_above(0 - z, bound))
