"""A token to a stage: its registers by their names, and in which matrices of the step they are."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Step(NamedTuple):
    """What a stage gets of a step: sizes, and matrices that begin at the row of the step's first token.

    - ``live``: the rows. ``size``: the columns of a gate.
    - ``own``, ``d_own``: where the cell's own column begins in ``rows`` and in ``d_rows``.
    - ``rows``, ``z``, ``c``, ``c_new``, ``h_new``: the tape's [h, 1, x, own], a column a gate, and states.
    - ``d_rows``, ``d_z``, ``d_c``: the gradients of [h, x, own], of z, and of c.
    - ``constants``, ``d_constants``: numbers a unit, the same for all tokens, and their gradients.
    """

    live: int
    size: int
    own: int
    d_own: int
    rows: np.ndarray
    z: np.ndarray
    c: np.ndarray
    c_new: np.ndarray
    h_new: np.ndarray
    d_rows: np.ndarray
    d_z: np.ndarray
    d_c: np.ndarray
    constants: np.ndarray
    d_constants: np.ndarray


SIZES = [name for name, kind in Step.__annotations__.items() if kind is int]
# What a stage is handed: how many columns to compute, then a word for a size, an address and a stride for a matrix.
NUM_WORDS = 1 + 2 * len(Step._fields) - len(SIZES)


class Column(NamedTuple):
    """Where a token's register is: the matrix, by its name, and the column there, or with ``row`` the row.

    ``number`` counts in what ``unit`` names: ``size``, the columns of a gate, or one of the columns of a ``Step``. So
    ``Column("z", 2)`` begins at column 2 · ``step.size`` of ``z``, ``Column("rows", 1, "own")`` at 1 · ``step.own``.
    """

    matrix: str
    number: int = 0
    unit: str = "size"


def columns_of(gates: tuple[str, ...], own: str, constants: tuple[str, ...]) -> dict[str, Column]:
    """Return ``{name: Column}`` of all a token has."""
    columns = {"h": Column("rows"), "h_new": Column("h_new"), "d_h": Column("d_rows")}
    columns |= {name: Column(name) for name in ("c", "c_new", "d_c")}
    columns |= {own: Column("rows", 1, "own"), f"d_{own}": Column("d_rows", 1, "d_own")}
    for n, gate in enumerate(gates):
        # A gate is written over its z.
        columns |= {gate: Column("z", n), f"z_{gate}": Column("z", n), f"d_z_{gate}": Column("d_z", n)}
    for n, name in enumerate(constants):
        columns |= {name: Column("constants", n, "row"), f"d_{name}": Column("d_constants", n, "row")}
    return columns


class Token:
    """The registers of one row, by their names, each loaded when it is first asked for."""

    def __init__(self, columns: dict[str, Column], load: Callable[[Column], Any]) -> None:
        self.columns, self.load = columns, load

    def __getattr__(self, name: str) -> Any:
        if name not in self.columns:
            raise AttributeError(f"a token has {', '.join(sorted(self.columns))}, but no {name}")
        register = self.load(self.columns[name])
        setattr(self, name, register)
        return register
