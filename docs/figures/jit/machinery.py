"""Rows ranked from the longest to the shortest: at each step the live rows are the first so many."""

import numpy as np

from figures.style import axes, blank, picture, tile

LENGTHS = np.array([2, 7, 3, 1, 5, 4])


@picture(
    "jit/machinery",
    "Rows ranked by length: no step of padding is computed",
    "Left, six rows in the order of the batch; real steps filled, padding hatched. Right, the same rows "
    "from the longest to the shortest: at each step the live ones are the first so many, and their number "
    "stands below.",
)
def ranked_rows():
    order = np.argsort(-LENGTHS, kind="stable")
    figure, both = axes(6.4, 2.9, 1, 2)
    for axis, rows, title in zip(both, (np.arange(6), order), ("the batch", "ranked"), strict=True):
        blank(axis, 7, 7)
        axis.set_title(title)
        for rank, row in enumerate(rows):
            axis.text(-0.3, rank + 0.5, f"row {row}", ha="right", va="center", fontsize=9)
            for step in range(7):
                real = step < LENGTHS[row]
                tile(axis, step, rank, "", "soft blue" if real else "none", hatch="" if real else "////", linewidth=0.6)
    for step in range(7):
        tile(both[1], step, 6.15, (LENGTHS > step).sum(), "soft orange", height=0.8, size=9)
    both[1].text(-0.3, 6.55, "live", ha="right", va="center", fontsize=9)
    return figure
