"""A register: the numbers a processor computes on at once, and all that is done with them.

A function of registers, such as the gates of a cell, is plain Python. Given NumPy arrays it computes. Given objects of
``Register`` it is run once, while it is compiled, and each + − × ÷ and each function of this file writes down one
instruction in LLVM's language. So the same lines mean the same both ways, and what the compiler makes of them is known.
"""

import platform
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba.core import cgutils

from scratch.compiling.compiler import has_feature

# Bytes in a register: what AVX-512 has, and a line of the cache on all processors of today. LLVM splits it into as many
# registers as it takes where they are shorter.
REGISTER = 64


class Registers(NamedTuple):
    """How many registers a processor has, and how many bytes are in one."""

    number: int
    width: int


def registers() -> Registers:
    """Return those of the processor that is compiled for."""
    if has_feature("avx512f"):
        return Registers(32, 64)
    if has_feature("avx"):
        return Registers(16, 32)
    return Registers(32 if platform.machine().lower() in ("arm64", "aarch64") else 16, 16)


def tile_size(registers: Registers) -> tuple[int, int]:
    """Return ``(ROWS, VECTORS)`` of the largest tile that stays in these registers."""
    of_vector = REGISTER // registers.width
    vectors = 4 if of_vector == 1 else 1
    return min(6, (registers.number - 1) // (vectors * of_vector) - 1), vectors


def strip_size(registers: Registers) -> int:
    """Return how many vectors of sums of one row keep the processor busy: 8 registers, but no more than half of them.

    A multiply-add takes 4 cycles until its result can be added to again, and two begin in each.
    """
    return min(8, registers.number // 2 // (REGISTER // registers.width))


class Register:
    """A vector of numbers of LLVM's, ``value``, while a function of registers is compiled."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder, self.value = builder, value

    def made(self, value: Any) -> "Register":
        return Register(self.builder, value)

    def other(self, operand: Any) -> Any:
        """Return the value of another register, or of one with a number in all lanes."""
        return operand.value if isinstance(operand, Register) else constant(self.value.type, operand)

    # a · b + c may be rounded once instead of twice.
    def __add__(self, other: Any) -> "Register":
        return self.made(self.builder.fadd(self.value, self.other(other), flags=["contract"]))

    def __radd__(self, other: Any) -> "Register":
        return self.made(self.builder.fadd(self.other(other), self.value, flags=["contract"]))

    def __sub__(self, other: Any) -> "Register":
        return self.made(self.builder.fsub(self.value, self.other(other), flags=["contract"]))

    def __rsub__(self, other: Any) -> "Register":
        return self.made(self.builder.fsub(self.other(other), self.value, flags=["contract"]))

    def __mul__(self, other: Any) -> "Register":
        return self.made(self.builder.fmul(self.value, self.other(other), flags=["contract"]))

    def __rmul__(self, other: Any) -> "Register":
        return self.made(self.builder.fmul(self.other(other), self.value, flags=["contract"]))

    def __truediv__(self, other: Any) -> "Register":
        return self.made(self.builder.fdiv(self.value, self.other(other)))

    def __rtruediv__(self, other: Any) -> "Register":
        return self.made(self.builder.fdiv(self.other(other), self.value))

    def where(self, comparison: str, bound: Any, then: Any, otherwise: Any) -> "Register":
        """Return ``then`` where the comparison with ``bound`` holds, else ``otherwise``; with NaN it never holds."""
        holds = self.builder.fcmp_ordered(comparison, self.value, self.other(bound))
        return self.made(self.builder.select(holds, self.other(then), self.other(otherwise)))


def constant(vector_type: Any, number: Any) -> Any:
    """Return a constant vector with one number in all lanes."""
    return ir.Constant(vector_type, [ir.Constant(vector_type.element, number)] * vector_type.count)


def spread(builder: Any, number: Any, vector_type: Any) -> Any:
    """Return a vector with ``number``, a value of LLVM's, in all lanes."""
    undefined = ir.Constant(vector_type, ir.Undefined)
    first = builder.insert_element(undefined, number, ir.IntType(32)(0))
    every = constant(ir.VectorType(ir.IntType(32), vector_type.count), 0)
    return builder.shuffle_vector(first, undefined, every)


def call_llvm(builder: Any, name: str, *vectors: Any) -> Any:
    """Call LLVM's own function of that name for vectors, such as ``llvm.rint``, whose result is a vector as well."""
    kind = vectors[0].type
    bits = 32 if isinstance(kind.element, ir.FloatType) else 64
    function_type = ir.FunctionType(kind, [kind] * len(vectors))
    function = cgutils.get_or_insert_function(builder.module, function_type, f"{name}.v{kind.count}f{bits}")
    return builder.call(function, vectors)


def round_to_integer(x: Any) -> Any:
    """Return the nearest integers, of two the even one."""
    return x.made(call_llvm(x.builder, "llvm.rint", x.value)) if isinstance(x, Register) else np.rint(x)


def power_of_two(x: Any) -> Any:
    """Return 2 to the power of integers that are exponents of their dtype, and 0 for the integer below the least."""
    if not isinstance(x, Register):
        return np.where(x < np.finfo(x.dtype).minexp, x.dtype.type(0), np.exp2(x))
    builder, kind = x.builder, x.value.type
    bits, mantissa, bias = (32, 23, 127) if isinstance(kind.element, ir.FloatType) else (64, 52, 1023)
    integers = ir.VectorType(ir.IntType(bits), kind.count)
    # Added to 1.5 · 2^mantissa, a small integer stands in the lowest bits. They are shifted to those of the exponent.
    shifted = builder.fadd(x.value, constant(kind, 1.5 * 2**mantissa))
    exponent = builder.add(builder.bitcast(shifted, integers), constant(integers, bias))
    return x.made(builder.bitcast(builder.shl(exponent, constant(integers, mantissa)), kind))


def at_least(x: Any, bound: Any) -> Any:
    """Return x with ``bound`` wherever it is less; NaN stays NaN."""
    return x.where("<", bound, bound, x) if isinstance(x, Register) else np.maximum(x, bound)


def at_most(x: Any, bound: Any) -> Any:
    """Return x with ``bound`` wherever it is more; NaN stays NaN."""
    return x.where(">", bound, bound, x) if isinstance(x, Register) else np.minimum(x, bound)


def is_above(x: Any, bound: Any) -> Any:
    """Return 1 wherever x is more than ``bound``, and 0 elsewhere."""
    return x.where(">", bound, 1.0, 0.0) if isinstance(x, Register) else (x > bound).astype(x.dtype)
