"""The strip: what a tile is for one row.

Its sums are those of one row of a times G · B vectors of a row of b, which belong to B vectors of each of G gates, and
are stored to as many rows of c. No number of b is used twice, so what counts is that there are enough sums to keep the
processor busy, and that b is read from start to end: ``STRIP`` vectors at most. ``tile.py`` writes it.
"""

from functools import cache
from typing import Any

import numpy as np
from numba import types

from scratch.arrays import Array
from scratch.compiling.compiler import compiled_address, instruction
from scratch.jit.machine.tile import build_multiply_tile, build_tiles


def multiply_strip(code: int, a: Array, b: Array, c: Array, add: bool) -> None:
    """Compute c = a b, or c += a b where ``add``, for one row a [1, depth]; ``code`` is from ``strip_code``.

    b [depth, G · B vectors] and c [G, B vectors]: at most STRIP vectors. This is checked only with
    ``NUMBA_BOUNDSCHECK=1``.
    """
    product = (a @ b).reshape(c.shape)
    c[:] = product + c if add else product


@cache
def strip_code(dtype: np.dtype) -> int:
    """Return the address of the compiled strip."""
    compute = strip_float32 if dtype == np.float32 else strip_float64
    return compiled_address(compute, types.void(types.intp))


def strip_float32(operands: Any) -> None:
    build_tiles(np.float32(0), True, operands)


def strip_float64(operands: Any) -> None:
    build_tiles(np.float64(0), True, operands)


@instruction(multiply_strip)
def build_multiply_strip(code, a, b, c, add):
    return build_multiply_tile(code, a, b, c, add, True)
