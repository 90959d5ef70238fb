"""Rows of a matrix of the caller's, to and from those of a part's ranks."""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.vector import lanes, load, store
from scratch.jit.machine.view import clear_row, copy_row


@inlined
def load_rows(source: Array, rows: Array, first: int, target: Array) -> None:
    """Copy rows of a matrix, those that ``rows`` names from its ``first`` number on, to all rows of a wider one.

    What is beyond them becomes 0.
    """
    for r in range(target.shape[0]):
        copy_row(source, rows[first + r], 0, target, r, 0, source.shape[1])
        clear_row(target, r, source.shape[1], target.shape[1])


@inlined
def add_row(source: Array, row: int, target: Array, target_row: int) -> None:
    """Add a row to the first columns of a row of another matrix."""
    width = source.shape[1]
    whole = width - width % lanes(source)
    for k in range(0, whole, lanes(source)):
        store(target, target_row, k, load(target, target_row, k) + load(source, row, k))
    for k in range(whole, width):
        target[target_row, k] += source[row, k]


@inlined
def multiply_row(source: Array, row: int, target: Array, target_row: int) -> None:
    """Multiply the first columns of a row of another matrix by a row; 0 makes 0 of anything, as masks do."""
    for k in range(source.shape[1]):
        factor = source[row, k]
        target[target_row, k] = target[target_row, k] * factor if factor != 0 else 0


@kernel
def clear_ends(
    lengths: Array, step_stride: int, row_stride: int, matrix: Array, first_step: int, last_step: int
) -> None:
    """Write 0 to what is past the end of each row, of lengths [B], at some steps of a matrix of the caller's."""
    for t in range(first_step, last_step):
        for b in range(len(lengths)):
            if t >= lengths[b]:
                clear_row(matrix, t * step_stride + b * row_stride, 0, matrix.shape[1])
