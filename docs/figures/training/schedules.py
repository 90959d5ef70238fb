"""Learning rates over two thousand steps."""

import numpy as np

from figures.style import LINES, axes, picture
from scratch.training.schedules import (
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
    WarmUp,
)

LEFT = {
    "ExponentialDecay": ExponentialDecay(0.1, 500, 0.5),
    "  with staircase": ExponentialDecay(0.1, 500, 0.5, staircase=True),
    "InverseTimeDecay": InverseTimeDecay(0.1, 500, 1.0),
    "PiecewiseConstantDecay": PiecewiseConstantDecay([800, 1600], [0.1, 0.05, 0.01]),
}
RIGHT = {
    "CosineDecay": CosineDecay(0.1, 2000),
    "  after WarmUp": WarmUp(CosineDecay(0.1, 1700), 300),
    "PolynomialDecay": PolynomialDecay(0.1, 1500, 0.01),
    "  with cycle": PolynomialDecay(0.1, 700, 0.0, power=2.0, cycle=True),
}


@picture(
    "training/schedules",
    "Learning rates over two thousand steps",
    "Left, rates that halve every five hundred steps, smoothly and in a staircase, fall as one over time, or are "
    "piecewise constant. Right, half a cosine wave, the same after a warm-up, a straight line down to a tenth, and a "
    "parabola that starts again.",
)
def rates():
    figure, both = axes(8, 3.2, 1, 2)
    steps = np.arange(0, 2001, 10)
    for axis, chosen in zip(both, (LEFT, RIGHT), strict=True):
        for style, (name, schedule) in zip(LINES, chosen.items(), strict=False):
            axis.plot(steps, [schedule(int(step)) for step in steps], markevery=40, label=name, **style)
        axis.set(xlabel="step", ylim=(0, 0.13))
        axis.legend(loc="upper right")
    both[0].set(ylabel="learning rate")
    return figure
