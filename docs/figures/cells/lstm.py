"""The LSTM and the cells drawn with the same skeleton: peepholes, coupled gates, projection."""

import numpy as np

from figures.flow import Flow
from figures.style import GREY, LINES, RED, axes, picture
from scratch.activations import sigmoid

C, Z, BUS = 5.6, 2.9, 1.2


def skeleton(names="fijo", output="h′"):
    """Return the drawing of an LSTM: the memory line on top, the gates below, the bus of [x, h] W + b at the bottom."""
    flow = Flow(15.4, 6.8)
    flow.text(0.6, C, "c")
    flow.line((1.0, C), (2.64, C))
    flow.op(3, C, "×")
    flow.line((3.36, C), (6.84, C))
    flow.op(7.2, C, "+")
    flow.line((7.56, C), (14.3, C))
    flow.text(14.8, C, "c′")
    flow.text(0.6, BUS, "h")
    flow.text(1.9, 0.25, "x")
    flow.line((1.9, 0.55), (1.9, BUS), arrow=False)
    flow.dot(1.9, BUS)
    flow.line((1.0, BUS), (10.4, BUS), arrow=False)
    flow.text(6.3, 0.7, "z = [x, h] W + b", size=9.5, color=GREY)
    for name, x in zip(names, (3, 5.5, 8.5, 10.4), strict=True):
        if name == " ":
            continue
        if x != 10.4:
            flow.dot(x, BUS)
        flow.line((x, BUS), (x, Z - 0.45))
        flow.box(x, Z, f"{name} = {'φ' if name == 'j' else 'σ'}", width=1.3)
    flow.line((3, Z + 0.45), (3, C - 0.36))
    flow.op(7.2, 4.2, "×")
    flow.line((7.2, 4.56), (7.2, C - 0.36))
    if "i" in names:
        flow.line((5.5, Z + 0.45), (5.5, 4.2), (6.84, 4.2))
    flow.line((8.5, Z + 0.45), (8.5, 4.2), (7.56, 4.2))
    flow.dot(12.2, C)
    flow.line((12.2, C), (12.2, 4.65))
    flow.box(12.2, 4.2, "φ", width=1.0)
    flow.line((12.2, 3.75), (12.2, Z + 0.36))
    flow.op(12.2, Z, "×")
    flow.line((11.05, Z), (11.84, Z))
    flow.line((12.56, Z), (14.3, Z))
    flow.text(14.8, Z, output)
    return flow


@picture(
    "cells/lstm",
    "The LSTM as a data flow",
    "The memory c runs along the top: it is multiplied by the forget gate f, then i times the candidate j "
    "is added. The output h′ is the output gate o times φ of the new memory. All four read x and h "
    "through one product.",
)
def lstm_cell():
    return skeleton().figure


@picture(
    "cells/full_lstm",
    "The LSTM with peepholes as a data flow",
    "The LSTM, and three dashed lines more: the gates f and i read the old memory c, the output gate o "
    "reads the new memory c′, each unit that of its own.",
)
def peephole_lstm():
    flow = skeleton()
    dashed = {"style": "--", "color": RED}
    flow.dot(1.7, C)
    flow.line((1.7, C), (1.7, Z), (2.35, Z), **dashed)
    flow.line((1.7, 3.75), (4.9, 3.75), (4.9, Z + 0.45), **dashed)
    flow.dot(10.4, C)
    flow.line((10.4, C), (10.4, Z + 0.45), **dashed)
    flow.text(10.95, 4.7, "w_o", size=9.5, color=RED)
    flow.text(1.25, 3.3, "w_f", size=9.5, color=RED)
    flow.text(4.2, 4.05, "w_i", size=9.5, color=RED)
    return flow.figure


@picture(
    "cells/full_lstm",
    "The LSTM with a projection",
    "An LSTM of 8 units whose output m is multiplied by W_p to 3 numbers. These 3 are the output and the "
    "h that the next step reads; the memory c keeps its 8.",
)
def projection():
    flow = Flow(15, 6.2)
    flow.text(0.7, 4.6, "c")
    flow.line((1.1, 4.6), (3.4, 4.6))
    flow.text(2.2, 5.05, "8 wide", size=9, color=GREY)
    flow.text(0.7, 2.4, "h")
    flow.line((1.1, 2.4), (3.4, 2.4))
    flow.text(2.2, 2.85, "3 wide", size=9, color=GREY)
    flow.text(5.0, 0.4, "x")
    flow.line((5.0, 0.8), (5.0, 1.7))
    flow.box(5, 3.5, "LSTM\n8 units", width=3.2, height=3.6)
    flow.line((6.6, 4.6), (13.9, 4.6))
    flow.text(14.4, 4.6, "c′")
    flow.line((6.6, 2.4), (9.2, 2.4))
    flow.text(7.9, 2.85, "m, 8 wide", size=9, color=GREY)
    flow.box(10.3, 2.4, "· W_p", "soft green", width=2.2)
    flow.line((11.4, 2.4), (13.9, 2.4))
    flow.text(14.4, 2.4, "h′")
    flow.text(12.7, 2.85, "3 wide", size=9, color=GREY)
    return flow.figure


@picture(
    "cells/coupled_lstm",
    "The LSTM with coupled gates as a data flow",
    "There is no input gate: what the forget gate f lets go, 1 − f, is how much of the candidate j is taken in.",
)
def coupled_lstm():
    flow = skeleton("f jo")
    flow.dot(3, 4.2)
    flow.line((3, 4.2), (4.4, 4.2))
    flow.box(5.1, 4.2, "1 − f", "soft orange", width=1.4)
    flow.line((5.8, 4.2), (6.84, 4.2))
    return flow.figure


@picture(
    "cells/lstm",
    "The sigmoid and tanh, their slopes and their tails",
    "Left: σ rises from 0 to 1 and tanh from −1 to 1. Right: their slopes on a logarithmic axis. The "
    "largest slope of σ is 0.25, that of tanh is 1; both fall by a constant factor for each unit of z, "
    "the tanh twice as fast.",
)
def sigmoid_and_tanh():
    figure, (left, right) = axes(6.4, 2.9, 1, 2)
    z = np.linspace(-8, 8, 201)
    values = {"σ(z)": sigmoid(z), "tanh(z)": np.tanh(z)}
    slopes = {"σ′(z)": values["σ(z)"] * (1 - values["σ(z)"]), "tanh′(z)": 1 / np.cosh(z) ** 2}
    for axis, lines in ((left, values), (right, slopes)):
        for style, (name, line) in zip(LINES, lines.items(), strict=False):
            axis.plot(z, line, markevery=25, label=name, **style)
        axis.set(xlabel="z", title=" and ".join(lines))
        axis.legend(loc="upper left" if axis is left else "lower center")
    right.set_yscale("log")
    return figure
