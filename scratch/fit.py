"""Whether parameters are those for inputs of a width, and if not, for which."""

from collections.abc import Callable
from typing import Any

import numpy as np

from scratch.arrays import DType, Shapes
from scratch.checks import check_params
from scratch.tree import named_leaves


def check_fit(params: Any, param_shapes: Callable[[int], Shapes], width: int, dtype: DType, inputs: str) -> None:
    """Refuse parameters that are not those for inputs of this width, and say so where the width may be what is wrong.

    ``param_shapes`` returns their shapes for a width; ``inputs`` is the name of the argument that has it.
    """
    try:
        check_params("params", params, param_shapes(width), dtype)
    except ValueError as error:
        fitting = fitting_width(params, param_shapes, width)
        if fitting is None:
            raise
        words = f"{inputs} of width {width} and params for a width of {fitting} do not fit"
        raise ValueError(f"{words}: {error}") from None


def fitting_width(params: Any, param_shapes: Callable[[int], Shapes], width: int) -> int | None:
    """Return the one width of inputs that parameters suit, where they suit another than ``width``."""
    found = {path: leaf.shape for path, leaf in named_leaves(params) if isinstance(leaf, np.ndarray)}
    for path, wanted in flat_shapes(param_shapes(width)).items():
        # Where a kernel is, is left to the cell: the size that depends on the width tells by how much it is off.
        for have, want in zip(found.get(path, ()), wanted, strict=False):
            fitting = width + have - want
            try:
                if have != want and fitting > 0 and flat_shapes(param_shapes(fitting)) == found:
                    return fitting
            except ValueError:
                continue  # No such cell has inputs of that width.
    return None


def flat_shapes(shapes: Any, name: str = "") -> dict[str, tuple[int, ...]]:
    """Return ``{path: shape}`` of a nested dict of shapes, of which each is a tuple and no tree."""
    if not isinstance(shapes, dict):
        return {name: shapes}
    flat = [flat_shapes(branch, f"{name}/{key}" if name else key) for key, branch in shapes.items()]
    return {path: shape for branch in flat for path, shape in branch.items()}
