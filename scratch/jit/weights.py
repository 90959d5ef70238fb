"""Which weights lead from which columns of the tape's rows to which columns of z's, and how they are packed for it."""

from functools import partial
from itertools import chain

import numpy as np

from scratch.jit.memory import empty, zeros
from scratch.jit.products import Adjoint, pack, pack_transposed, unpack
from scratch.jit.threads import COPYING, run, share_count, shares
from scratch.jit.tile import VECTORS
from scratch.jit.vector import padded


class Product:
    """One affine map z = [h, x, 1] [W_h; W_x; b] between columns of the tape's rows and of z's.

    ``source`` and ``target`` say which, as ``(first, last)``; kept is where they begin.

    - ``parts``: which rows of which parameter stand at which row of the product's matrix, ``(path, first, last, at)``.
    - ``units``: the columns of one gate, each of which begins a vector.
    - ``many``: those parts that need a gradient of ``source``: in its columns ``first`` to ``last``, whole vectors.
    - ``few``: such parts with so few rows that a vector would be nearly empty, and ``columns``, where they stand.
    """

    def __init__(self, source, target, parts, units, dtype):
        self.source, self.target, self.parts, self.units = source[0], target[0], parts, units
        self.dtype, self.panel = dtype, VECTORS * padded(1, dtype)
        self.depth, self.num_columns = source[1] - source[0], target[1] - target[0]
        self.few, self.many = [], []
        for part in parts:
            path, first, last, _ = part
            if path[-1] == "kernel":
                (self.few if last - first <= padded(1, dtype) // 4 else self.many).append(part)
        columns = [range(at, at + last - first) for _, first, last, at in self.few]
        self.columns = self.source + np.array([*chain(*columns)], np.int64)
        begin = min((at for *_, at in self.many), default=0)
        end = max((at + last - first for _, first, last, at in self.many), default=0)
        self.first = self.source + begin
        self.last = self.first + padded(end - begin, dtype)
        # Where the parts leave gaps, between them or at the end of a gate, packed weights are 0; else nothing need be.
        whole = units % padded(1, dtype) == 0
        self.start = empty if whole and sum(last - first for _, first, last, _ in parts) == self.depth else zeros
        self.start_transposed = empty if whole else zeros
        of_many = [range(at - begin, at - begin + last - first) for _, first, last, at in self.many]
        self.gaps = sorted(set(range(self.last - self.first)).difference(*of_many))

    def pack(self, params):
        """Return the packed weights [panels, depth, panel]."""
        packed = self.start((-(-self.num_columns // self.panel), self.depth, self.panel), self.dtype)
        for path, first, last, at in self.parts:
            share_rows(pack, rows_of(params, path, first, last), self.units, packed, at)
        return packed

    def pack_transposed(self, params):
        """Return the transposed weights, an ``Adjoint``, for the gradients of columns of the tape's rows."""
        panels = -(-(self.last - self.first) // self.panel)
        packed = self.start_transposed((panels, self.num_columns, self.panel), self.dtype)
        for column in self.gaps:
            packed[column // self.panel, :, column % self.panel] = 0
        for path, first, last, at in self.many:
            at -= self.first - self.source
            share_rows(pack_transposed, rows_of(params, path, first, last), self.units, packed, at)
        few = zeros((1, len(self.columns), self.num_columns), self.dtype)
        row = 0
        for path, first, last, _ in self.few:
            pack(rows_of(params, path, first, last), self.units, few, row, 0, last - first)
            row += last - first
        return Adjoint(packed, self.first, self.last, few[0], self.columns)

    def unpack(self, gradient, d_params):
        """Copy the gradient of the product's matrix to where ``d_params`` has its parts."""
        for path, first, last, at in self.parts:
            share_rows(unpack, rows_of(d_params, path, first, last), self.units, gradient, at)


def rows_of(params, path, first, last):
    """Return some rows of the parameter at the end of a path of names; a bias is one row."""
    for name in path:
        params = params[name]
    return params.reshape(-1, params.shape[-1])[first:last]


def share_rows(function, matrix, *arguments):
    """Call ``function`` with a matrix and more, its rows shared out among as many threads as are worth it."""
    run(partial(function, matrix, *arguments), *shares(len(matrix), share_count(COPYING * matrix.size)))


def h_x_1(layer, num_columns):
    """Return [h, x, 1] [W_h; W_x; b], for a cell with one ``kernel``, the rows of x above those of h, and ``bias``."""
    num_inputs, h_units, x_at = layer.input_size, layer.cell.output_size, layer.h_size
    parts = (
        (("kernel",), num_inputs, num_inputs + h_units, 0),
        (("kernel",), 0, num_inputs, x_at),
        (("bias",), 0, 1, x_at + num_inputs),
    )
    return Product((0, x_at + num_inputs + 1), (0, num_columns), parts, layer.num_units, layer.dtype)
