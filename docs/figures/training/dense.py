"""Where weights start: the lengths that random matrices give to vectors, one after another."""

import numpy as np

from figures.style import LINES, axes, picture
from scratch.initializers import glorot_uniform, normal, orthogonal, uniform


def lengths(initializer, layers=20, size=64):
    """Return the mean length of 100 vectors of length 1 after each of so many matrices."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((100, size))
    x, found = x / np.linalg.norm(x, axis=1, keepdims=True), [1.0]
    for _ in range(layers):
        x = x @ initializer(rng, (size, size), np.float64)
        found.append(np.linalg.norm(x, axis=1).mean())
    return found


@picture(
    "training/dense",
    "What initialisers do to the length of a vector",
    "The length of a vector after each of twenty square matrices of 64 columns. Left, orthogonal matrices "
    "keep it at 1 and Glorot's near 1. Right, on a logarithmic axis, normal ones and uniform ones in [0, "
    "1) make it grow without end.",
)
def initialisers():
    figure, both = axes(6.4, 2.8, 1, 2)
    kept = {"orthogonal": orthogonal, "Glorot uniform": glorot_uniform}
    grown = {"normal(0, 1)": normal, "uniform in [0, 1)": uniform}
    for axis, kinds, styles in zip(both, (kept, grown), (LINES[:2], LINES[2:]), strict=True):
        for style, (name, initializer) in zip(styles, kinds.items(), strict=True):
            axis.plot(lengths(initializer), markevery=4, label=name, **style)
        axis.set(xlabel="matrices, one after another", xticks=range(0, 21, 5))
        axis.legend(loc="lower left" if kinds is kept else "upper left")
    both[0].set(ylabel="length of the vector", ylim=(0, 1.4))
    both[1].set(yscale="log")
    return figure
