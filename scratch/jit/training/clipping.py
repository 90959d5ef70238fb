"""Clipping, compiled: the three kinds of ``scratch/training/clipping.py``, in place, of all gradients in one array."""

import math

import numpy as np

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.register import at_least, at_most
from scratch.jit.machine.vector import lanes, load, store, total

# Registers whose squares are summed before their sum is rounded into that of all: a long sum of short ones rounds less.
BLOCK = 32


@inlined
def length(g: Array, first: int, last: int) -> float:
    """Return ‖g‖ of the numbers ``first`` to ``last``: of whole registers, block by block, and of what is left."""
    squares, size = np.float64(0), lanes(g)
    whole = first + (last - first) // size * size
    for start in range(first, whole, BLOCK * size):
        end = start + BLOCK * size if start + BLOCK * size < whole else whole
        of_block = load(g, 0, start) * load(g, 0, start)
        for k in range(start + size, end, size):
            of_block = of_block + load(g, 0, k) * load(g, 0, k)
        squares += total(of_block)
    for k in range(whole, last):
        squares += g[0, k] * g[0, k]
    return math.sqrt(squares)


@kernel
def clip_values(numbers: Array, g: Array) -> None:
    """Move every number of g [1, P] into the range of the two in ``numbers`` [1, 3]; NaN stays NaN."""
    for k in range(0, g.shape[1], lanes(g)):
        # g ← max(min(g, highest), lowest)
        store(g, 0, k, at_least(at_most(load(g, 0, k), numbers[0, 1]), numbers[0, 0]))


@kernel
def clip_norms(numbers: Array, g: Array, bounds: Array) -> None:
    """Shorten each variable of g [1, P] to the length c = ``numbers[0, 0]``; ``bounds`` [n, 2]: from where to where."""
    for n in range(bounds.shape[0]):
        first, last = bounds[n, 0], bounds[n, 1]
        norm = length(g, first, last)
        # max(‖g‖, c), rounded to the dtype; NaN stays NaN
        numbers[0, 1] = numbers[0, 0] if norm <= numbers[0, 0] else norm
        c, longest = numbers[0, 0], numbers[0, 1]
        whole = first + (last - first) // lanes(g) * lanes(g)
        # g ← g c / max(‖g‖, c)
        for k in range(first, whole, lanes(g)):
            store(g, 0, k, load(g, 0, k) * c / longest)
        for k in range(whole, last):
            g[0, k] = g[0, k] * c / longest


@kernel
def clip_all(numbers: Array, g: Array) -> None:
    """Shorten g [1, P] to the length c = ``numbers[0, 0]``; ``numbers[0, 1]`` is then N, its length before."""
    norm, c = length(g, 0, g.shape[1]), np.float64(numbers[0, 0])
    # c / max(N, c), and NaN where N is not finite
    numbers[0, 1], numbers[0, 2] = norm, c * min(1 / norm, 1 / c) + (norm - norm)
    scale = numbers[0, 2]
    for k in range(0, g.shape[1], lanes(g)):
        # g ← g c / max(N, c)
        store(g, 0, k, load(g, 0, k) * scale)
