"""A register of numbers, for the loops that Numba compiles.

A processor computes on registers of many numbers at once; a ``Vector`` is one of them, 16 float32 or 8 float64. Loops
are written over vectors, so what the compiler makes of them is known::

    for k in range(0, size, lanes(c)):
        store(h, row, k, load(o, row, k) * tanh(load(c, row, k)))

Uncompiled, ``load`` returns a slice of the array and every line means the same in NumPy.

``size`` must be a multiple of ``lanes``, because a register is always full: see ``padded``. LLVM, which compiles for
Numba, splits a vector that is wider than the registers of the machine at hand.
"""

import operator

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, overload, register_jitable, register_model

# Bytes in a register: what AVX-512 has, and a line of the cache on all processors of today.
REGISTER = 64


def lanes(array):
    """Return how many numbers of the array's dtype one vector holds."""
    return REGISTER // array.itemsize


def padded(size, dtype):
    """Return ``size`` rounded up to whole vectors."""
    count = REGISTER // np.dtype(dtype).itemsize
    return -(-size // count) * count


@register_jitable
def whole_vectors(size, like):
    """Return ``size`` rounded up to whole vectors of the dtype of ``like``."""
    return -(-size // lanes(like)) * lanes(like)


@register_jitable
def empty_rows(rows, columns, like):
    """Return an array [rows, columns] of anything, of the dtype of ``like``, that begins on a line of the cache."""
    buffer = np.empty(rows * columns + lanes(like), like.dtype)
    first = -buffer.ctypes.data % REGISTER // like.itemsize
    return buffer[first : first + rows * columns].reshape(rows, columns)


def load(array, row, column):
    """Return the vector that begins at ``array[row, column]``."""
    return array[row, column : column + lanes(array)].copy()


def store(array, row, column, vector):
    """Write a vector to where ``load`` would read it."""
    array[row, column : column + lanes(array)] = vector


@register_jitable
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


def power_of_two(vector):
    """Return 2 to the power of whole numbers that are no larger than an exponent of their dtype."""
    return np.exp2(vector)


def at_least(vector, bound):
    """Return the vector with ``bound`` wherever it is less; NaN stays NaN."""
    return np.maximum(vector, bound)


def at_most(vector, bound):
    """Return the vector with ``bound`` wherever it is more; NaN stays NaN."""
    return np.minimum(vector, bound)


def is_above(vector, bound):
    """Return 1 wherever the vector is more than ``bound``, and 0 elsewhere."""
    return (vector > bound).astype(vector.dtype)


class Vector(types.Type):
    """Numba's type of a vector."""

    def __init__(self, dtype):
        self.dtype = dtype
        self.lanes = 8 * REGISTER // dtype.bitwidth
        super().__init__(f"Vector({dtype}, {self.lanes})")


@register_model(Vector)
class VectorModel(models.PrimitiveModel):
    """What a vector is to LLVM: <16 x float> or <8 x double>."""

    def __init__(self, manager, kind):
        number = ir.FloatType() if kind.dtype == types.float32 else ir.DoubleType()
        super().__init__(manager, kind, ir.VectorType(number, kind.lanes))


def constant(llvm_type, number):
    """Return a constant vector with one number in all lanes."""
    return ir.Constant(llvm_type, [ir.Constant(llvm_type.element, number)] * llvm_type.count)


def spread(builder, number, llvm_type):
    """Return a vector with ``number`` in all lanes."""
    undefined = ir.Constant(llvm_type, ir.Undefined)
    first = builder.insert_element(undefined, number, ir.IntType(32)(0))
    every = constant(ir.VectorType(ir.IntType(32), llvm_type.count), 0)
    return builder.shuffle_vector(first, undefined, every)


def call_llvm(builder, name, *vectors):
    """Call LLVM's own function of that name for vectors, such as ``llvm.fma``, whose result is a vector as well."""
    kind = vectors[0].type
    bits = 32 if isinstance(kind.element, ir.FloatType) else 64
    function_type = ir.FunctionType(kind, [kind] * len(vectors))
    function = cgutils.get_or_insert_function(builder.module, function_type, f"{name}.v{kind.count}f{bits}")
    return builder.call(function, vectors)


def pointer_to(context, builder, array_type, array, row, column, llvm_type):
    """Return the address of ``array[row, column]`` as that of a vector. Nothing is checked."""
    array = context.make_array(array_type)(context, builder, array)
    strides = cgutils.unpack_tuple(builder, array.strides)
    offset = builder.add(builder.mul(row, strides[0]), builder.mul(column, strides[1]))
    place = builder.gep(builder.bitcast(array.data, ir.IntType(8).as_pointer()), [offset])
    return builder.bitcast(place, llvm_type.as_pointer())


@intrinsic
def compiled_load(typing, array, row, column):
    kind = Vector(array.dtype)

    def generate(context, builder, signature, arguments):
        place = pointer_to(context, builder, signature.args[0], *arguments, context.get_value_type(kind))
        return builder.load(place, align=array.dtype.bitwidth // 8)

    return kind(array, types.intp, types.intp), generate


@intrinsic
def compiled_store(typing, array, row, column, vector):
    def generate(context, builder, signature, arguments):
        *where, value = arguments
        place = pointer_to(context, builder, signature.args[0], *where, value.type)
        builder.store(value, place, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, vector), generate


@overload(lanes)
def lanes_for_numba(array):
    count = 8 * REGISTER // array.dtype.bitwidth
    return lambda array: count


@overload(load)
def load_for_numba(array, row, column):
    return lambda array, row, column: compiled_load(array, row, column)


@overload(store)
def store_for_numba(array, row, column, vector):
    return lambda array, row, column, vector: compiled_store(array, row, column, vector)


def teach(function, count, instruction):
    """Teach Numba ``function`` of ``count`` arguments, vectors or numbers: what ``instruction`` builds of them."""

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
        return instruction(builder, *vectors)

    for kinds in [(Vector,)] if count == 1 else [(Vector, Vector), (Vector, types.Float), (types.Float, Vector)]:
        lower_builtin(function, *kinds)(generate)


def build_power_of_two(builder, vector):
    """Shift whole numbers into the place of the exponent."""
    single = isinstance(vector.type.element, ir.FloatType)
    bits, mantissa, bias = (32, 23, 127) if single else (64, 52, 1023)
    whole = ir.VectorType(ir.IntType(bits), vector.type.count)
    # Added to 1.5 · 2^mantissa, a small whole number stands in the lowest bits.
    shifted = builder.fadd(vector, constant(vector.type, 1.5 * 2**mantissa))
    exponent = builder.add(builder.bitcast(shifted, whole), constant(whole, bias))
    return builder.bitcast(builder.shl(exponent, constant(whole, mantissa)), vector.type)


def build_choice(comparison):
    """Return what builds the second of two vectors wherever the comparison with the first holds."""
    return lambda builder, x, y: builder.select(builder.fcmp_ordered(comparison, x, y), y, x)


def build_is_above(builder, vector, bound):
    ones, zeros = constant(vector.type, 1.0), constant(vector.type, 0.0)
    return builder.select(builder.fcmp_ordered(">", vector, bound), ones, zeros)


teach(operator.add, 2, lambda builder, x, y: builder.fadd(x, y, flags=["contract"]))
teach(operator.sub, 2, lambda builder, x, y: builder.fsub(x, y, flags=["contract"]))
teach(operator.mul, 2, lambda builder, x, y: builder.fmul(x, y, flags=["contract"]))
teach(operator.truediv, 2, lambda builder, x, y: builder.fdiv(x, y))
teach(round_to_whole, 1, lambda builder, x: call_llvm(builder, "llvm.rint", x))
teach(power_of_two, 1, build_power_of_two)
teach(at_least, 2, build_choice("<"))
teach(at_most, 2, build_choice(">"))
teach(is_above, 2, build_is_above)
