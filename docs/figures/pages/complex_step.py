"""The error of a derivative by differences and by an imaginary step, against the size of the step."""

import numpy as np

from figures.style import LINES, axes, picture


@picture(
    "complex_step",
    "A difference loses digits, an imaginary step loses none",
    "The error of a derivative against the size of the step, both logarithmic. The difference is best "
    "near a step of 1e−5 and worse on both sides. The complex step's error falls to 1e−16 and stays "
    "there.",
)
def step_sizes():
    def f(x):
        return x * x * x / (1 + x * x)

    x, steps = 0.7, 10.0 ** -np.arange(1, 16)
    exact = (3 + x * x) * x * x / ((1 + x * x) * (1 + x * x))
    errors = {
        "difference (f(x + ε) − f(x − ε)) / 2ε": (f(x + steps) - f(x - steps)) / (2 * steps),
        "complex step Im f(x + iε) / ε": f(x + 1j * steps).imag / steps,
    }
    figure, axis = axes(6, 3)
    for style, (name, values) in zip(LINES, errors.items(), strict=False):
        axis.loglog(steps, np.maximum(np.abs(values - exact), 1e-17), label=name, **style)
    axis.invert_xaxis()
    axis.set(xlabel="step ε, smaller to the right", ylabel="error", ylim=(1e-18, 10))
    axis.legend(fontsize=9)
    return figure
