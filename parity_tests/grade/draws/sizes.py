"""Sizes and numbers that see every mistake: no two sizes alike, no number 0, rows of 0, 1 and T steps, not in order."""

from typing import Any, NamedTuple

import numpy as np

Params = dict[str, np.ndarray]
# With these rows a function must return what it returns in float32.
FLOAT32 = "rows of float32"


class Call(NamedTuple):
    """One call of a function: its arguments, and what is special about them, such as ``"logits of 1000"``."""

    function: str
    arguments: tuple[Any, ...]
    special: str = ""


class Sizes(NamedTuple):
    """B, T, D, H, C, and the length of each row."""

    batch: int
    steps: int
    inputs: int
    units: int
    classes: int
    lengths: tuple[int, ...]


# In the last, T is longer than every row.
SIZES = (
    Sizes(5, 7, 3, 4, 6, (3, 0, 7, 1, 5)),
    Sizes(6, 4, 5, 2, 3, (2, 4, 0, 3, 1, 2)),
    Sizes(4, 9, 2, 3, 5, (6, 1, 0, 7)),
)


def some(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw numbers of about 1, none near 0."""
    drawn = rng.normal(size=shape)
    return np.where(np.abs(drawn) < 0.05, 0.3, drawn)


def cell_params(rng: np.random.Generator, inputs: int, units: int, gates: int = 1) -> Params:
    """Draw ``kernel`` [D + H, gates · H] and ``bias``."""
    kernel = some(rng, inputs + units, gates * units) * 0.6
    return {"kernel": kernel, "bias": some(rng, gates * units) * 0.7}
