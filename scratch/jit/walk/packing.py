"""Packing: from a cell's parameters into the arena of its layer's packed panels, and gradients back."""

from typing import NamedTuple

from scratch.arrays import Array
from scratch.compiling.compiler import kernel
from scratch.jit.machine.vector import lanes
from scratch.jit.machine.view import copy_row, matrix_in


class Panels(NamedTuple):
    """Where the panels of a matrix [depth, N] are in an arena, and what of it a parameter [n, gates · units] is.

    - ``first``: where they begin. ``number``: how many. ``depth``, ``width``: the rows and columns of one.
    - ``row``: the first row of the matrix that is one of the parameter's. ``units``: the columns of a gate, each of
      which begins a register of ``lanes``.
    """

    first: int
    number: int
    depth: int
    width: int
    row: int
    units: int
    lanes: int


@kernel
def pack(parameter: Array, panels: Panels, arena: Array, back: bool, first: int, last: int) -> None:
    """Copy rows ``first`` to ``last`` of a parameter into panels, or ``back``. Each gate begins a register."""
    packed = matrix_in(arena, panels.first, panels.number * panels.depth, panels.width)
    units, size = panels.units, panels.lanes
    for k in range(first, last):
        row, column = panels.row + k, 0
        for gate in range(0, parameter.shape[1], units):
            for unit in range(0, units, size):
                count = size if unit + size <= units else units - unit
                if back:
                    copy_row(packed, row, column, parameter, k, gate + unit, count)
                else:
                    copy_row(parameter, k, gate + unit, packed, row, column, count)
                column += size
                if column == panels.width:
                    row, column = row + panels.depth, 0


@kernel
def pack_transposed(parameter: Array, panels: Panels, arena: Array, first: int, last: int) -> None:
    """``pack`` for the transposed parameter: its rows become columns, from column ``row`` on."""
    packed = matrix_in(arena, panels.first, panels.number * panels.depth, panels.width)
    units, size = panels.units, -(-panels.units // panels.lanes) * panels.lanes
    n = first
    while n < last:
        # As many rows as there are columns left in a vector: they fill its line of the cache.
        panel, column = (panels.row + n) // panels.width, (panels.row + n) % panels.width
        left = lanes(arena) - column % lanes(arena)
        count = left if n + left <= last else last - n
        for gate in range(parameter.shape[1] // units):
            row = panel * panels.depth + gate * size
            for i in range(count):
                for k in range(units):
                    packed[row + k, column + i] = parameter[n + i, gate * units + k]
        n += count
