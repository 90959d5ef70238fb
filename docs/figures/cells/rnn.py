"""The vanilla network: its data flow, its units, and how a gradient fades with distance."""

import numpy as np

from figures.flow import Flow
from figures.style import BLUE, GREY, LINES, ORANGE, axes, picture
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, dynamic_rnn, dynamic_rnn_backward


@picture(
    "cells/rnn",
    "The vanilla recurrent cell as a data flow",
    "The input x and the state h are joined and multiplied by W, b is added, and φ gives h′. h′ leaves "
    "twice: as the output of the step and as the state of the next step.",
)
def rnn_cell():
    flow = Flow(14, 6)
    flow.text(0.7, 3, "h")
    flow.line((1.1, 3), (3.1, 3))
    flow.text(3.6, 0.5, "x")
    flow.line((3.6, 0.9), (3.6, 2.5))
    flow.box(3.6, 3, "[x, h]", "soft grey", width=1.6)
    flow.line((4.4, 3), (5.6, 3))
    flow.box(6.6, 3, "· W + b", width=2)
    flow.line((7.6, 3), (9.0, 3))
    flow.text(8.2, 3.4, "z")
    flow.box(9.6, 3, "φ", width=1.2)
    flow.line((10.2, 3), (12.9, 3))
    flow.text(13.3, 3, "h′")
    flow.dot(11.4, 3)
    flow.line((11.4, 3), (11.4, 4.9))
    flow.text(11.4, 5.3, "output")
    flow.text(12.2, 2.4, "new state", size=9, color=GREY)
    flow.text(1.9, 2.4, "state", size=9, color=GREY)
    return flow.figure


@picture(
    "cells/rnn",
    "num_units units inside one cell",
    "One cell with two inputs and num_units = 4. Each of the four units reads both inputs and the outputs "
    "of all four units from the step before. The number of units is not the number of time steps.",
)
def num_units():
    flow = Flow(13.5, 9.6)
    units, inputs = [7.6, 5.9, 4.2, 2.5], [9.0, 1.1]
    for y in units:
        for start in units:
            flow.line((2.5, start), (6.6, y), arrow=False, color=BLUE)
        for start in inputs:
            flow.line((2.5, start), (6.6, y), arrow=False, color=ORANGE, style=":")
    for number, y in enumerate(units):
        flow.text(1.6, y, f"h[{number}]")
        flow.op(7, y, "φ")
        flow.line((7.36, y), (10.2, y))
        flow.text(11.1, y, f"h′[{number}]")
    for number, y in enumerate(inputs):
        flow.text(1.6, y, f"x[{number}]")
    flow.text(7, 9.0, "one cell, num_units = 4", size=9.5, color=GREY)
    return flow.figure


def norms(cell, distance, rng):
    """Return ‖∂L/∂x‖ of each step, L being a sum over the last output, averaged over a batch; the last step first."""
    params = cell.init_params(rng, 8, np.float64)
    outputs, _, tape = dynamic_rnn(cell, params, rng.standard_normal((20, distance + 1, 8)))
    d_outputs = np.zeros_like(outputs)
    d_outputs[:, -1] = rng.standard_normal(outputs[:, -1].shape)
    d_inputs, _, _ = dynamic_rnn_backward(tape, d_outputs)
    return np.linalg.norm(d_inputs, axis=2).mean(axis=0)[::-1]


def fading(distance=60):
    """Return ``{name: norms}`` of three new networks of 32 units, each relative to the last step's."""
    cells = {"RNN": BasicRNNCell(32), "GRU": GRUCell(32), "LSTM": BasicLSTMCell(32)}
    found = {name: norms(cell, distance, np.random.default_rng(0)) for name, cell in cells.items()}
    return {name: values / values[0] for name, values in found.items()}


@picture(
    "cells/rnn",
    "How the gradient fades with distance: RNN, GRU and LSTM",
    "The norm of the gradient of the last output with respect to each input, against how many steps back "
    "that input is, on a logarithmic axis. It falls fastest in the vanilla network and slowest in the "
    "LSTM.",
)
def fading_gradients():
    figure, axis = axes(6.2, 3.3)
    for style, (name, values) in zip(LINES, fading().items(), strict=False):
        axis.semilogy(values, markevery=10, label=name, **style)
        axis.annotate(name, (len(values) - 1, values[-1]), (6, 0), textcoords="offset points", va="center")
    axis.set(xlabel="steps back from the end", ylabel="‖∂L/∂x‖, relative", xlim=(0, 66))
    return figure
