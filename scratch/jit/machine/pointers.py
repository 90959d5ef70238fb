"""Many matrices by their pointers, in one array: to hand over one array costs less than many."""

import numpy as np
from numba import types
from numba.core import cgutils

from scratch.jit.machine.compiler import instruction
from scratch.jit.machine.vector import address_of
from scratch.jit.machine.view import any_matrix, view


def pointers_to(arrays):
    """Return the pointers [n, 3] to row-major arrays, seen as matrices: address, rows and columns of each.

    The caller must keep the arrays.
    """
    matrices = [array.reshape(-1, array.shape[-1]) for array in arrays]
    return np.array([(array.__array_interface__["data"][0], *array.shape) for array in matrices])


def matrices_at(kind, pointers, first, like):
    """Return a named tuple of ``kind``, of the matrices from the ``first`` on, of the dtype of ``like``."""
    matrices = []
    for address, rows, columns in pointers[first : first + len(kind._fields)].tolist():
        numbers = (np.ctypeslib.as_ctypes_type(like.dtype) * (rows * columns)).from_address(address)
        matrices.append(np.ctypeslib.as_array(numbers).reshape(rows, columns))
    return kind(*matrices)


@instruction(matrices_at)
def build_matrices_at(kind, pointers, first, like):
    matrix, names = any_matrix(like), kind.instance_class._fields

    def generate(context, builder, signature, arguments):
        _, array, first, _ = arguments
        matrices = []
        for n in range(len(names)):
            row = builder.add(first, first.type(n))
            words = address_of(context, builder, pointers, array, (row, first.type(0)), first.type(3))
            words = builder.bitcast(words, first.type.as_pointer())
            address, rows, columns = (builder.load(builder.gep(words, [first.type(k)])) for k in range(3))
            itemsize = context.get_constant(types.intp, like.dtype.bitwidth // 8)
            data = builder.inttoptr(address, cgutils.voidptr_t)
            strides = builder.mul(columns, itemsize), itemsize
            matrices.append(view(context, builder, matrix, data, (rows, columns), strides))
        return context.make_tuple(builder, signature.return_type, matrices)

    result = types.NamedUniTuple(matrix, len(names), kind.instance_class)
    return result(kind, pointers, types.intp, like), generate
