"""The batch at the end of an epoch, which takes the rest of the old order and the start of the new one."""

import numpy as np

from figures.style import INK, picture, sheet, tile, write
from scratch import BatchSource

COUNT, SIZE = 10, 4


@picture(
    "training/batches",
    "Batches of four from ten examples: the third crosses the end of the epoch",
    "Ten examples in one order, then in a new order. Batches of four are taken one after another; the "
    "third takes the last two of the old order and the first two of the new one.",
)
def epoch_boundary():
    source = BatchSource(np.arange(COUNT), np.arange(COUNT), np.random.default_rng(3))
    drawn = np.concatenate([source.next_batch(SIZE)[0] for _ in range(5)])
    figure, axis = sheet(22, 5.4)
    for place, number in enumerate(drawn):
        batch = place // SIZE
        tile(axis, 1 + place, 2, number, "soft blue" if batch % 2 == 0 else "soft green")
        if place % SIZE == 0:
            write(axis, 1 + place + SIZE / 2, 3.6, f"batch {batch}", fontsize=9.5)
    axis.plot([1 + COUNT] * 2, [0.8, 4.2], color=INK, linewidth=2, linestyle="--")
    write(axis, 6, 1.2, "first epoch")
    write(axis, 16, 1.2, "second epoch, a new order")
    return figure
