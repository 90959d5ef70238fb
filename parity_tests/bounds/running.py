"""Running error analysis: numbers that carry, beside their value, a bound of how far off a float can be there.

With u, half of the last place of 1 (2⁻²⁴ in float32, 2⁻⁵³ in float64), and e for the error of a float:

    a · b             e = b e_a + a e_b + e_a e_b + ρ        |ρ| ≤ u |result|
    a_1 + … + a_n     e = Σ e_k + ρ                          |ρ| ≤ (n − 1) u Σ |a_k|, in any order and grouping
    σ, tanh, exp      e = φ'(z) e_z + ½ φ''(…) e_z² + ρ      |ρ| ≤ 5u |result|

An error that comes from an earlier step is kept with its sign, as a multiple of that step's own error, and so may
cancel along two ways as it does in truth; only what a step adds itself is bounded by magnitudes. The magnitudes are
those of the run, so the bound is of this case and no other. The derivation is in ``docs/rounding.md``.
"""

import itertools
import math

import numpy as np

# What is asked of a library's σ, tanh and exp: an error of at most so many u of the result.
FUNCTION_UNITS = 5
# The largest second derivatives of tanh and σ, 4 / (3√3) and 1 / (6√3).
# exp overflows beyond; σ of its negative is below the smallest number.
MOST = 700.0
CURVATURE = {"tanh": 0.7699, "sigmoid": 0.09623}


class KinkError(ArithmeticError):
    """A number is so near to a kink, of relu or of clipping, that rounding may put it on either side."""


def slack(part):
    """Return part / (1 − part): what n roundings in a row amount to at most, for part = n u."""
    return part / (1 - part)


def combined(a, b, first_of_a, first_of_b):
    """Return a · first_of_a + b · first_of_b, where ``None`` is a vector of zeros."""
    if first_of_a is None:
        return None if first_of_b is None else b * first_of_b
    return a * first_of_a if first_of_b is None else a * first_of_a + b * first_of_b


