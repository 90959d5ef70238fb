"""What a compiled cell says of itself: its columns, its products and its stages. Each file of ``cells/`` makes one.

The tape has a row [h, 1, x, own] for each token, and a row of z with a column for each gate. A product leads from
neighbouring columns of the first to neighbouring columns of the second.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from scratch.arrays import Params
from scratch.cell import Cell

# What a stage returns: registers, by the names of where they belong.
Results: TypeAlias = dict[str, Any]
# Numbers a unit that the stages get: a number for all, or the path of names of a parameter [units].
Constants: TypeAlias = dict[str, Any]
# The columns of a row that are a 1, for the bias: a second one where products of different columns have biases.
ONES = "one", "another_one"


class Rows(NamedTuple):
    """Rows ``first`` to ``last`` of the parameter at the end of a path of names; a bias is one row."""

    path: tuple[str, ...]
    first: int
    last: int


class Product(NamedTuple):
    """z = row W, and the stage that follows it.

    - ``weights``: ``{"h" or "one" or "x" or the own column: Rows}``, in the order of the row's columns.
    - ``gates``: the columns of z, by name. ``units``: the numbers in each.
    - ``forward``: the stage after it, ``adjoint``: its adjoint; ``None`` where a later product of the step has them.
    - ``adds``: back, its gradients are added to those that are there, and do not replace them.
    """

    weights: dict[str, Rows]
    gates: tuple[str, ...]
    units: int
    forward: Callable[..., Results] | None = None
    adjoint: Callable[..., Results] | None = None
    adds: bool = False


class Equations(NamedTuple):
    """A cell, compiled.

    - ``products``: in the order of the forward step. ``flags``: a named tuple of Booleans that the stages get.
    - ``constants``: by the names that the stages know. ``has_memory``: whether the state has a c.
    - ``own``: the name of the cell's own column of the row, if it has one.
    """

    products: list[Product]
    flags: Any
    constants: Constants
    has_memory: bool = False
    own: str = ""


def h_1_x(cell: Cell, input_size: int, kernel: str = 'kernel', bias: str = 'bias') -> dict[str, Rows]:
    """Return the weights of [h, 1, x] of a cell with one kernel, the rows of x above those of h, and one bias."""
    return {
        "h": Rows((kernel,), input_size, input_size + cell.output_size),
        "one": Rows((bias,), 0, 1),
        "x": Rows((kernel,), 0, input_size),
    }


def at_path(params: Params, path: tuple[str, ...], otherwise: Any = None) -> Any:
    """Return the parameter at the end of a path of names, ``otherwise`` where there is none."""
    found: Any = params
    for name in path:
        found = found.get(name, otherwise)
    return found
