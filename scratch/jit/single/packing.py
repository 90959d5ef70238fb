"""From a parameter to the strips of a product."""

from math import prod
from typing import Any, NamedTuple

from scratch.arrays import Array
from scratch.compiling.compiler import kernel
from scratch.jit.machine.vector import lanes
from scratch.jit.machine.view import copy_row, matrix_in, record_at
from scratch.jit.single.records import StripPlan
from scratch.jit.walk.equations import Equations, Product, at_path


class Strips(NamedTuple):
    """Where the strips of some gates begin, and what of them a parameter [n, all gates · units] is.

    - ``at``: where the parameter begins among the numbers of all, one after the other.
    - ``top``, ``num_rows``, ``columns``: the first of its rows that are meant, how many there are, and their numbers.
    - ``first``: where the strips begin. ``depth``: the rows of one. ``gates``, ``gate_size``, ``most``: as in
      ``StripPlan``, but of gates shorter than a vector each is one.
    - ``row``: the first row that is one of the parameter's. ``gate``: its first gate that is there. ``units``: the
      columns of a gate of the parameter.
    """

    at: int
    top: int
    num_rows: int
    columns: int
    first: int
    depth: int
    gates: int
    gate_size: int
    most: int
    row: int
    gate: int
    units: int


class Scope(NamedTuple):
    """A layer while it is laid out.

    - ``path``: the names before those of its parameters. ``shapes``: the parameters' shapes, by the names after it.
    - ``lanes``: the numbers in a register of its stages, of which a gate takes as many as it needs.
    - ``h_size``: the columns of h.
    """

    path: tuple[str, ...]
    shapes: Any
    lanes: int
    h_size: int


class Packing:
    """Where the parameters of a stack go, one of the ``Strips`` after the other.

    - ``paths``: the path of the parameter of each. ``firsts``: where each parameter begins among all ``num_params``.
    - ``constants``: first and last number, and what they are at every call.
    """

    def __init__(self) -> None:
        self.strips: list[Strips] = []
        self.paths: list[tuple[str, ...]] = []
        self.firsts: dict[tuple[str, ...], int] = {}
        self.num_params = 0
        self.constants: list[tuple[int, int, float]] = []

    def add_strips(self, product: Product, plan: StripPlan, gates: tuple[int, int], scope: Scope) -> None:
        """Say of each parameter of a product where its rows go."""
        row = 0
        for name in sorted(product.weights, key=is_state):
            path, first, last = product.weights[name]
            is_same = bool(row) and self.paths[-1] == scope.path + path
            last_strips = self.strips[-1] if is_same and self.strips[-1].first == plan.weights else None
            if last_strips and last_strips.top + last_strips.num_rows == first:
                # The rows of x and those of h are often neighbours.
                self.strips[-1] = last_strips._replace(num_rows=last_strips.num_rows + last - first)
            elif shape := at_path(scope.shapes, path):
                is_whole = plan.gate_size == plan.width
                self.strips.append(
                    Strips(
                        at=self.find(scope.path + path, shape),
                        top=first,
                        num_rows=last - first,
                        columns=shape[-1],
                        first=plan.weights,
                        depth=plan.inputs + plan.depth,
                        gates=gates[1],
                        gate_size=plan.width,
                        most=plan.most if is_whole else plan.width,
                        row=row,
                        gate=gates[0],
                        units=product.units,
                    )
                )
            row += last - first

    def find(self, path: tuple[str, ...], shape: tuple[int, ...]) -> int:
        """Return where the parameter of the next strips begins among all."""
        self.paths.append(path)
        if path not in self.firsts:
            self.firsts[path] = self.num_params
            self.num_params += prod(shape)
        return self.firsts[path]

    def add_constants(self, equations: Equations, scope: Scope, width: int, first: int) -> int:
        """Say where a layer's constants go, rows that begin at ``first``, which is returned."""
        for row, wanted in enumerate(equations.constants.values()):
            at = first + row * width
            if isinstance(wanted, tuple):
                units = at_path(scope.shapes, wanted)[-1]
                at_all = self.find(scope.path + wanted, (units,))
                self.strips.append(Strips(at_all, 0, 1, units, at, 1, 1, width, width, 0, 0, units))
            else:
                self.constants.append((at, at + width, wanted))
        return first


def is_state(name: str) -> bool:
    """Return whether a column of the row is not among [1, x]."""
    return name not in ("one", "x")


# Rows that are packed at a time, so that reading and writing both stay in few pages.
FEW = 8


@kernel
def pack_strips(parameter: Array, table: Array, row: int, numbers: Array, is_one_of_all: bool) -> None:
    """Copy a parameter into the ``Strips`` in a row of a table; what is beyond the units of a gate stays as it is.

    It is the array, of one axis, or where it ``is_one_of_all`` one of those that lie there one after the other.
    """
    strips, vector = record_at(Strips, table, row), lanes(numbers)
    at = strips.top * strips.columns + (strips.at if is_one_of_all else 0)
    rows = matrix_in(parameter, at, strips.num_rows, strips.columns)
    for top in range(0, strips.num_rows, FEW):
        bottom = top + FEW if top + FEW < strips.num_rows else strips.num_rows
        for unit in range(0, strips.units, strips.most):
            size = strips.most if unit + strips.most <= strips.gate_size else strips.gate_size - unit
            count = size if unit + size <= strips.units else strips.units - unit
            first = strips.first + unit * strips.gates * strips.depth
            packed = matrix_in(numbers, first, strips.depth, (strips.gates * size + vector - 1) // vector * vector)
            for k in range(top, bottom):
                for gate in range(strips.gates):
                    column = (strips.gate + gate) * strips.units + unit
                    copy_row(rows, k, column, packed, strips.row + k, gate * size, count)
