"""From a parameter to the strips of a product."""

from typing import NamedTuple

from scratch.arrays import Array
from scratch.compiling.compiler import kernel
from scratch.jit.machine.view import copy_row, matrix_in, record_at


class Move(NamedTuple):
    """Rows ``first`` to ``last`` of the parameter at the end of a path of names; where they go is in a table."""

    path: tuple[str, ...]
    first: int
    last: int


class Strips(NamedTuple):
    """Where the strips of some gates begin, and what of them a parameter [n, all gates · units] is.

    - ``first``: where they begin. ``depth``: the rows of one. ``gates``, ``gate_size``, ``most``: as in ``StripPlan``.
    - ``row``: the first row that is one of the parameter's. ``gate``: its first gate that is there. ``units``: the
      columns of a gate of the parameter.
    """

    first: int
    depth: int
    gates: int
    gate_size: int
    most: int
    row: int
    gate: int
    units: int


# Rows that are packed at a time, so that reading and writing both stay in few pages.
FEW = 8


@kernel
def pack_strips(parameter: Array, table: Array, number: int, numbers: Array) -> None:
    """Copy a parameter into the ``Strips`` in a row of a table; what is beyond the units of a gate stays as it is."""
    strips, num_rows = record_at(Strips, table, number), parameter.shape[0]
    for top in range(0, num_rows, FEW):
        bottom = top + FEW if top + FEW < num_rows else num_rows
        for unit in range(0, strips.units, strips.most):
            size = strips.most if unit + strips.most <= strips.gate_size else strips.gate_size - unit
            count = size if unit + size <= strips.units else strips.units - unit
            first = strips.first + unit * strips.gates * strips.depth
            packed = matrix_in(numbers, first, strips.depth, strips.gates * size)
            for k in range(top, bottom):
                for gate in range(strips.gates):
                    column = (strips.gate + gate) * strips.units + unit
                    copy_row(parameter, k, column, packed, strips.row + k, gate * size, count)
