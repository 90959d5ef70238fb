"""TensorBoard's histogram of a gradient: the buckets grow by a tenth, so they are equal on a logarithmic axis."""

import numpy as np

from figures.style import BLUE, axes, picture
from scratch import histogram


@picture(
    "training/summaries",
    "A histogram as TensorBoard keeps it",
    "The buckets of 2,000 normally distributed numbers of spread 0.01, on a logarithmic axis for the "
    "positive ones. Each bucket ends a tenth higher than the one before, so all are equally wide here.",
)
def histogram_buckets():
    counted = histogram(np.random.default_rng(0).normal(0, 0.01, 2000))
    limits, counts = np.array(counted.bucket_limit), np.array(counted.bucket)
    positive = (limits > 1e-5) & (limits < 1)
    figure, axis = axes(5.8, 2.7)
    axis.bar(limits[positive] / 1.1, counts[positive], limits[positive] / 11, align="edge", color=BLUE, linewidth=0)
    axis.set(xscale="log", xlabel="value (those above 0)", ylabel="how many in the bucket")
    return figure
