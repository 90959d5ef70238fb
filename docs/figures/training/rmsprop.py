"""RMSProp in a valley, and how its mean of squares forgets."""

import numpy as np

from figures.style import LINES, axes, picture
from figures.training.valley import draw_paths
from scratch import AdagradOptimizer, RMSPropOptimizer


@picture(
    "training/rmsprop",
    "RMSProp and Adagrad in a valley",
    "Thirty steps of each. RMSProp forgets old gradients, so its steps stay long; Adagrad's steps become "
    "shorter and shorter.",
)
def valley_rmsprop():
    return draw_paths({"Adagrad": AdagradOptimizer(0.3), "RMSProp": RMSPropOptimizer(0.15, decay=0.8)})


def step_sizes(optimizer, steps=150):
    """Return how far one weight moves at each step when its gradient is 1 for 50 steps, 10 for 10 and then 1 again."""
    params = {"theta": np.zeros(1)}
    slots, moved = optimizer.init_slots(params), []
    for step in range(steps):
        before = params["theta"]
        g = np.array([10.0 if 50 <= step < 60 else 1.0])
        params, slots = optimizer.apply_gradients(params, {"theta": g}, slots)
        moved.append(abs(params["theta"] - before)[0])
    return moved


@picture(
    "training/rmsprop",
    "After a burst of large gradients: RMSProp forgets it, Adagrad never does",
    "The size of the steps over 150 steps; between step 50 and 60 the gradients are ten times as large. "
    "RMSProp's steps recover after the burst. Adagrad's stay small.",
)
def burst_of_gradients():
    figure, axis = axes(6, 2.8)
    for style, (name, optimizer) in zip(
        LINES, {"Adagrad": AdagradOptimizer(1.0), "RMSProp": RMSPropOptimizer(1.0)}.items(), strict=False
    ):
        axis.semilogy(step_sizes(optimizer), markevery=15, label=name, **style)
    axis.axvspan(50, 60, color=LINES[1]["color"], alpha=0.15, linewidth=0)
    axis.annotate("gradients × 10", (61, 2.2), fontsize=9)
    axis.set(xlabel="step", ylabel="size of the step, η = 1")
    axis.legend()
    return figure
