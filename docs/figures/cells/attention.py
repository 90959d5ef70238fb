"""Attention over the last outputs: the shares of a run, and the data flow."""

import numpy as np

from figures.flow import Flow
from figures.style import axes, blank, heat, picture, write
from scratch import AttentionCellWrapper, BasicLSTMCell


def shares(length=5, steps=14):
    """Return α [T, K] of one row of a wrapper with larger weights than a new one's, so that it has preferences."""
    rng = np.random.default_rng(3)
    cell = AttentionCellWrapper(BasicLSTMCell(8), attn_length=length)
    params = cell.init_params(rng, 4, np.float64)
    params["attention"] = {name: 3 * array for name, array in params["attention"].items()}
    state, found = cell.zero_state(1, np.float64), []
    for x in rng.standard_normal((steps, 1, 4)):
        _, state, cache = cell.forward(params, x, state)
        found.append(cache.alpha[0])
    return np.array(found)


@picture(
    "cells/attention",
    "What each step attends to",
    "A table of 14 steps by the outputs of 14 steps. Each step shares 1 among the five outputs before it, "
    "drawn the darker the larger the share, with the share written in hundredths.",
)
def attention_shares():
    alpha = shares()
    steps, length = alpha.shape
    table = np.zeros((steps, steps))
    for step, line in enumerate(alpha):
        for place, share in enumerate(line):
            if (looked_at := step - length + place) >= 0:
                table[step, looked_at] = share
    figure, axis = axes(5.4, 5.2)
    heat(blank(axis, steps, steps), table)
    for (step, other), share in np.ndenumerate(table):
        if share >= 0.005:
            write(axis, other + 0.5, step + 0.5, f"{100 * share:.0f}", fontsize=8.5)
    axis.text(steps / 2, steps + 0.7, "the output of step … →", ha="center", va="center")
    axis.text(-0.6, steps / 2, "← step", ha="center", va="center", rotation=90)
    return figure


@picture(
    "cells/attention",
    "The attention wrapper as a data flow",
    "The input x and what was attended to, u, are mixed into the cell's input. The new state asks; the "
    "last K outputs S are scored, softmax gives the shares α, and their weighted sum is the new u. Output "
    "and new u make the step's output, which joins S.",
)
def attention_cell():
    flow = Flow(16.6, 7.4)
    flow.text(0.6, 1.2, "x")
    flow.line((1.0, 1.2), (1.9, 1.2))
    flow.box(3.2, 1.6, "[x, u] W + b", "soft green", width=2.6, height=1.4)
    flow.text(0.6, 2.0, "u")
    flow.line((1.0, 2.0), (1.9, 2.0))
    flow.line((4.5, 1.6), (5.6, 1.6))
    flow.box(6.7, 1.6, "cell", width=2.2, height=1.4)
    flow.line((7.8, 1.6), (12.6, 1.6))
    flow.text(10.0, 1.2, "h′", size=9.5)
    flow.text(0.6, 6.2, "S")
    flow.line((1.0, 6.2), (9.64, 6.2))
    flow.text(3.3, 6.6, "the last K outputs", size=9.5)
    flow.dot(5.4, 6.2)
    flow.line((5.4, 6.2), (5.4, 4.55))
    flow.box(6.3, 4.1, "scores e", "soft green", width=2.4)
    flow.line((6.7, 2.3), (6.7, 3.65))
    flow.text(7.2, 3.0, "q", size=9.5)
    flow.line((7.5, 4.1), (8.9, 4.1))
    flow.box(10, 4.1, "softmax", width=2.2)
    flow.line((10, 4.55), (10, 5.84))
    flow.text(10.45, 5.2, "α", size=9.5)
    flow.op(10, 6.2, "Σ")
    flow.line((10.36, 6.2), (15.5, 6.2))
    flow.text(16.0, 6.2, "u′")
    flow.dot(13.8, 6.2)
    flow.line((13.8, 6.2), (13.8, 2.3))
    flow.box(13.8, 1.6, "[h′, u′] W_o", "soft green", width=2.4, height=1.4)
    flow.line((15.0, 1.6), (15.6, 1.6))
    flow.text(16.1, 1.6, "out")
    return flow.figure
