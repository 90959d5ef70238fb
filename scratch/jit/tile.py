"""The tile: a product of matrices so small that its result stays in registers.

Every product of this engine is made of tiles of at most ``ROWS`` rows and ``VECTORS`` vectors of columns,

    c [rows, columns] = a [rows, depth] · b [depth, columns]     or     c += a · b

One step of the loop over ``depth`` loads a row of b, VECTORS registers, and multiplies it by one number of each row of
a: ROWS · VECTORS multiply-adds for ROWS + VECTORS loads. 6 · 4 results, the 4 vectors of b and a number of a fill 29 of
the 32 registers of AVX-512; with 7 rows some would have to be stored and loaded again at every step. AVX2 has 16
registers of half the size: 6 · 1 results take 12 of them.

A result is one sum over depth in ascending order, whatever tile it is in: how rows and columns are cut changes no bit
of it. What it is added to comes last, so a long sum is one of short ones, which rounds less.
"""

from functools import cache

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from scratch.jit.compiler import compiled_address, has_feature, instruction
from scratch.jit.matrix import Fields, check_index
from scratch.jit.register import Vector, call_llvm, constant, spread

ROWS = 6
VECTORS = 4 if has_feature("avx512f") else 1
INTEGER = ir.IntType(64)


def multiply_tile(code, a, b, c, add):
    """Compute c = a b, or c += a b where ``add``; ``code`` is from ``tile_code``.

    a [≤ ROWS, depth] may have any strides; the rows of b and c are of whole vectors, at most VECTORS. This is checked
    only with ``NUMBA_BOUNDSCHECK=1``.
    """
    c[:] = a @ b + c if add else a @ b


@cache
def tile_code(dtype):
    """Return the address of the compiled tile. It is compiled once, not into each function that calls it."""
    compute = tile_float32 if dtype == np.float32 else tile_float64
    return compiled_address(compute, types.void(*[types.intp] * 11))


def tile_float32(rows, vectors, a, a_row, a_step, b, b_step, depth, c, c_row, add):
    build_tiles(np.float32(0), rows, vectors, a, a_row, a_step, b, b_step, depth, c, c_row, add)


def tile_float64(rows, vectors, a, a_row, a_step, b, b_step, depth, c, c_row, add):
    build_tiles(np.float64(0), rows, vectors, a, a_row, a_step, b, b_step, depth, c, c_row, add)


@instruction(multiply_tile)
def build_multiply_tile(code, a, b, c, add):
    """Call the code at the address with what it needs of the arrays: where they begin, and their strides in bytes."""

    def generate(context, builder, signature, arguments):
        code, *arrays, add = arguments
        kinds = zip((a, b, c), arrays, strict=True)
        matrices = a_, b_, c_ = [Fields(context, builder, kind, array) for kind, array in kinds]
        a_at, b_at, c_at = (builder.ptrtoint(matrix.address, INTEGER) for matrix in matrices)
        rows, depth, a_row, a_step = a_.shape(0), a_.shape(1), a_.stride(0), a_.stride(1)
        b_step, c_row = b_.stride(0), c_.stride(0)
        lanes = Vector(c.dtype).lanes
        vectors = builder.sdiv(c_.shape(1), INTEGER(lanes))
        if context.enable_boundscheck:
            check_tile(context, builder, lanes, *matrices)
        function = builder.inttoptr(code, ir.FunctionType(ir.VoidType(), [INTEGER] * 11).as_pointer())
        builder.call(function, [rows, vectors, a_at, a_row, a_step, b_at, b_step, depth, c_at, c_row, add])
        return context.get_dummy_value()

    return types.void(types.intp, a, b, c, types.intp), generate


def check_tile(context, builder, lanes, a, b, c):
    """Raise ``IndexError`` where there is no such tile, or the shapes of a, b and c do not fit together."""
    rows, depth, columns = a.shape(0), a.shape(1), c.shape(1)
    for size, most in ((rows, ROWS), (columns, VECTORS * lanes)):
        check_index(context, builder, builder.sub(size, INTEGER(1)), INTEGER(most))
    check_index(context, builder, builder.srem(columns, INTEGER(lanes)), INTEGER(1))
    check_index(context, builder, INTEGER(0), depth)
    for size, other in ((depth, b.shape(0)), (columns, b.shape(1)), (rows, c.shape(0))):
        check_index(context, builder, builder.sub(size, other), INTEGER(1))


