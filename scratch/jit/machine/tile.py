"""The tile: a product of matrices so small that its result stays in registers.

Every product of this engine is made of tiles of at most ``ROWS`` rows and ``VECTORS`` vectors of columns,

    c [rows, columns] = a [rows, depth] · b [depth, columns]     or     c += a · b

One step of the loop over ``depth`` loads a row of b, VECTORS vectors, and multiplies it by one number of each row of a:
ROWS · VECTORS multiply-adds for ROWS + VECTORS loads. How large a tile may be follows from the registers there are, for
its results, the row of b and a number of a: 6 · 4 vectors on the 32 registers of AVX-512, 6 · 1 on the 16 of AVX2, half
as long, and on the 32 of 64-bit Arm, a quarter as long, and 2 · 1 on the 16 of plain x86-64, a quarter as long.

A result is one sum over depth in ascending order, whatever tile or strip it is in: how rows and columns are cut changes
no bit of it. What it is added to comes last, so a long sum is one of short ones, which rounds less.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from scratch.arrays import Array
from scratch.compiling.compiler import compiled_address, instruction
from scratch.jit.machine.register import REGISTER, call_llvm, constant, registers, spread, strip_size, tile_size
from scratch.jit.machine.vector import Vector, check_index
from scratch.jit.machine.words import INTEGER, call_with_words, load_words

(ROWS, VECTORS), STRIP = tile_size(registers()), strip_size(registers())


def multiply_tile(code: int, a: Array, b: Array, c: Array, add: bool) -> None:
    """Compute c = a b, or c += a b where ``add``; ``code`` is from ``tile_code``.

    a [≤ ROWS, depth] may have any strides; the rows of b and c are of whole vectors, at most VECTORS. This is checked
    only with ``NUMBA_BOUNDSCHECK=1``.
    """
    c[:] = a @ b + c if add else a @ b


@cache
def tile_code(dtype: np.dtype) -> int:
    """Return the address of the compiled tile. It is compiled once, not into each function that calls it."""
    compute = tile_float32 if dtype == np.float32 else tile_float64
    return compiled_address(compute, types.void(types.intp))


def tile_float32(operands: Any) -> None:
    build_tiles(np.float32(0), False, operands)


def tile_float64(operands: Any) -> None:
    build_tiles(np.float64(0), False, operands)


@instruction(multiply_tile)
def build_multiply_tile(code, a, b, c, add, strip=False):
    """Call the code at the address with what it needs of the arrays: where they begin, and their strides in bytes."""

    def generate(context, builder, signature, arguments):
        code, *arrays, add = arguments
        kinds = zip((a, b, c), arrays, strict=True)
        parts = [context.make_array(kind)(context, builder, array) for kind, array in kinds]
        a_at, b_at, c_at = (builder.ptrtoint(part.data, INTEGER) for part in parts)
        (a_row, a_step), (b_step, _), (c_row, _) = (cgutils.unpack_tuple(builder, part.strides) for part in parts)
        _, depth = cgutils.unpack_tuple(builder, parts[0].shape)
        rows, columns = cgutils.unpack_tuple(builder, parts[2].shape)
        lanes = Vector(c.dtype).lanes
        if context.enable_boundscheck:
            check_tile(context, builder, lanes, parts, strip)
        words = rows, builder.sdiv(columns, INTEGER(lanes)), a_at, a_row, a_step, b_at, b_step, depth, c_at, c_row, add
        call_with_words(builder, code, words)
        return context.get_dummy_value()

    return types.void(types.intp, a, b, c, types.intp), generate


def check_tile(context: Any, builder: Any, lanes: int, parts: Any, strip: bool) -> None:
    """Raise ``IndexError`` where there is no such tile or strip, or the shapes of a, b and c do not fit together."""
    shapes = [cgutils.unpack_tuple(builder, part.shape) for part in parts]
    (a_rows, a_depth), (b_depth, b_columns), (rows, columns) = shapes
    area = builder.mul(rows, columns)
    limits = [(area, STRIP * lanes)] if strip else [(rows, ROWS), (columns, VECTORS * lanes)]
    for size, most in limits:
        check_index(context, builder, builder.sub(size, INTEGER(1)), INTEGER(most))
    check_index(context, builder, builder.srem(columns, INTEGER(lanes)), INTEGER(1))
    check_index(context, builder, INTEGER(0), a_depth)
    same = (a_depth, b_depth), (a_rows, INTEGER(1) if strip else rows), (b_columns, area if strip else columns)
    for size, other in same:
        check_index(context, builder, builder.sub(size, other), INTEGER(1))


class Operands(NamedTuple):
    """Addresses, the bytes from a row to the next and from a number of a to the next, the depth, and whether to add."""

    a: ir.Value
    a_row: ir.Value
    a_step: ir.Value
    b: ir.Value
    b_step: ir.Value
    depth: ir.Value
    c: ir.Value
    c_row: ir.Value
    add: ir.Value


@intrinsic(prefer_literal=True)
def build_tiles(typing, number, strip, operands):
    """Write a loop for every size of tile or strip, and a jump to the one for the number of rows and vectors."""
    kind, is_strip = Vector(number), strip.literal_value
    most = (STRIP, STRIP) if is_strip else (ROWS, VECTORS)
    sizes = [(n, m) for n in range(1, most[0] + 1) for m in range(1, most[1] + 1) if not is_strip or n * m <= STRIP]

    def generate(context, builder, signature, arguments):
        rows, vectors, *words = load_words(builder, arguments[2], 11)
        operands = Operands._make(words)
        vector_type = context.get_value_type(kind)
        end, no_such_tile = builder.append_basic_block("end"), builder.append_basic_block("no_such_tile")
        jump = builder.switch(builder.add(builder.mul(rows, INTEGER(most[1] + 1)), vectors), no_such_tile)
        for num_rows, num_vectors in sizes:
            block = builder.append_basic_block(f"tile_{num_rows}_{num_vectors}")
            jump.add_case(INTEGER(num_rows * (most[1] + 1) + num_vectors), block)
            builder.position_at_end(block)
            build_tile(builder, vector_type, (num_rows, num_vectors), operands, is_strip)
            builder.branch(end)
        builder.position_at_end(no_such_tile)
        builder.unreachable()
        builder.position_at_end(end)
        return context.get_dummy_value()

    return types.void(number, strip, types.intp), generate


def build_tile(builder: Any, vector_type: Any, size: tuple[int, int], operands: Any, strip: bool) -> None:
    """Write one tile, or a strip, which has a[0, k] for a[i, k] and b[k, i · vectors + j] for b[k, j]:

    sums = 0
    for k in range(depth):
        for i in range(rows):
            for j in range(vectors):
                sums[i][j] += a[i, k] * b[k, j]
    c = sums + c if add else sums
    """
    (rows, vectors), (a, a_row, a_step, b, b_step, depth, c, c_row, add) = size, operands
    align = 4 if isinstance(vector_type.element, ir.FloatType) else 8

    def load_from(address, llvm_type):
        return builder.load(builder.inttoptr(address, llvm_type.as_pointer()), align=align)

    def each(function):
        return [[function(i, j) for j in range(vectors)] for i in range(rows)]

    def store_all(values):
        each(lambda i, j: builder.store(values[i][j], builder.inttoptr(place[i][j], pointer), align=align))

    pointer, number = vector_type.as_pointer(), vector_type.element
    row_of_a = [builder.mul(a_row, INTEGER(i)) for i in range(1 if strip else rows)]
    row_of_c = [builder.add(c, builder.mul(c_row, INTEGER(i))) for i in range(rows)]
    place = each(lambda i, j: builder.add(row_of_c[i], INTEGER(REGISTER * j)))
    begin, (loop, end_of_loop, end) = builder.block, map(builder.append_basic_block, ("loop", "end_of_loop", "end"))
    builder.branch(loop)

    builder.position_at_end(loop)
    # A phi is a variable of the loop: what it is on the way in, and what each round makes of it.
    sums = each(lambda i, j: builder.phi(vector_type))
    counters = k, at_a, at_b = [builder.phi(INTEGER) for _ in range(3)]
    where_b_is = [builder.add(at_b, INTEGER(REGISTER * j)) for j in range(rows * vectors if strip else vectors)]
    row_of_b = [load_from(place, vector_type) for place in where_b_is]
    factors = [spread(builder, load_from(builder.add(at_a, row), number), vector_type) for row in row_of_a]

    def multiply_add(i, j):
        factor, of_b = (factors[0], row_of_b[i * vectors + j]) if strip else (factors[i], row_of_b[j])
        return call_llvm(builder, "llvm.fmuladd", factor, of_b, sums[i][j])

    new = each(multiply_add)
    for i in range(rows):
        for j in range(vectors):
            sums[i][j].add_incoming(constant(vector_type, 0.0), begin)
            sums[i][j].add_incoming(new[i][j], loop)
    for counter, (first, step) in zip(counters, ((INTEGER(0), INTEGER(1)), (a, a_step), (b, b_step)), strict=True):
        counter.add_incoming(first, begin)
        counter.add_incoming(builder.add(counter, step), loop)
    again = builder.icmp_signed("<", builder.add(k, INTEGER(1)), depth)
    builder.cbranch(again, loop, end_of_loop)

    builder.position_at_end(end_of_loop)
    with builder.if_else(builder.icmp_signed("!=", add, INTEGER(0))) as (to_old, alone):
        with to_old:
            store_all(each(lambda i, j: builder.fadd(new[i][j], load_from(place[i][j], vector_type))))
        with alone:
            store_all(new)
    builder.branch(end)
    builder.position_at_end(end)
