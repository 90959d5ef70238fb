"""Views of arrays in kernels, and what is done with some columns of a row: copy, clear, prefetch. Nothing is checked.

NumPy's own slices mean the same, but each of them takes the compiler 20 ms, because it must ask where a slice ends.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.np.arrayobj import populate_array

from scratch.arrays import Array
from scratch.compiling.compiler import instruction
from scratch.jit.machine.register import REGISTER
from scratch.jit.machine.vector import address_of


def block(matrix: Array, top: int, bottom: int, left: int, right: int) -> Array:
    """Return rows ``top`` to ``bottom`` of a matrix, and of these the columns ``left`` to ``right``."""
    return matrix[top:bottom, left:right]


def rows_of(matrix: Array, first: int, last: int) -> Array:
    """Return rows ``first`` to ``last`` of a matrix."""
    return matrix[first:last]


def matrix_in(arena: Array, first: int, rows: int, columns: Any) -> Array:
    """Return the row-major matrix [rows, columns] that begins at number ``first`` of a row-major array."""
    return arena.reshape(-1)[first : first + rows * columns].reshape(rows, columns)


def transposed(matrix: Array) -> Array:
    """Return the transposed matrix."""
    return matrix.T


def record_at(kind: Any, table: Array, row: int) -> Any:
    """Return the first integers of a row of a table as a named tuple of ``kind``."""
    return kind._make(table[row, : len(kind._fields)].tolist())


def copy_row(
    source: Array, row: int, column: int, target: Array, target_row: int, target_column: int, width: int
) -> None:
    """Copy ``width`` numbers of a row to a row of another matrix."""
    target[target_row, target_column : target_column + width] = source[row, column : column + width]


def clear_row(matrix: Array, row: int, first: int, last: int) -> None:
    """Write 0 to the columns ``first`` to ``last`` of a row."""
    matrix[row, first:last] = 0


def prefetch_row(matrix: Array, row: int, first: int, last: int) -> None:
    """Prefetch the lines of the cache that these columns of a row are in: no wait, and no number changes."""


def view(context: Any, builder: Any, kind: Any, data: Any, shape: Any, strides: Any) -> Any:
    """Return an array of Numba's type ``kind`` on memory at an address, which nobody counts references to."""
    array = context.make_array(kind)(context, builder)
    itemsize = context.get_constant(types.intp, kind.dtype.bitwidth // 8)
    populate_array(array, builder.bitcast(data, array.data.type), shape, strides, itemsize, None)
    return array._getvalue()


def any_matrix(array: Any) -> Any:
    """Return Numba's type of a matrix of any layout: one type for all views, so kernels are compiled once."""
    return types.Array(array.dtype, 2, "A")


@instruction(block)
def build_block(matrix, top, bottom, left, right):
    def generate(context, builder, signature, arguments):
        array, top, bottom, left, right = arguments
        strides = cgutils.unpack_tuple(builder, context.make_array(matrix)(context, builder, array).strides)
        data = address_of(context, builder, matrix, array, (top, left))
        shape = builder.sub(bottom, top), builder.sub(right, left)
        return view(context, builder, any_matrix(matrix), data, shape, strides)

    return any_matrix(matrix)(matrix, types.intp, types.intp, types.intp, types.intp), generate


@instruction(rows_of)
def build_rows_of(matrix, first, last):
    def generate(context, builder, signature, arguments):
        whole, first, last = arguments
        array = context.make_array(matrix)(context, builder, whole)
        _, columns = cgutils.unpack_tuple(builder, array.shape)
        data = address_of(context, builder, matrix, whole, (first, first.type(0)))
        shape, strides = (builder.sub(last, first), columns), cgutils.unpack_tuple(builder, array.strides)
        return view(context, builder, any_matrix(matrix), data, shape, strides)

    return any_matrix(matrix)(matrix, types.intp, types.intp), generate


@instruction(matrix_in)
def build_matrix_in(arena, first, rows, columns):
    def generate(context, builder, signature, arguments):
        array, first, rows, columns = arguments
        itemsize = context.get_constant(types.intp, arena.dtype.bitwidth // 8)
        data = context.make_array(arena)(context, builder, array).data
        data = builder.gep(builder.bitcast(data, cgutils.voidptr_t), [builder.mul(first, itemsize)])
        strides = builder.mul(columns, itemsize), itemsize
        return view(context, builder, any_matrix(arena), data, (rows, columns), strides)

    return any_matrix(arena)(arena, types.intp, types.intp, types.intp), generate


@instruction(transposed)
def build_transposed(matrix):
    def generate(context, builder, signature, arguments):
        (array,) = arguments
        array = context.make_array(matrix)(context, builder, array)
        shape, strides = (cgutils.unpack_tuple(builder, part)[::-1] for part in (array.shape, array.strides))
        return view(context, builder, any_matrix(matrix), array.data, shape, strides)

    return any_matrix(matrix)(matrix), generate


@instruction(record_at)
def build_record_at(kind, table, row):
    names = kind.instance_class._fields

    def generate(context, builder, signature, arguments):
        _, array, row = arguments
        zero = row.type(0)
        words = address_of(context, builder, table, array, (row, zero), zero.type(len(names)))
        words = builder.bitcast(words, zero.type.as_pointer())
        fields = [builder.load(builder.gep(words, [zero.type(n)])) for n in range(len(names))]
        return context.make_tuple(builder, signature.return_type, fields)

    return types.NamedUniTuple(types.intp, len(names), kind.instance_class)(kind, table, types.intp), generate


def call_on_bytes(builder: Any, name: str, *arguments: Any) -> None:
    """Call a function of LLVM's that returns nothing, such as ``llvm.memcpy``, whose arguments decide its types."""
    function_type = ir.FunctionType(ir.VoidType(), [argument.type for argument in arguments])
    builder.call(cgutils.get_or_insert_function(builder.module, function_type, name), arguments)


def bytes_of(context: Any, builder: Any, array_type: Any, columns: Any) -> Any:
    """Return how many bytes so many columns are."""
    return builder.mul(columns, context.get_constant(types.intp, array_type.dtype.bitwidth // 8))


@instruction(copy_row)
def build_copy_row(source, row, column, target, target_row, target_column, width):
    def generate(context, builder, signature, arguments):
        source_array, row, column, target_array, target_row, target_column, width = arguments
        read = address_of(context, builder, source, source_array, (row, column), width)
        written = address_of(context, builder, target, target_array, (target_row, target_column), width)
        size, zero = bytes_of(context, builder, source, width), width.type(0)
        vectors = builder.and_(size, width.type(-REGISTER))
        step = source.dtype.bitwidth // 8
        element = context.get_value_type(source.dtype)
        for first, last, each, kind in (
            (zero, vectors, REGISTER, ir.VectorType(element, REGISTER // step)),
            (vectors, size, step, element),
        ):
            with cgutils.for_range_slice(builder, first, last, width.type(each), width.type) as (offset, _):
                at = [builder.bitcast(builder.gep(place, [offset]), kind.as_pointer()) for place in (read, written)]
                read_at, written_at = at
                builder.store(builder.load(read_at, align=step), written_at, align=step)
        return context.get_dummy_value()

    return types.void(source, types.intp, types.intp, target, types.intp, types.intp, types.intp), generate


@instruction(clear_row)
def build_clear_row(matrix, row, first, last):
    def generate(context, builder, signature, arguments):
        array, row, first, last = arguments
        width = builder.sub(last, first)
        written = address_of(context, builder, matrix, array, (row, first), width)
        size = bytes_of(context, builder, matrix, width)
        call_on_bytes(builder, "llvm.memset.p0i8.i64", written, ir.IntType(8)(0), size, ir.IntType(1)(0))
        return context.get_dummy_value()

    return types.void(matrix, types.intp, types.intp, types.intp), generate


@instruction(prefetch_row)
def build_prefetch_row(matrix, row, first, last):
    def generate(context, builder, signature, arguments):
        array, row, first, last = arguments
        begin = address_of(context, builder, matrix, array, (row, first))
        size, word = bytes_of(context, builder, matrix, builder.sub(last, first)), ir.IntType(32)
        zero, line = (context.get_constant(types.intp, number) for number in (0, REGISTER))
        with cgutils.for_range_slice(builder, zero, size, line, zero.type) as (offset, _):
            # To be read, into the level-2 cache, data.
            call_on_bytes(builder, "llvm.prefetch.p0i8", builder.gep(begin, [offset]), word(0), word(2), word(1))
        return context.get_dummy_value()

    return types.void(matrix, types.intp, types.intp, types.intp), generate
