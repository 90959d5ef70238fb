"""A run that explodes is stopped at the first number that shows it."""

import numpy as np

from scratch.arrays import Tree
from scratch.tree import named_leaves


def check_finite(step: int, quantities: dict[str, Tree]) -> None:
    """Raise ``FloatingPointError``, which names the step and the quantity, where a number is infinite or NaN.

    ``quantities`` are numbers and trees of arrays, each under its name. To be called before they are kept: what was
    saved last is then good to go on from.
    """
    for name, tree in quantities.items():
        for path, leaf in named_leaves(tree, name):
            array = np.asarray(leaf)
            if not np.isfinite(array).all():
                raise FloatingPointError(f"{path} is {array[~np.isfinite(array)][0]} at step {step}")