@intrinsic
def build_tiles(typing, number, rows, vectors, a, a_row, a_step, b, b_step, depth, c, c_row, add):
    """Write a loop for every size of tile, and a jump to the one for ``rows`` and ``vectors``."""
    kind = Vector(number)

    def generate(context, builder, signature, arguments):
        _, rows, vectors, *operands = arguments
        vector_type = context.get_value_type(kind)
        end, no_such_tile = builder.append_basic_block("end"), builder.append_basic_block("no_such_tile")
        jump = builder.switch(builder.add(builder.mul(rows, INTEGER(VECTORS + 1)), vectors), no_such_tile)
        for num_rows in range(1, ROWS + 1):
            for num_vectors in range(1, VECTORS + 1):
                block = builder.append_basic_block(f"tile_{num_rows}_{num_vectors}")
                jump.add_case(INTEGER(num_rows * (VECTORS + 1) + num_vectors), block)
                builder.position_at_end(block)
                build_tile(builder, vector_type, num_rows, num_vectors, *operands)
                builder.branch(end)
        builder.position_at_end(no_such_tile)
        builder.unreachable()
        builder.position_at_end(end)
        return context.get_dummy_value()

    return types.void(number, *[types.intp] * 11), generate


def build_tile(builder, vector_type, rows, vectors, a, a_row, a_step, b, b_step, depth, c, c_row, add):
    """Write one tile:

    sums = 0
    for k in range(depth):
        for i in range(rows):
            for j in range(vectors):
                sums[i][j] += a[i, k] * b[k, j]
    c = sums + c if add else sums
    """
    number = vector_type.element
    align = 4 if isinstance(number, ir.FloatType) else 8

    def load_number(address):
        return builder.load(builder.inttoptr(address, number.as_pointer()), align=align)

    def each(function):
        return [[function(i, j) for j in range(vectors)] for i in range(rows)]

    row_of_a = [builder.mul(a_row, INTEGER(i)) for i in range(rows)]
    rows_of_c = (builder.add(c, builder.mul(c_row, INTEGER(i))) for i in range(rows))
    row_of_c = [builder.inttoptr(row, vector_type.as_pointer()) for row in rows_of_c]
    begin, loop = builder.block, builder.append_basic_block("loop")
    end_of_loop = builder.append_basic_block("end_of_loop")
    builder.branch(loop)

    builder.position_at_end(loop)
    # A phi is a variable of the loop: what it is on the way in, and what each round makes of it.
    sums = each(lambda i, j: builder.phi(vector_type))
    counters = k, at_a, at_b = [builder.phi(INTEGER) for _ in range(3)]
    at_vector = builder.inttoptr(at_b, vector_type.as_pointer())
    row_of_b = [builder.load(builder.gep(at_vector, [INTEGER(j)]), align=align) for j in range(vectors)]
    factors = [spread(builder, load_number(builder.add(at_a, row)), vector_type) for row in row_of_a]
    new = each(lambda i, j: call_llvm(builder, "llvm.fma", factors[i], row_of_b[j], sums[i][j]))
    for i in range(rows):
        for j in range(vectors):
            sums[i][j].add_incoming(constant(vector_type, 0.0), begin)
            sums[i][j].add_incoming(new[i][j], loop)
    steps = (INTEGER(0), INTEGER(1)), (a, a_step), (b, b_step)
    for counter, (first, step) in zip(counters, steps, strict=True):
        counter.add_incoming(first, begin)
        counter.add_incoming(builder.add(counter, step), loop)
    again = builder.icmp_signed("<", builder.add(k, INTEGER(1)), depth)
    builder.cbranch(again, loop, end_of_loop)

    builder.position_at_end(end_of_loop)
    place = each(lambda i, j: builder.gep(row_of_c[i], [INTEGER(j)]))
    with builder.if_else(builder.icmp_signed("!=", add, INTEGER(0))) as (to_old, alone):
        with to_old:
            old = each(lambda i, j: builder.load(place[i][j], align=align))
            each(lambda i, j: builder.store(builder.fadd(new[i][j], old[i][j]), place[i][j], align=align))
        with alone:
            each(lambda i, j: builder.store(new[i][j], place[i][j], align=align))
