"""Adam in a valley, and its first steps with and without the correction of the bias."""

import numpy as np

from figures.style import LINES, axes, picture
from figures.training.valley import draw_paths
from scratch import AdamOptimizer, MomentumOptimizer, RMSPropOptimizer


@picture(
    "training/adam",
    "Adam in a valley, beside momentum and RMSProp",
    "Thirty steps of each. Adam steps along a mean of the gradients, divided by the root of a mean of "
    "their squares: the direction of momentum with the scales of RMSProp.",
)
def valley_adam():
    return draw_paths(
        {
            "momentum": MomentumOptimizer(0.03, 0.8),
            "RMSProp": RMSPropOptimizer(0.15, decay=0.8),
            "Adam": AdamOptimizer(0.3),
        }
    )


def first_steps(corrected, steps=100):
    """Return how far a weight moves at each step when its gradient is always 1, η = 1; without the correction, too."""
    params = {"theta": np.zeros(1)}
    optimizer = AdamOptimizer(1.0)
    slots, moved = optimizer.init_slots(params), []
    for _ in range(steps):
        if not corrected:
            slots = {**slots, "beta1_power": np.array(0, np.float32), "beta2_power": np.array(0, np.float32)}
        new, slots = optimizer.apply_gradients(params, {"theta": np.ones(1)}, slots)
        moved.append(-(new["theta"] - params["theta"])[0])
        params = new
    return moved


@picture(
    "training/adam",
    "Adam's first steps, with and without the correction",
    "The gradient is always 1 and η is 1. With the correction every step is 1 long. Without it the first "
    "step is more than 3 long and the steps reach 6, because v starts at 0 and fills more slowly than m.",
)
def adam_first_steps():
    figure, axis = axes(5.8, 2.7)
    for style, (name, corrected) in zip(LINES, {"corrected": True, "not corrected": False}.items(), strict=False):
        axis.plot(range(1, 101), first_steps(corrected), markevery=12, label=name, **style)
    axis.set(xlabel="step", ylabel="size of the step")
    axis.legend()
    return figure
