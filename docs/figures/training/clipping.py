"""What clipping does to a gradient's direction, and to a vanilla network's training."""

import numpy as np

from figures.pages.one_page import train
from figures.style import GREY, LINES, axes, picture
from scratch import clip_by_global_norm, clip_by_norm, clip_by_value


@picture(
    "training/clipping",
    "Three ways to clip a gradient of two weights",
    "An arrow from 0 to (3, 1). Clipped by the global norm, it keeps its direction and ends on the circle "
    "of radius 1. Clipped by value it becomes (1, 1), another direction. Clipped weight by weight it is "
    "(1, 1) as well.",
)
def clipped_arrows():
    figure, axis = axes(5.4, 2.9)
    g = {"a": np.array([3.0]), "b": np.array([1.0])}
    angle = np.linspace(0, np.pi / 2, 60)
    axis.plot(np.cos(angle), np.sin(angle), color=GREY, linestyle=":", linewidth=1.2)
    found = {
        "gradient (3, 1)": g,
        "global norm 1: same direction": clip_by_global_norm(g, 1.0)[0],
        "by value, or each by its norm: (1, 1)": {**clip_by_value(g, -1.0, 1.0)},
    }
    each = clip_by_norm(g, 1.0)
    if not np.allclose([each["a"], each["b"]], 1):
        raise ValueError("clipped each by its own norm, both weights are 1")
    for style, (name, clipped) in zip(LINES, found.items(), strict=False):
        x, y = clipped["a"][0], clipped["b"][0]
        axis.plot([0, x], [0, y], label=name, markevery=[1], **style)
    axis.set(xlim=(0, 3.3), ylim=(0, 1.9), xlabel="weight a", ylabel="weight b", aspect="equal")
    axis.legend(loc="upper left", fontsize=8.5)
    return figure


def losses(clip_norm, epochs=100):
    """Return the mean loss of each epoch of ``examples/one_page.py`` with a vanilla network, clipped or not."""
    return train("rnn", 0, epochs, clip_norm).losses.reshape(epochs, -1).mean(axis=1)


@picture(
    "training/clipping",
    "A vanilla network's loss, with and without clipping",
    "The loss of each epoch of the network of the first page. Without clipping it falls, jumps up several "
    "times and falls again. Clipped to a norm of 1, only small bumps are left.",
)
def clipped_training():
    figure, axis = axes(6.2, 2.9)
    for style, (name, clip_norm) in zip(LINES, {"not clipped": None, "clipped to norm 1": 1.0}.items(), strict=False):
        axis.semilogy(losses(clip_norm), label=name, markevery=12, **style)
    axis.set(xlabel="epoch", ylabel="loss")
    axis.legend()
    return figure
