"""Rows padded in their order, and padded by buckets of about one length; masks."""

import numpy as np

from figures.style import axes, blank, picture, tile, write
from scratch import bucket_by_length, padded_batches, padding_cost, sequence_mask

LENGTHS = [9, 2, 3, 8, 2, 10, 3, 9, 4, 2, 8, 3]


@picture(
    "inputs/padding",
    "Padding with and without buckets",
    "The same twelve rows in three batches of four, twice. In their order, each batch is padded to a long "
    "row. In buckets of short and long rows, few cells of padding are left. Padding is hatched and "
    "counted.",
)
def buckets():
    rows = [np.full(length, 1) for length in LENGTHS]
    kinds = {"in their order": padded_batches(rows, 4), "in buckets, cut at 5": bucket_by_length(rows, [5], [4, 4])}
    figure, both = axes(6.4, 4.6, 1, 2)
    for axis, (title, batches) in zip(both, kinds.items(), strict=True):
        blank(axis, 10, 4 * len(batches) + len(batches))
        cost = padding_cost(batches)
        axis.set_title(f"{title}:\n{cost.padding} of {cost.padding + cost.steps} cells are padding", fontsize=10)
        for number, batch in enumerate(batches):
            for row, step in np.ndindex(batch.inputs.shape):
                real = step < batch.sequence_length[row]
                tile(
                    axis,
                    step,
                    5 * number + row,
                    "",
                    "soft blue" if real else "none",
                    hatch="" if real else "////",
                    linewidth=0.6,
                )
    return figure


@picture(
    "inputs/padding",
    "sequence_mask: lengths become a mask",
    "Lengths 3, 0, 5 and 1 stand left. Right of each a row of five cells, 1 in the first so many and 0 in the rest.",
)
def mask_of_lengths():
    lengths = [3, 0, 5, 1]
    figure, axis = axes(4.6, 2.5)
    blank(axis, 8, 4)
    for row, line in enumerate(sequence_mask(lengths, 5, np.int64)):
        write(axis, 1.2, row + 0.5, f"T_b = {lengths[row]}  →")
        for step, value in enumerate(line):
            tile(axis, 3 + step, row, value, "soft blue" if value else "soft grey")
    return figure
