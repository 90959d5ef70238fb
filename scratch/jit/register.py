"""What a vector is in compiled code: the functions of ``vector.py`` and + − × ÷, told to Numba in LLVM's language.

One type, and for each function what LLVM shall build of its arguments. It is all that is needed to write loops over
registers in Python.
"""

import operator

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import register_model

from scratch.jit.compiler import instruction
from scratch.jit.matrix import Fields, check_index
from scratch.jit.vector import (
    REGISTER,
    at_least,
    at_most,
    greater,
    is_above,
    lanes,
    lesser,
    load,
    polynomial,
    power_of_two,
    prefetch,
    round_to_whole,
    store,
    total,
    whole_vectors,
)


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


def check_vector(context, builder, array, row, column, lanes):
    """With ``NUMBA_BOUNDSCHECK=1``: ``IndexError`` unless a vector is in the array, its numbers side by side."""
    check_index(context, builder, row, array.shape(0))
    check_index(context, builder, column, array.shape(1))
    check_index(context, builder, builder.add(column, column.type(lanes - 1)), array.shape(1))
    check_index(context, builder, builder.sub(array.stride(1), array.itemsize), column.type(1))


def pointer_to(context, builder, array_type, array, row, column, llvm_type):
    """Return the address of ``array[row, column]`` as that of a vector, which is in the array where that is checked."""
    array = Fields(context, builder, array_type, array)
    if isinstance(llvm_type, ir.VectorType) and context.enable_boundscheck:
        check_vector(context, builder, array, row, column, llvm_type.count)
    return builder.bitcast(array.place(row, column), llvm_type.as_pointer())


@instruction(lanes)
def build_lanes(array):
    count = 8 * REGISTER // array.dtype.bitwidth
    return types.intp(array), lambda context, *_: context.get_constant(types.intp, count)


def build_lesser_or_greater(comparison):
    """Return what teaches Numba the first of two whole numbers if the comparison holds, else the second."""

    def generate(context, builder, signature, arguments):
        return builder.select(builder.icmp_signed(comparison, *arguments), *arguments)

    return lambda i, j: (types.intp(types.intp, types.intp), generate)


instruction(lesser)(build_lesser_or_greater("<"))
instruction(greater)(build_lesser_or_greater(">"))


@instruction(whole_vectors)
def build_whole_vectors(size, like):
    def generate(context, builder, signature, arguments):
        size, last = arguments[0], 8 * REGISTER // like.dtype.bitwidth - 1
        return builder.and_(builder.add(size, size.type(last)), size.type(~last))

    return types.intp(types.intp, like), generate


@instruction(load)
def build_load(array, row, column):
    kind = Vector(array.dtype)

    def generate(context, builder, signature, arguments):
        where = pointer_to(context, builder, array, *arguments, context.get_value_type(kind))
        return builder.load(where, align=array.dtype.bitwidth // 8)

    return kind(array, types.intp, types.intp), generate


@instruction(store)
def build_store(array, row, column, vector):
    def generate(context, builder, signature, arguments):
        *where, value = arguments
        pointer = pointer_to(context, builder, array, *where, value.type)
        builder.store(value, pointer, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, vector), generate


@instruction(prefetch)
def build_prefetch(array, row, column):
    def generate(context, builder, signature, arguments):
        line = pointer_to(context, builder, array, *arguments, ir.IntType(8))
        word = ir.IntType(32)
        function_type = ir.FunctionType(ir.VoidType(), [line.type, word, word, word])
        function = cgutils.get_or_insert_function(builder.module, function_type, "llvm.prefetch.p0i8")
        # To be read, into the level-2 cache, data.
        builder.call(function, [line, word(0), word(2), word(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp), generate


@instruction(polynomial)
def build_polynomial(coefficients, vector):
    def generate(context, builder, signature, arguments):
        *others, last = cgutils.unpack_tuple(builder, arguments[0])
        r = arguments[1]
        result, number = spread(builder, narrow(builder, last, r.type.element), r.type), r.type.element
        for coefficient in reversed(others):
            product = builder.fmul(result, r, flags=["contract"])
            term = spread(builder, narrow(builder, coefficient, number), r.type)
            result = builder.fadd(product, term, flags=["contract"])
        return result

    return vector(coefficients, vector), generate


def narrow(builder, number, llvm_type):
    return number if number.type == llvm_type else builder.fptrunc(number, llvm_type)


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
