"""How much each step counts in ``sequence_loss``, for each way to average."""

import numpy as np

from figures.style import axes, blank, heat, picture, write
from scratch import sequence_loss

LENGTHS = np.array([1, 2, 3, 6])


def shares(timesteps, batch):
    """Return how much each step's loss counts in the sum of what ``sequence_loss`` returns, [B, T]."""
    weights = (np.arange(6) < LENGTHS[:, None]).astype(float)
    options = {"average_across_timesteps": timesteps, "average_across_batch": batch}
    _, cache = sequence_loss(np.zeros((4, 6, 3)), np.zeros((4, 6), int), weights, **options)
    return cache.share


@picture(
    "training/sequence_loss",
    "What each step counts for, by how sequence_loss averages",
    "Three tables of four rows with 1, 2, 3 and 6 real steps. Averaged over both, all twelve real steps "
    "count the same. Averaged over time alone, each row counts 1 in all. Averaged over the batch alone, "
    "each column does.",
)
def step_shares():
    kinds = {"over both": (True, True), "over time": (True, False), "over the batch": (False, True)}
    figure, three = axes(6.6, 2.1, 1, 3)
    for axis, (name, arguments) in zip(three, kinds.items(), strict=True):
        share = shares(*arguments)
        heat(blank(axis, 6, 4), share, largest=1)
        axis.set_title(name)
        for (row, step), value in np.ndenumerate(share):
            if value:
                write(axis, step + 0.5, row + 0.5, f"{value:.2f}".lstrip("0"), fontsize=7.5)
    return figure
