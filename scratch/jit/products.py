"""Products of whole matrices, made of tiles: packing, z = row W, and the gradient rowᵀ ∂L/∂z.

A tile reads its matrix b row after row, VECTORS vectors wide. In a large matrix such a strip is scattered over memory,
so weights are packed first: ``packed[p]`` is the p-th panel, the columns from p · width on, stored without gaps.

A product computes while memory is idle, and what stands between two products waits for memory while nothing is
computed. So each product asks for rows that will be needed soon, read or written, a share of them after each tile.
"""

from typing import NamedTuple

import numpy as np

from scratch.jit.compiler import inlined, kernel
from scratch.jit.tile import ROWS, VECTORS, multiply_tile
from scratch.jit.vector import copy_row, lanes, lesser, load, prefetch_columns, store, total, whole_vectors

# Rows of a panel that are used for all of a before the next ones: 128 KB, an eighth of a usual level-2 cache.
DEPTH = 512
# Tokens whose ∂L/∂z is kept before it becomes gradients of weights: with few, sums are loaded and stored too often,
# with many, their rows do not stay in the level-2 cache.
TOKENS = 384


class Adjoint(NamedTuple):
    """The transposed weights of a product, for the gradients of columns of the tape's rows.

    - ``packed``: [panels, N, width] those of columns ``first`` to ``last``, in whole vectors.
    - ``few``: [F, N] those of the columns in ``columns`` [F], which are too few to be worth a vector.
    """

    packed: np.ndarray
    first: int
    last: int
    few: np.ndarray
    columns: np.ndarray


@kernel
def multiply(code, a, packed, z, add, soon):
    """Compute z [n, N] = a [n, K] b for a packed b, or z += a b where ``add``; N is of whole vectors.

    Columns of z to the right of the last panel are left as they are. ``soon`` are rows to ask for meanwhile, of any
    array, as many as there may be, or none.
    """
    n, depth = a.shape
    num_columns, width = z.shape[1], packed.shape[2]
    num_tiles = (n + ROWS - 1) // ROWS
    tiles_done, all_tiles = 0, (depth + DEPTH - 1) // DEPTH * packed.shape[0] * num_tiles
    for k in range(0, depth, DEPTH):
        k_end = lesser(k + DEPTH, depth)
        for panel in range(packed.shape[0]):
            left = panel * width
            right = lesser(left + width, num_columns)
            for tile in range(num_tiles):
                # Tiles of equal heights: 16 rows are 5 + 5 + 6, not 6 + 6 + 4.
                top, bottom = tile * n // num_tiles, (tile + 1) * n // num_tiles
                b = packed[panel, k:k_end, : right - left]
                multiply_tile(code, a[top:bottom, k:k_end], b, z[top:bottom, left:right], add or k > 0)
                prefetch_share(soon, tiles_done, all_tiles)
                tiles_done += 1


@kernel
def multiply_transposed(code, d_z, weights, d_rows, add, soon):
    """Compute ∂L/∂row = ∂L/∂z Wᵀ, or add it, in those columns of ``d_rows`` that the ``Adjoint`` is for."""
    multiply(code, d_z, weights.packed, d_rows[:, weights.first : weights.last], add, soon)
    for r in range(d_z.shape[0]):
        for k in range(len(weights.columns)):
            products = load(d_z, r, 0) * load(weights.few, k, 0)
            for n in range(lanes(d_z), d_z.shape[1], lanes(d_z)):
                products = products + load(d_z, r, n) * load(weights.few, k, n)
            column = weights.columns[k]
            d_rows[r, column] = total(products) + (d_rows[r, column] if add else 0)


@kernel
def add_gradient(code, rows, source, d_z, target, d_w, add):
    """Compute d_w [K, N] = aᵀ d_z, or add it to d_w where ``add``: the sum over the tokens of a block.

    A token's row of a is K columns of its row of ``rows``, from ``source`` on; its row of d_z is N columns, from
    ``target`` on, of the row with the same number. N is of whole vectors.
    """
    depth, num_columns = d_w.shape
    width, num_tiles = VECTORS * lanes(d_z), (depth + ROWS - 1) // ROWS
    for left in range(0, num_columns, width):
        right = lesser(left + width, num_columns)
        b = d_z[:, target + left : target + right]
        for tile in range(num_tiles):
            top, bottom = tile * depth // num_tiles, (tile + 1) * depth // num_tiles
            # The tile looks at its part of d_w when all tokens are done.
            for k in range(top, bottom):
                prefetch_columns(d_w, k, left, right)
            multiply_tile(code, rows[:, source + top : source + bottom].T, b, d_w[top:bottom, left:right], add)


@inlined
def clear_padding(z, units, size):
    """Write 0 beyond the ``units`` of each gate of z, ``size`` columns wide: there, ∞ · 0 is NaN, and would spread."""
    for row in range(z.shape[0]):
        for gate in range(0, z.shape[1], size):
            for column in range(gate + units, gate + size):
                z[row, column] = 0


@inlined
def prefetch_share(rows, number, count):
    """Ask for one of ``count`` shares of these rows."""
    num_rows, num_columns = rows.shape
    for row in range(number * num_rows // count, (number + 1) * num_rows // count):
        prefetch_columns(rows, row, 0, num_columns)


@kernel
def pack(matrix, units, packed, row, first, last):
    """Copy rows ``first`` to ``last`` of a matrix [n, gates · units] into ``packed``, to its rows from ``row`` on.

    Each gate begins a vector, so a gate's last vector may be cut short.
    """
    width = packed.shape[2]
    size = whole_vectors(units, matrix)
    for k in range(first, last):
        for gate in range(matrix.shape[1] // units):
            unit = 0
            while unit < units:
                # As much as there is of this gate in this panel.
                panel, column = (gate * size + unit) // width, (gate * size + unit) % width
                count = lesser(width - column, units - unit)
                copy_row(matrix, k, gate * units + unit, packed[panel], row + k, column, count)
                unit += count


@kernel
def unpack(matrix, units, gradients, row, first, last):
    """Copy to rows ``first`` to ``last`` of a matrix [n, gates · units] their gradient, in rows from ``row`` on.

    It is the sum of those of all parts, ``gradients`` [P, K, N], of which the first becomes the sum.
    """
    size, gradient = whole_vectors(units, matrix), gradients[0]
    for k in range(first, last):
        for part in range(1, len(gradients)):
            add_row(gradients[part], row + k, gradient)
        for gate in range(matrix.shape[1] // units):
            copy_row(gradient, row + k, gate * size, matrix, k, gate * units, units)


@inlined
def add_row(source, row, target):
    """Add a row to that of another matrix of whole vectors."""
    for n in range(0, target.shape[1], lanes(target)):
        store(target, row, n, load(target, row, n) + load(source, row, n))


@kernel
def pack_transposed(matrix, units, packed, row, first, last):
    """``pack`` for the transposed matrix: the rows of ``matrix`` become columns, from ``row`` on."""
    # A width that the compiler knows is one it divides by in no time.
    width, size = VECTORS * lanes(packed), whole_vectors(units, matrix)
    n = first
    while n < last:
        # As many rows as there are columns left in a vector: they fill its line of the cache.
        panel, column = (row + n) // width, (row + n) % width
        count = lesser(lanes(matrix) - column % lanes(matrix), last - n)
        for gate in range(matrix.shape[1] // units):
            source = matrix[n : n + count, gate * units : (gate + 1) * units]
            target = packed[panel, gate * size :, column:]
            for i in range(count):
                for k in range(units):
                    target[k, i] = source[i, k]
        n += count
