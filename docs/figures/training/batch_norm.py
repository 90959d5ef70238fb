"""Batch normalisation: what it does to features, and how the moving statistics follow."""

import numpy as np

from figures.style import GREY, LINES, axes, picture
from scratch import BatchNormalization


@picture(
    "training/batch_norm",
    "Two features before and after batch normalisation",
    "Left, histograms of two features of a batch of 2,000 rows: one narrow around 6, one wide around −2. "
    "Right, after normalisation both lie on one another around 0 with spread 1.",
)
def normalised_features():
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(6, 0.7, 2000), rng.normal(-2, 2.5, 2000)])
    layer = BatchNormalization()
    y, _, _ = layer.forward(layer.init_params(2, np.float64), layer.init_moving(2, np.float64), x, training=True)
    figure, both = axes(6.4, 2.7, 1, 2)
    for axis, values, title in zip(both, (x, y), ("x", "x̂ = (x − μ) / √(σ² + ε)"), strict=True):
        for feature in range(2):
            style = LINES[feature]
            axis.hist(
                values[:, feature],
                30,
                histtype="step",
                color=style["color"],
                linestyle=style["linestyle"],
                linewidth=1.6,
                label=f"feature {feature}",
            )
        axis.set(title=title, yticks=[])
    both[0].legend(fontsize=9)
    return figure


@picture(
    "training/batch_norm",
    "The moving mean follows slowly, and without training mode not at all",
    "The mean of a feature is 5 in every batch. The moving mean climbs from 0 towards 5 over some "
    "hundreds of steps. Without training=True it stays at 0, the mistake of the tutorial.",
)
def moving_mean():
    layer, rng = BatchNormalization(), np.random.default_rng(1)
    params = layer.init_params(1, np.float64)
    figure, axis = axes(5.8, 2.7)
    for style, training in zip(LINES, (True, False), strict=False):
        moving, means = layer.init_moving(1, np.float64), []
        for _ in range(400):
            _, moving, _ = layer.forward(params, moving, rng.normal(5, 1, (32, 1)), training=training)
            means.append(moving["moving_mean"][0])
        axis.plot(means, markevery=50, label=f"training={training}", **style)
    axis.axhline(5, color=GREY, linestyle=":", linewidth=1)
    axis.set(xlabel="step", ylabel="moving mean")
    axis.legend(loc="center right")
    return figure
