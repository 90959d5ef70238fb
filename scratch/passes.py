"""What a layer is given in a pass forward or back, checked, and what follows for it from being given no more."""

from typing import Any

import numpy as np

from scratch.arrays import Masks
from scratch.cell import Cell
from scratch.cells.dropout import without_dropout
from scratch.checks import check_array, check_params, shape_text
from scratch.engines import ENGINES
from scratch.initializers import check_draw
from scratch.layer import Given, Kept
from scratch.options import check_choice, check_flag
from scratch.shown import shown

# The parameters of a layer that has none.
NONE: dict[str, Any] = {}


def check_given(given: Any) -> None:
    """Refuse all but a ``Given`` that says whether it is for training, and names an engine."""
    if not isinstance(given, Given):
        raise TypeError(f"given must be a Given, such as Given(training=True), but is {shown(given)}")
    check_flag("training", given.training)
    check_flag("keep_tape", given.keep_tape)
    check_choice("engine", given.engine, ENGINES)


def check_pair(name: str, value: Any) -> tuple[Any, Any]:
    """Return a pair, of nothing twice where ``None`` is given; refuse all else."""
    if value is None:
        return None, None
    if not isinstance(value, tuple) or len(value) != 2:
        raise TypeError(f"{name} must be a pair, one part for each direction, but is {shown(value)}")
    return value


def check_kept(kept: Any) -> None:
    """Refuse all but the ``Kept`` of a forward pass that kept its tape."""
    if not isinstance(kept, Kept):
        raise TypeError(f"kept must be the Kept of the forward pass, but is {shown(kept)}")


def check_forward(x: Any, given: Any, shape: tuple[Any, ...] = ("B", "T", "D"), plain: Any = NONE) -> None:
    """Refuse an x that is no array of this shape, and what is no ``Given``; ``plain``: params that hold nothing."""
    check_params("params", plain, NONE)
    check_given(given)
    check_array("x", x, shape)


def check_backward(kept: Any, d_y: Any, shape: tuple[Any, ...], plain: Any = NONE) -> None:
    """Refuse a gradient that is no array of this shape, and what is no ``Kept``; ``plain`` is as above."""
    check_params("params", plain, NONE)
    check_kept(kept)
    check_array("d_y", d_y, shape)


def check_sequences(shape: Any, rng: Any) -> None:
    """Refuse all but the shape of sequences [B, T, D], and what draws no numbers."""
    check_draw(shape, np.float32, rng)
    if len(shape) != 3:
        raise ValueError(f"shape must be that of sequences, [B, T, D], but is {shape_text(shape)}")


def running_cell(cell: Cell, masks: Masks, training: bool) -> Cell:
    """Return the cell that a pass unrolls: outside of training, and without masks, the one without dropout."""
    return cell if training or masks is not None else without_dropout(cell)
