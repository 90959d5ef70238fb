"""A long valley, and the paths of optimisers through it: what the pages of the optimisers share."""

import numpy as np

from figures.style import FAINT, GREY, INK, LINES, axes

STEEP, START = 20.0, (-4.0, 1.0)


def slope(theta):
    """Return the gradient of L = θ₀² / 2 + STEEP · θ₁² / 2."""
    return theta * np.array([1.0, STEEP])


def path(optimizer, steps):
    """Return the places [steps + 1, 2] of an optimiser that starts at START."""
    params = {"theta": np.array(START)}
    slots, places = optimizer.init_slots(params), [np.array(START)]
    for _ in range(steps):
        params, slots = optimizer.apply_gradients(params, {"theta": slope(params["theta"])}, slots)
        places.append(params["theta"])
    return np.array(places)


def draw_paths(optimizers, steps=30):
    """Return a figure with the path of each optimiser, ``{name: optimizer}``, one dot a step."""
    figure, axis = axes(6.2, 3.2)
    x, y = np.meshgrid(np.linspace(-4.6, 1.6, 80), np.linspace(-1.5, 1.5, 60))
    levels = [0.1, 0.5, 1.5, 4, 8, 16]
    axis.contour(x, y, x * x / 2 + STEEP * y * y / 2, levels, colors=FAINT, linewidths=0.9)
    for style, (name, optimizer) in zip(LINES, optimizers.items(), strict=False):
        places = path(optimizer, steps)
        axis.plot(*places.T, label=name, markersize=3.5, linewidth=1.3, **style)
    axis.plot([0], [0], marker="*", markersize=12, color=INK, linestyle="none")
    axis.annotate("lowest point", (0, 0), (6, -14), textcoords="offset points", fontsize=9, color=GREY)
    axis.set(xlim=(-4.6, 1.6), ylim=(-1.5, 1.5), xlabel="θ₀, flat", ylabel="θ₁, steep")
    axis.grid(visible=False)
    axis.legend(loc="upper right", fontsize=9)
    return figure
