"""Registers in loops that Numba compiles: to load and store them, and views of arrays that cost nothing.

Numba knows a register as a ``Vector``, 16 float32 or 8 float64. Loops count in steps of ``lanes``::

    for k in range(0, size, lanes(c)):
        store(h, row, k, load(o, row, k) * tanh(load(c, row, k)))

Uncompiled, ``load`` returns a slice of the array and every line means the same in NumPy. ``size`` must be a multiple of
``lanes``, because a register is always full: see ``padded``.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import register_model

from scratch.compiling.compiler import instruction
from scratch.jit.machine.activations import exponential, sigmoid, sigmoid_or_tanh, tanh
from scratch.jit.machine.register import REGISTER, Register, at_least, at_most, rounded_product, spread, square_root


class Vector(types.Type):
    """Numba's type of a register."""

    def __init__(self, dtype: Any) -> None:
        self.dtype, self.lanes = dtype, 8 * REGISTER // dtype.bitwidth
        super().__init__(f"Vector({dtype}, {self.lanes})")


@register_model(Vector)
class VectorModel(models.PrimitiveModel):
    """What it is to LLVM: <16 x float> or <8 x double>."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, vector_type(kind.dtype == types.float32))


def vector_type(single: bool, register: int = REGISTER) -> Any:
    """Return LLVM's type of a register, of so many bytes, of float32 or float64."""
    return ir.VectorType(ir.FloatType(), register // 4) if single else ir.VectorType(ir.DoubleType(), register // 8)


def lanes(array: Any) -> int:
    """Return how many numbers of the array's dtype one register holds."""
    return REGISTER // array.itemsize


def padded(size: Any, dtype: Any) -> int:
    """Return ``size`` rounded up to whole registers."""
    count = REGISTER // np.dtype(dtype).itemsize
    return -(-size // count) * count


def load(array: Any, row: int, column: int) -> Any:
    """Return the register that begins at ``array[row, column]``."""
    return array[row, column : column + lanes(array)].copy()


def store(array: Any, row: int, column: int, vector: Any) -> None:
    """Write a register to where ``load`` would read it."""
    array[row, column : column + lanes(array)] = vector


def total(vector: Any) -> Any:
    """Return the sum of the numbers of a register."""
    return vector.sum()


def greatest(vector: Any) -> Any:
    """Return the greatest of the numbers of a register; where one is NaN, any of them."""
    return vector.max()


def check_index(context: Any, builder: Any, index: Any, size: Any) -> None:
    """With ``NUMBA_BOUNDSCHECK=1``, as Numba does where it indexes an array: ``IndexError`` unless 0 ≤ index < size."""
    if context.enable_boundscheck:
        cgutils.do_boundscheck(context, builder, index, size)


def check_row(context: Any, builder: Any, array: Any, place: Any, width: Any) -> None:
    """The same for ``width`` numbers of a row, side by side; with None nothing is checked."""
    if width is not None and context.enable_boundscheck:
        (row, column), (rows, columns) = place, cgutils.unpack_tuple(builder, array.shape)
        check_index(context, builder, row, rows)
        most = builder.add(columns, columns.type(1))
        check_index(context, builder, column, most)
        check_index(context, builder, builder.add(column, width), most)
        _, step = cgutils.unpack_tuple(builder, array.strides)
        check_index(context, builder, builder.mul(builder.sub(step, array.itemsize), width), step.type(1))


def address_of(context: Any, builder: Any, array_type: Any, array: Any, place: Any, width: Any = None) -> Any:
    """Return the address of ``array[place]``, as that of a byte, where ``width`` numbers are read or written."""
    array = context.make_array(array_type)(context, builder, array)
    check_row(context, builder, array, place, width)
    offset = ir.IntType(64)(0)
    for index, stride in zip(place, cgutils.unpack_tuple(builder, array.strides), strict=True):
        offset = builder.add(offset, builder.mul(index, stride))
    return builder.gep(builder.bitcast(array.data, ir.IntType(8).as_pointer()), [offset])


@instruction(lanes)
def build_lanes(array):
    count = 8 * REGISTER // array.dtype.bitwidth
    return types.intp(array), lambda context, *_: context.get_constant(types.intp, count)


@instruction(load)
def build_load(array, row, column):
    kind = Vector(array.dtype)

    def generate(context, builder, signature, arguments):
        width = context.get_constant(types.intp, kind.lanes)
        place = address_of(context, builder, array, arguments[0], arguments[1:], width)
        place = builder.bitcast(place, context.get_value_type(kind).as_pointer())
        return builder.load(place, align=array.dtype.bitwidth // 8)

    return kind(array, types.intp, types.intp), generate


@instruction(store)
def build_store(array, row, column, vector):
    def generate(context, builder, signature, arguments):
        where, *place, value = arguments
        width = context.get_constant(types.intp, vector.lanes)
        place = address_of(context, builder, array, where, place, width)
        builder.store(value, builder.bitcast(place, value.type.as_pointer()), align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, vector), generate


@instruction(total)
def build_total(vector):
    def generate(context, builder, signature, arguments):
        kind = arguments[0].type
        number, bits = kind.element, 32 if isinstance(kind.element, ir.FloatType) else 64
        function_type = ir.FunctionType(number, [number, kind])
        name = f"llvm.vector.reduce.fadd.v{kind.count}f{bits}"
        function = cgutils.get_or_insert_function(builder.module, function_type, name)
        # In halves of halves, as registers can, and not one number after the other.
        return builder.call(function, [number(0.0), *arguments], fastmath=("reassoc",))

    return vector.dtype(vector), generate


@instruction(greatest)
def build_greatest(vector):
    def generate(context, builder, signature, arguments):
        (value,) = arguments
        while value.type.count > 1:
            half = value.type.count // 2
            undefined, index = ir.Constant(value.type, ir.Undefined), ir.VectorType(ir.IntType(32), half)
            low, high = (
                builder.shuffle_vector(value, undefined, ir.Constant(index, list(range(first, first + half))))
                for first in (0, half)
            )
            value = builder.select(builder.fcmp_ordered(">", low, high), low, high)
        return builder.extract_element(value, ir.IntType(32)(0))

    return vector.dtype(vector), generate


def lower_to_registers(function: Callable[..., Any], count: int, meaning: Callable[..., Any]) -> None:
    """Let Numba compile ``function`` of ``count`` vectors or numbers to what ``meaning`` makes of registers."""

    @infer_global(function)
    class Template(AbstractTemplate):
        def generic(self, arguments, keywords):
            kinds = [argument for argument in arguments if isinstance(argument, Vector)]
            if kinds and all(isinstance(argument, Vector | types.Number) for argument in arguments):
                # A number takes the dtype of the vector, as a Python number does beside a NumPy array.
                exact = [argument if argument in kinds else kinds[0].dtype for argument in arguments]
                return signature(kinds[0], *exact)

    def generate(context, builder, signature, arguments):
        kind = context.get_value_type(signature.return_type)
        vectors = [value if value.type == kind else spread(builder, value, kind) for value in arguments]
        return meaning(*(Register(builder, vector) for vector in vectors)).value

    kinds = [(Vector,) * count]
    if count == 2:
        kinds += (Vector, types.Float), (types.Float, Vector)
    for kind in kinds:
        lower_builtin(function, *kind)(generate)


for operation in (operator.add, operator.sub, operator.mul, operator.truediv):
    lower_to_registers(operation, 2, operation)
counts = {tanh: 1, sigmoid: 1, sigmoid_or_tanh: 4, exponential: 1, square_root: 1}
for function, count in (counts | {rounded_product: 2, at_least: 2, at_most: 2}).items():
    lower_to_registers(function, count, function)
