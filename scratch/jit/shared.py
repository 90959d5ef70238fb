"""What compiled code shares with others: flags that say who is done, and places of arrays.

A thread that sleeps takes 50 µs or more to wake up, and longer on a virtual machine. So whoever expects an answer soon
keeps looking for it. Compiled code does so without Python's lock, which the other thread needs in order to answer.

To hand over an array takes Python some 0.06 µs. Where that is long, compiled code gets the places of many in one array.
"""

import platform
import time

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils

from scratch.jit.compiler import instruction, kernel
from scratch.jit.matrix import BYTES, Borrowed, Fields, build, check_index

# A processor of this kind is told that it looks again and again: it then does so at its leisure, some 30 ns a look.
HAS_PAUSE = platform.machine().lower() in ("x86_64", "amd64")


def look(flags, number):
    """Return a flag as it is by now."""
    return flags[number]


def write(flags, number, value):
    """Set a flag, for others to see after all that was written before."""
    flags[number] = value


def pause():
    """Do nothing for a moment. Where nothing is compiled, the others need Python's lock for all they do."""
    time.sleep(0)


def matrix_at(places, number, like):
    """Return a row-major matrix of the dtype of ``like``, which the caller keeps.

    ``places`` [n, 3], from ``places_of``, says of each matrix where in memory it begins, and its rows and columns.
    """
    address, rows, columns = places[number].tolist()
    numbers = (np.ctypeslib.as_ctypes_type(like.dtype) * (rows * columns)).from_address(address)
    return np.ctypeslib.as_array(numbers).reshape(rows, columns)


def as_matrix(array):
    """Return a row-major array [A, B, C] as a matrix [A · B, C]."""
    return array.reshape(-1, array.shape[2])


def places_of(arrays):
    """Return where these row-major arrays are, seen as matrices: to hand over one array costs less than many."""
    matrices = [array.reshape(-1, array.shape[-1]) for array in arrays]
    return np.array([(array.__array_interface__["data"][0], *array.shape) for array in matrices])


@kernel
def raise_flag(flags, number, looks):
    """Set a flag, and stay away from Python's lock for a moment of so many looks: who waits for the flag needs it."""
    write(flags, number, 1)
    for _ in range(looks):
        pause()


@kernel
def wait_for_flags(flags, looks):
    """Return as soon as all flags are set, or after so many looks at each."""
    for number in range(len(flags)):
        for _ in range(looks):
            if look(flags, number):
                break
            pause()


def place(context, builder, array_type, array, number, width=1):
    """Return the address of a row of ``width`` numbers."""
    array = Fields(context, builder, array_type, array)
    check_index(context, builder, number, array.shape(0))
    first = builder.bitcast(array.address, number.type.as_pointer())
    return builder.gep(first, [builder.mul(number, number.type(width))])


@instruction(look)
def build_look(flags, number):
    def generate(context, builder, signature, arguments):
        return builder.load_atomic(place(context, builder, flags, *arguments), "acquire", 8)

    return types.int64(flags, types.intp), generate


@instruction(write)
def build_write(flags, number, value):
    def generate(context, builder, signature, arguments):
        *where, value = arguments
        builder.store_atomic(value, place(context, builder, flags, *where), "release", 8)
        return context.get_dummy_value()

    return types.void(flags, types.intp, types.int64), generate


@instruction(pause)
def build_pause():
    def generate(context, builder, signature, arguments):
        if HAS_PAUSE:
            nothing = ir.FunctionType(ir.VoidType(), [])
            builder.call(cgutils.get_or_insert_function(builder.module, nothing, "llvm.x86.sse2.pause"), [])
        return context.get_dummy_value()

    return types.void(), generate


@instruction(as_matrix)
def build_as_matrix(array):
    kind = Borrowed(array.dtype, 2)

    def generate(context, builder, signature, arguments):
        fields = Fields(context, builder, array, *arguments)
        shape = [builder.mul(fields.shape(0), fields.shape(1)), fields.shape(2)]
        return build(context, builder, kind, fields.address, shape, [fields.stride(1), fields.stride(2)])

    return kind(array), generate


@instruction(matrix_at)
def build_matrix_at(places, number, like):
    kind = Borrowed(like.dtype, 2)

    def generate(context, builder, signature, arguments):
        places_array, number, _ = arguments
        first = place(context, builder, places, places_array, number, 3)
        address, *shape = (builder.load(builder.gep(first, [number.type(n)])) for n in range(3))
        itemsize = context.get_constant(types.intp, kind.itemsize)
        strides = [builder.mul(shape[1], itemsize), itemsize]
        return build(context, builder, kind, builder.inttoptr(address, BYTES), shape, strides)

    return kind(places, types.intp, like), generate
