"""A dense layer, compiled: the products of ``scratch/training/dense.py``, made of tiles, and the sums of its bias."""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined
from scratch.jit.machine.tile import ROWS, VECTORS, multiply_tile
from scratch.jit.machine.vector import lanes, load, store
from scratch.jit.machine.view import block, transposed


@inlined
def multiply(tile: int, a: Array, b: Array, c: Array) -> None:
    """Compute c = a b, tile by tile; c and b are of whole registers."""
    width = VECTORS * lanes(c)
    for left in range(0, c.shape[1], width):
        right = left + width if left + width < c.shape[1] else c.shape[1]
        strip = block(b, 0, b.shape[0], left, right)
        for top in range(0, c.shape[0], ROWS):
            bottom = top + ROWS if top + ROWS < c.shape[0] else c.shape[0]
            multiply_tile(tile, block(a, top, bottom, 0, a.shape[1]), strip, block(c, top, bottom, left, right), False)


@inlined
def dense_forward(tile: int, x: Array, w: Array, y: Array) -> None:
    """Compute y = x W + b; the rows of ``w`` [D + 1, units] are those of W, and b."""
    depth = x.shape[1]
    multiply(tile, x, block(w, 0, depth, 0, w.shape[1]), y)
    for row in range(y.shape[0]):
        for k in range(0, y.shape[1], lanes(y)):
            store(y, row, k, load(y, row, k) + load(w, depth, k))


@inlined
def dense_backward(tile: int, x: Array, d_y: Array, d_w: Array) -> None:
    """Compute ∂L/∂W = xᵀ ∂L/∂y of some columns of x [N, D], in as many rows of ``d_w`` [D, units]."""
    multiply(tile, transposed(x), d_y, d_w)


@inlined
def bias_backward(d_y: Array, d_w: Array, row: int) -> None:
    """Compute ∂L/∂b = Σ ∂L/∂y, in a row of ``d_w``."""
    for k in range(0, d_y.shape[1], lanes(d_y)):
        d_bias = load(d_y, 0, k)
        for n in range(1, d_y.shape[0]):
            d_bias = d_bias + load(d_y, n, k)
        store(d_w, row, k, d_bias)
