"""Products of whole matrices, made of tiles: packing, z = row W, and the gradient rowᵀ ∂L/∂z.

A tile reads its matrix b row after row, VECTORS vectors wide. In a large matrix such a strip is scattered over memory,
so weights are packed first: a packed panel is VECTORS vectors of columns, its rows stored without gaps. The panels of
a product lie one after the other in the arena of all its layer's weights.

A product computes while memory is idle, and what stands between two products waits for memory while nothing is
computed. So each product prefetches rows that will be needed next, read or written, a share of them after each tile.
"""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined
from scratch.jit.machine.tile import ROWS, VECTORS, multiply_tile
from scratch.jit.machine.vector import lanes, load, total
from scratch.jit.machine.view import block, clear_row, matrix_in, prefetch_row, transposed

# Rows of a panel that are used for all of a before the next ones: 128 KB, an eighth of a usual level-2 cache.
DEPTH = 512
# Tokens whose ∂L/∂z is kept before it becomes gradients of weights: with few, sums are loaded and stored too often,
# with many, their rows do not stay in the cache. A tile of one vector goes over its rows four times as often as one of
# four, and both of its operands, a line of each a token, must stay in the level-1 cache: 16 of its 32 KB.
TOKENS = 384 if VECTORS > 1 else 128


@inlined
def multiply(tile: int, a: Array, arena: Array, panels: int, z: Array, add: bool, soon: Array) -> None:
    """Compute z [n, N] = a [n, K] b, or z += a b where ``add``, for the b whose panels begin at ``arena[panels]``.

    N is of whole vectors. ``soon`` are rows to prefetch meanwhile, of any matrix, as many as there may be, or none.
    """
    n, depth = a.shape
    num_columns, width = z.shape[1], VECTORS * lanes(z)
    num_tiles, num_panels = (n + ROWS - 1) // ROWS, (num_columns + width - 1) // width
    tiles_done, all_tiles = 0, (depth + DEPTH - 1) // DEPTH * num_panels * num_tiles
    # Tiles of nearly equal heights: 16 rows are 6 + 5 + 5, not 6 + 6 + 4.
    height, num_higher = n // num_tiles, n % num_tiles
    for k in range(0, depth, DEPTH):
        k_end = k + DEPTH if k + DEPTH <= depth else depth
        for panel in range(num_panels):
            left = panel * width
            right = left + width if left + width <= num_columns else num_columns
            b = block(matrix_in(arena, panels + panel * depth * width, depth, width), k, k_end, 0, right - left)
            bottom = 0
            for number in range(num_tiles):
                top, bottom = bottom, bottom + height + (1 if number < num_higher else 0)
                a_tile, z_tile = block(a, top, bottom, k, k_end), block(z, top, bottom, left, right)
                multiply_tile(tile, a_tile, b, z_tile, add or k > 0)
                if soon.shape[0] > 0:
                    prefetch_share(soon, tiles_done, all_tiles)
                tiles_done += 1


@inlined
def multiply_few(d_z: Array, few: Array, d_rows: Array, add: bool) -> None:
    """Compute ∂L/∂x = ∂L/∂z W_xᵀ, or add it, for an x of so few columns that a vector would be nearly empty."""
    for r in range(d_z.shape[0]):
        for k in range(few.shape[0]):
            products = load(d_z, r, 0) * load(few, k, 0)
            for n in range(lanes(d_z), d_z.shape[1], lanes(d_z)):
                products = products + load(d_z, r, n) * load(few, k, n)
            d_rows[r, k] = total(products) + (d_rows[r, k] if add else 0)


@inlined
def add_gradient(tile: int, a: Array, d_z: Array, d_w: Array, add: bool) -> None:
    """Compute d_w [K, N] = aᵀ d_z, or add it to d_w where ``add``: the sum over the tokens of a block, a row each."""
    depth, num_columns = d_w.shape
    width, num_tiles = VECTORS * lanes(d_z), (depth + ROWS - 1) // ROWS
    for left in range(0, num_columns, width):
        right = left + width if left + width <= num_columns else num_columns
        b = block(d_z, 0, d_z.shape[0], left, right)
        for number in range(num_tiles):
            top, bottom = number * depth // num_tiles, (number + 1) * depth // num_tiles
            # The tile looks at its part of d_w when all tokens are done.
            for k in range(top, bottom):
                prefetch_row(d_w, k, left, right)
            a_tile = transposed(block(a, 0, a.shape[0], top, bottom))
            multiply_tile(tile, a_tile, b, block(d_w, top, bottom, left, right), add)


@inlined
def clear_padding(z: Array, units: int, size: int) -> None:
    """Write 0 beyond the ``units`` of each gate of z, ``size`` columns wide: there, ∞ · 0 is NaN, and would spread."""
    for row in range(z.shape[0]):
        for gate in range(0, z.shape[1] if units < size else 0, size):
            clear_row(z, row, gate + units, gate + size)


@inlined
def prefetch_share(rows: Array, number: int, count: int) -> None:
    """Prefetch one of ``count`` shares of these rows."""
    num_rows, num_columns = rows.shape
    for row in range(number * num_rows // count, (number + 1) * num_rows // count):
        prefetch_row(rows, row, 0, num_columns)