class Running:
    """A number, and what is known of its float. A run has a class of its own (``run_of``), which counts the errors.

    - ``value``: the sum of ``terms`` numbers. ``size``: the sum of their magnitudes. That the adding itself rounds is
      counted when the sum is used (``used``): until then more may be added, and no engine need add in another's order.
    - ``first``: the part of the error that earlier steps made, a multiple of each of their errors; ``None`` for zeros.
    - ``rest``: bounds the rest of the error. ``radius``: bounds all of it, but for the adding.
    """

    __slots__ = ("first", "radius", "rest", "size", "terms", "value")
    dtype: type
    unit: float
    least: float
    errors: int
    numbers: itertools.count

    def __init__(self, value, first, rest, radius, terms=1, size=None):
        self.value, self.first, self.rest, self.radius, self.terms = value, first, rest, radius, terms
        self.size = abs(value) + radius if size is None else size

    @classmethod
    def of(cls, number):
        """Return a number: exact if the dtype has it, else, as for an option such as 0.3, off by its rounding."""
        if isinstance(number, cls):
            return number
        number = float(number)
        error = 0.0 if float(cls.dtype(number)) == number else cls.unit * abs(number)
        return cls(number, None, error, error)

    @property
    def adding(self):
        """What the adding of the terms rounds at most."""
        if self.terms == 1:
            return 0.0
        if self.terms == 2:
            # There is one order only, and one rounding, of the sum itself.
            return slack(self.unit) * (abs(self.value) + self.radius)
        return slack((self.terms - 1) * self.unit) * self.size

    @property
    def bound(self):
        """The largest error of the float."""
        first = 0.0 if self.first is None else float(np.abs(self.first).sum())
        return first + self.rest + self.adding

    def settled(self):
        """Return the number with the rest of its error as one of the errors that are followed from here on."""
        rest = self.rest + self.adding
        if rest == 0:
            return self
        first = np.zeros(self.errors) if self.first is None else self.first.copy()
        first[next(self.numbers)] = rest
        return type(self)(self.value, first, 0.0, float(np.abs(first).sum()))

    @property
    def is_zero(self):
        """Whether it is 0, exactly."""
        return self.size == 0

    def used(self):
        """Return ``(value, first, rest, radius)`` with the adding counted."""
        adding = self.adding
        return self.value, self.first, self.rest + adding, self.radius + adding

    def made(self, value, first, rest, radius, units=1):
        """Return the result of an operation that rounds, and may underflow."""
        rounding = slack(units * self.unit) * (abs(value) + radius) + self.least
        return type(self)(value, first, rest + rounding, radius + rounding)

    def __add__(self, other):
        other = self.of(other)
        if other.is_zero or self.is_zero:
            return self if other.is_zero else other
        first = other.first if self.first is None else self.first
        if self.first is not None and other.first is not None:
            first = self.first + other.first
        total, terms, size = self.value + other.value, self.terms + other.terms, self.size + other.size
        return type(self)(total, first, self.rest + other.rest, self.radius + other.radius, terms, size)

    def __neg__(self):
        first = None if self.first is None else -self.first
        return type(self)(-self.value, first, self.rest, self.radius, self.terms, self.size)

    def __sub__(self, other):
        return self + -self.of(other)

    def __rsub__(self, other):
        return self.of(other) + -self

    def __mul__(self, other):
        other = self.of(other)
        if self.is_zero or other.is_zero:
            return type(self)(0.0, None, 0.0, 0.0)
        for one, another in ((self, other), (other, self)):
            if one.radius == 0 and one.terms == 1 and abs(one.value) == 1:
                return another if one.value == 1 else -another
        (a, first_a, rest_a, radius_a), (b, first_b, rest_b, radius_b) = self.used(), other.used()
        both = radius_a * radius_b
        rest = abs(a) * rest_b + abs(b) * rest_a + both
        radius = abs(a) * radius_b + abs(b) * radius_a + both
        return self.made(a * b, combined(b, a, first_a, first_b), rest, radius)

    def __truediv__(self, other):
        (a, first_a, rest_a, radius_a), (b, first_b, rest_b, radius_b) = self.used(), self.of(other).used()
        if self.is_zero or (b == 1 and radius_b == 0):
            return self
        value, size = a / b, abs(b)
        # (a + e_a) / (b + e_b) − a / b = (e_a − value · e_b) / (b + e_b)
        second = (radius_a + abs(value) * radius_b) * radius_b / (size * (size - radius_b))
        rest = (rest_a + abs(value) * rest_b) / size + second
        radius = (radius_a + abs(value) * radius_b) / size + second
        return self.made(value, combined(1 / b, -value / b, first_a, first_b), rest, radius)

    __radd__, __rmul__ = __add__, __mul__

    def __abs__(self):
        return self if self.value >= 0 else -self

    def compared(self, other):
        """Return the difference to ``other``, refusing one whose sign is not certain."""
        other = self.of(other)
        difference, margin = self.value - other.value, self.bound + other.bound
        if abs(difference) <= margin and margin > 0:
            raise KinkError(f"{self.value} and {other.value} may be either way round")
        return difference

    def __lt__(self, other):
        return self.compared(other) < 0

    def __le__(self, other):
        return self.compared(other) <= 0

    def __gt__(self, other):
        return self.compared(other) > 0

    def __ge__(self, other):
        return self.compared(other) >= 0

    def through(self, value, slope, curvature):
        """Return φ of this number, from φ(z), φ'(z) and a bound of |φ''|."""
        _, first, rest, radius = self.used()
        second = curvature * radius * radius / 2
        first = None if first is None else slope * first
        return self.made(value, first, slope * rest + second, slope * radius + second, FUNCTION_UNITS)

    def tanh(self):
        if self.is_zero:
            return self
        value = math.tanh(self.value)
        return self.through(value, 1 - value * value, CURVATURE["tanh"])

    def sigmoid(self):
        value = 1 / (1 + math.exp(-self.value)) if self.value > -MOST else 0.0
        return self.through(value, value * (1 - value), CURVATURE["sigmoid"])

    def exp(self):
        value = math.exp(self.value)
        return self.through(value, value, value * math.exp(self.used()[3]))


class Running32(Running):
    __slots__ = ()
    dtype, unit, least = np.float32, 2.0**-24, float(np.finfo(np.float32).tiny)


class Running64(Running):
    __slots__ = ()
    dtype, unit, least = np.float64, 2.0**-53, float(np.finfo(np.float64).tiny)


KINDS = {np.dtype(np.float32): Running32, np.dtype(np.float64): Running64}


def run_of(dtype, errors):
    """Return the numbers of one run in a dtype, in which so many errors are followed."""
    return type("Run", (KINDS[np.dtype(dtype)],), {"errors": errors, "numbers": itertools.count(), "__slots__": ()})
