"""The end of a network, compiled: an output layer and its loss, forward and back, in one call.

    y = x W + b        L = Σ share ⊙ (− log p_label)        and back to ∂L/∂x, ∂L/∂W and ∂L/∂b

The equations are those of ``scratch/training/dense.py`` and ``losses.py``. Whether the loss is a mean, or one over the
real steps, is in the shares: 1 / N each, or the mask over the count.
"""

from typing import NamedTuple

import numpy as np

from scratch.arrays import Array, Float
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.view import block, clear_row, copy_row, matrix_in, record_at, rows_of
from scratch.jit.training.dense import bias_backward, dense_backward, dense_forward, multiply
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
    """What a head works on: W and b in rows [D + 1, width], Wᵀ, y, p, ∂L/∂y, ∂L/∂x, ∂L/∂(W, b), each row's loss."""

    w: Float[Array, "rows width"]
    w_t: Float[Array, "classes d_width"]
    y: Float[Array, "N width"]
    p: Float[Array, "N width"]
    d_y: Float[Array, "N width"]
    d_x: Float[Array, "N d_width"]
    d_w: Float[Array, "rows width"]
    losses: Float[Array, "1 N"]


def work_size(layout: HeadLayout) -> int:
    """Return how many numbers the memory of a ``Work`` has."""
    of_rows = layout.num_rows * (3 * layout.width + layout.d_width + 1)
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
    d_w = matrix_in(arena, at_d_x + n * d_width, rows, width)
    return Work(w, w_t, y, p, d_y, d_x, d_w, matrix_in(arena, at_d_x + n * d_width + rows * width, 1, n))


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
def head_rows(
    layout: HeadLayout, work: Work, x: Array, labels: Array, shares: Array, first: int, last: int
) -> None:  # fmt: skip
    """Make y, p, the losses, ∂L/∂y and ∂L/∂x of rows ``first`` to ``last``. A row of no share adds nothing to any."""
    y, d_y = rows_of(work.y, first, last), rows_of(work.d_y, first, last)
    dense_forward(layout.tile, rows_of(x, first, last), work.w, y)
    for row in range(first, last):
        share, work.losses[0, row] = shares[0, row], 0
        if share == 0:
            clear_row(work.d_y, row, 0, layout.width)
        else:
            work.losses[0, row] = share * cross_entropy_row(work.y, row, labels[0, row], share, work.p, work.d_y)
    # ∂L/∂x = ∂L/∂y Wᵀ
    multiply(layout.tile, block(d_y, 0, last - first, 0, layout.num_classes), work.w_t, rows_of(work.d_x, first, last))


@inlined
def head_gradients(layout: HeadLayout, work: Work, x: Array, d_weights: Array, first: int, last: int) -> None:
    """Write ∂L/∂W of columns ``first`` to ``last`` of x to ``d_weights``, and with the first of all ∂L/∂b."""
    columns, d_w = block(x, 0, layout.num_rows, first, last), rows_of(work.d_w, first, last)
    dense_backward(layout.tile, columns, work.d_y, d_w)
    d_given = matrix_in(d_weights, 0, layout.depth + 1, layout.num_classes)
    for row in range(first, last):
        copy_row(work.d_w, row, 0, d_given, row, 0, layout.num_classes)
    if first == 0:
        bias_backward(work.d_y, work.d_w, layout.depth)
        copy_row(work.d_w, layout.depth, 0, d_given, layout.depth, 0, layout.num_classes)


@inlined
def loss_of(work: Work) -> float:
    """Return the sum of the losses of all rows."""
    loss = 0.0
    for row in range(work.losses.shape[1]):
        loss += work.losses[0, row]
    return loss


@inlined
def head(
    layout: HeadLayout, weights: Array, x: Array, labels: Array, shares: Array, arena: Array, d_weights: Array
) -> float:
    """Return the loss of rows x [N, D], for labels [1, N] and shares [1, N]; ∂L/∂(W, b) goes to ``d_weights``.

    In the memory of the ``Work`` are then y, p and ∂L/∂x.
    """
    work = work_in(layout, arena)
    load_weights(layout, weights, work)
    head_rows(layout, work, x, labels, shares, 0, layout.num_rows)
    head_gradients(layout, work, x, d_weights, 0, layout.depth)
    return loss_of(work)


@kernel
def run_head(
    layouts: Array, weights: Array, x: Array, labels: Array, shares: Array, arena: Array, d_weights: Array
) -> float:
    """``head`` for Python: ``layouts`` [1, n] is a ``HeadLayout``."""
    return head(record_at(HeadLayout, layouts, 0), weights, x, labels, shares, arena, d_weights)
