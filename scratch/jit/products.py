"""Products of whole matrices, made of tiles: packing, z = row W, and the gradient rowᵀ ∂L/∂z.

A tile reads its matrix b row after row, VECTORS vectors wide. In a large matrix such a strip is scattered over memory,
so weights are packed first: ``packed[p]`` is the p-th panel, the columns from p · width on, stored without gaps.

A product computes while memory is idle, and what stands between two products waits for memory while nothing is
computed. So each product asks for rows that will be needed soon, read or written, a share of them after each tile.
"""

from typing import NamedTuple

import numpy as np

from scratch.jit.compiler import compiled, inlined
from scratch.jit.shared import borrowed
from scratch.jit.tile import ROWS, VECTORS, multiply_tile
from scratch.jit.vector import copy_row, empty_rows, lanes, load, prefetch_columns, store, total, whole_vectors

# Rows of a panel that are used for all of a before the next ones: 128 KB, an eighth of a usual level-2 cache.
DEPTH = 512
# Tokens whose share of a gradient is added up in one go: with few, sums are loaded and stored too often; with many,
# their rows do not stay in the level-2 cache.
TOKENS = 256


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


@compiled
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
        k_end = min(k + DEPTH, depth)
        for panel in range(packed.shape[0]):
            left = panel * width
            right = min(left + width, num_columns)
            for tile in range(num_tiles):
                # Tiles of equal heights: 16 rows are 5 + 5 + 6, not 6 + 6 + 4.
                top, bottom = tile * n // num_tiles, (tile + 1) * n // num_tiles
                b = packed[panel, k:k_end, : right - left]
                multiply_tile(code, a[top:bottom, k:k_end], b, z[top:bottom, left:right], add or k > 0)
                prefetch_share(soon, tiles_done, all_tiles)
                tiles_done += 1


@compiled
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


@compiled
def add_gradient(code, order, rows, source, d_z, target, first_token, d_w, add, first, last):
    """Compute the tiles ``first`` to ``last`` of d_w [K, N] = aᵀ d_z, or add them to it where ``add``.

    The sum is over the tokens in ``order``. A token's row of a is K columns of its row of ``rows``, from ``source`` on;
    its row of d_z is N columns, from ``target`` on, of the row that is ``first_token`` further up. N is of whole
    vectors. Tiles count down the panels, one panel after another.
    """
    order, rows, d_z, d_w = borrowed((order, rows, d_z, d_w))
    depth, num_columns = d_w.shape
    width, num_tiles = VECTORS * lanes(d_z), (depth + ROWS - 1) // ROWS
    # The panels that these tiles are of, and their columns.
    first_panel, last_panel = first // num_tiles, (last - 1) // num_tiles + 1
    left, right = first_panel * width, min(last_panel * width, num_columns)
    # And the columns of a: of all tiles, or of those in the one panel.
    low, high = 0, depth
    if last_panel - first_panel == 1:
        low = first % num_tiles * depth // num_tiles
        high = ((last - 1) % num_tiles + 1) * depth // num_tiles
    a_rows, d_rows = empty_rows(TOKENS, high - low, rows), empty_rows((last_panel - first_panel) * TOKENS, width, d_z)
    for start in range(0, len(order), TOKENS):
        now, soon = order[start : start + TOKENS], order[start + TOKENS : start + 2 * TOKENS]
        for n in range(len(now)):
            copy_row(rows, now[n], source + low, a_rows, n, 0, high - low)
            row = now[n] - first_token
            for column in range(left, right, lanes(d_z)):
                panel, at = (column - left) // width, (column - left) % width
                store(d_rows, panel * TOKENS + n, at, load(d_z, row, target + column))
        for number in range(first, last):
            panel, tile = number // num_tiles, number % num_tiles
            top, bottom = tile * depth // num_tiles, (tile + 1) * depth // num_tiles
            d_w_tile = d_w[top:bottom, panel * width : min((panel + 1) * width, num_columns)]
            at = (panel - first_panel) * TOKENS
            b = d_rows[at : at + len(now), : d_w_tile.shape[1]]
            multiply_tile(code, a_rows[: len(now), top - low : bottom - low].T, b, d_w_tile, add or start > 0)
            share = number - first, number - first + 1
            for n in range(share[0] * len(soon) // (last - first), share[1] * len(soon) // (last - first)):
                prefetch_columns(rows, soon[n], source + low, source + high)
                prefetch_columns(d_z, soon[n] - first_token, target + left, target + right)


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


def count_tiles(depth, num_columns, width):
    """Return how many tiles ``add_gradient`` has for a gradient [depth, num_columns] and panels of ``width``."""
    return -(-depth // ROWS) * -(-num_columns // width)


@compiled
def pack(matrix, units, packed, row, first, last):
    """Copy rows ``first`` to ``last`` of a matrix [n, gates · units] into ``packed``, to its rows from ``row`` on.

    Each gate begins a vector, so a gate's last vector may be cut short.
    """
    panels, depth, width = packed.shape
    # Panel below panel: each number of ``packed`` then has a row and a column.
    packed = packed.reshape(panels * depth, width)
    size = whole_vectors(units, matrix)
    for k in range(first, last):
        for gate in range(matrix.shape[1] // units):
            unit = 0
            while unit < units:
                # As much as there is of this gate in this panel.
                panel, column = (gate * size + unit) // width, (gate * size + unit) % width
                count = min(width - column, units - unit)
                copy_row(matrix, k, gate * units + unit, packed, panel * depth + row + k, column, count)
                unit += count


@compiled
def unpack(matrix, units, gradient, row, first, last):
    """Copy to rows ``first`` to ``last`` of a matrix [n, gates · units] their gradient, in rows from ``row`` on."""
    size = whole_vectors(units, matrix)
    for k in range(first, last):
        for gate in range(matrix.shape[1] // units):
            copy_row(gradient, row + k, gate * size, matrix, k, gate * units, units)


@compiled
def pack_transposed(matrix, units, packed, row, first, last):
    """``pack`` for the transposed matrix: the rows of ``matrix`` become columns, from ``row`` on."""
    width, size = packed.shape[2], whole_vectors(units, matrix)
    n = first
    while n < last:
        # As many rows as there are columns left in a vector: they fill its line of the cache.
        panel, column = (row + n) // width, (row + n) % width
        count = min(lanes(matrix) - column % lanes(matrix), last - n)
        for gate in range(matrix.shape[1] // units):
            source = matrix[n : n + count, gate * units : (gate + 1) * units]
            target = packed[panel, gate * size :, column:]
            for i in range(count):
                for k in range(units):
                    target[k, i] = source[i, k]
        n += count
