"""The end of a network, compiled: an output layer and its loss, forward and back, in one call.

    y = x W + b        L = Σ share ⊙ (− log p_label)        and back to ∂L/∂x, ∂L/∂W and ∂L/∂b

The equations are those of ``scratch/training/dense.py`` and ``losses.py``. Whether the loss is a mean, or one over the
real steps, is in the shares: 1 / N each, or the mask over the count.
"""

from typing import NamedTuple

import numpy as np

from scratch.arrays import Array, Float
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.view import block, clear_row, copy_row, matrix_in, record_at
from scratch.jit.training.dense import dense_backward, dense_forward, multiply
from scratch.jit.training.losses import cross_entropy_row


class HeadLayout(NamedTuple):
    """The sizes of an output layer over ``num_rows`` rows of ``depth`` numbers, and the address of the tile.

    ``width`` and ``d_width`` are ``num_classes`` and ``depth`` up to whole registers.
    """

    tile: int
    num_rows: int
    depth: int
    num_classes: int
    width: int
    d_width: int


class Work(NamedTuple):
    """What a head works on: W and b in rows [D + 1, width], Wᵀ, y, p, ∂L/∂y, ∂L/∂x, ∂L/∂(W, b)."""

    w: Float[Array, "rows width"]
    w_t: Float[Array, "classes d_width"]
    y: Float[Array, "N width"]
    p: Float[Array, "N width"]
    d_y: Float[Array, "N width"]
    d_x: Float[Array, "N d_width"]
    d_w: Float[Array, "rows width"]


def work_size(layout: HeadLayout) -> int:
    """Return how many numbers the memory of a ``Work`` has."""
    of_rows = layout.num_rows * (3 * layout.width + layout.d_width)
    return 2 * (layout.depth + 1) * layout.width + layout.num_classes * layout.d_width + of_rows


@inlined
def work_in(layout: HeadLayout, arena: Array) -> Work:
    """Return the ``Work`` in the memory of one."""
    n, width, d_width, rows = layout.num_rows, layout.width, layout.d_width, layout.depth + 1
    at_w_t = rows * width
    at_y = at_w_t + layout.num_classes * d_width
    at_d_x = at_y + 3 * n * width
    w, w_t = matrix_in(arena, 0, rows, width), matrix_in(arena, at_w_t, layout.num_classes, d_width)
    y, p = matrix_in(arena, at_y, n, width), matrix_in(arena, at_y + n * width, n, width)
    d_y, d_x = matrix_in(arena, at_y + 2 * n * width, n, width), matrix_in(arena, at_d_x, n, d_width)
    return Work(w, w_t, y, p, d_y, d_x, matrix_in(arena, at_d_x + n * d_width, rows, width))


@inlined
def load_weights(layout: HeadLayout, weights: Array, work: Work) -> None:
    """Copy kernel [D, C] and bias [C], which lie one after the other, to rows of whole registers, and transposed."""
    depth, num_classes = layout.depth, layout.num_classes
    given = matrix_in(weights, 0, depth + 1, num_classes)
    for row in range(depth + 1):
        copy_row(given, row, 0, work.w, row, 0, num_classes)
        for k in range(num_classes, layout.width):
            # Beyond the classes y is −∞, and p is 0.
            work.w[row, k] = 0 if row < depth else -np.inf
    for k in range(num_classes):
        for row in range(depth):
            work.w_t[k, row] = given[row, k]
        clear_row(work.w_t, k, depth, layout.d_width)


@inlined
def head(
    layout: HeadLayout, weights: Array, x: Array, labels: Array, shares: Array, arena: Array, d_weights: Array
) -> float:
    """Return the loss of rows x [N, D], for labels [1, N] and shares [1, N]; ∂L/∂(W, b) goes to ``d_weights``.

    In the memory of the ``Work`` are then y, p and ∂L/∂x. A row of no share adds nothing to any.
    """
    work, loss, num_classes = work_in(layout, arena), 0.0, layout.num_classes
    load_weights(layout, weights, work)
    dense_forward(layout.tile, x, work.w, work.y)
    for row in range(layout.num_rows):
        if shares[0, row] == 0:
            clear_row(work.d_y, row, 0, layout.width)
        else:
            share = shares[0, row]
            loss += share * cross_entropy_row(work.y, row, labels[0, row], share, work.p, work.d_y)
    dense_backward(layout.tile, x, work.d_y, work.d_w)
    d_given = matrix_in(d_weights, 0, layout.depth + 1, num_classes)
    for row in range(layout.depth + 1):
        copy_row(work.d_w, row, 0, d_given, row, 0, num_classes)
    # ∂L/∂x = ∂L/∂y Wᵀ
    d_y = block(work.d_y, 0, layout.num_rows, 0, num_classes)
    multiply(layout.tile, d_y, work.w_t, work.d_x)
    return loss


@kernel
def run_head(
    layouts: Array, weights: Array, x: Array, labels: Array, shares: Array, arena: Array, d_weights: Array
) -> float:
    """``head`` for Python: ``layouts`` [1, n] is a ``HeadLayout``."""
    return head(record_at(HeadLayout, layouts, 0), weights, x, labels, shares, arena, d_weights)
