"""The GRU as a data flow, with the reset before the product and after it."""

from figures.flow import Flow
from figures.style import GREY, picture

TOP, Z, BUS = 6.0, 3.0, 1.0


def skeleton():
    """Return the drawing of a GRU without its candidate: the gates, and the mixture of h and n on top."""
    flow = Flow(15.6, 7.2)
    flow.text(0.6, TOP, "h")
    flow.line((1.0, TOP), (10.64, TOP))
    flow.op(11, TOP, "×")
    flow.line((11.36, TOP), (13.04, TOP))
    flow.op(13.4, TOP, "+")
    flow.line((13.76, TOP), (14.7, TOP))
    flow.text(15.15, TOP, "h′")
    flow.dot(1.6, TOP)
    flow.line((1.6, TOP), (1.6, BUS), arrow=False)
    flow.text(0.6, BUS, "x")
    flow.line((1.0, BUS), (9.2, BUS), arrow=False)
    flow.dot(1.6, BUS)
    flow.text(6.3, 0.5, "[x, h] W + b", size=9.5, color=GREY)
    flow.dot(3, BUS)
    flow.line((3, BUS), (3, Z - 0.45))
    flow.box(3, Z, "r = σ", width=1.4)
    flow.line((9.2, BUS), (9.2, Z - 0.45))
    flow.box(9.2, Z, "u = σ", width=1.4)
    flow.line((9.9, Z), (11, Z), (11, TOP - 0.36))
    flow.dot(11, Z)
    flow.line((11, Z), (11.6, Z))
    flow.box(12.3, Z, "1 − u", "soft orange", width=1.4)
    flow.line((13, Z), (13.4, Z), (13.4, 4.14))
    flow.op(13.4, 4.5, "×")
    flow.line((13.4, 4.86), (13.4, TOP - 0.36))
    return flow


@picture(
    "cells/gru",
    "The GRU with its reset before the product (TF1)",
    "The reset gate r multiplies h first; the candidate n reads x and r times h through one product. The "
    "update gate u keeps u of the old h and takes in 1 − u of n.",
)
def gru_reset_before():
    flow = skeleton()
    flow.dot(3, TOP)
    flow.line((3, TOP), (3, 4.86))
    flow.op(3, 4.5, "×")
    flow.line((3, Z + 0.45), (3, 4.14))
    flow.line((3.36, 4.5), (5.1, 4.5))
    flow.text(4.2, 4.9, "r ⊙ h", size=9)
    flow.box(6.5, 4.5, "[x, r ⊙ h]\n· W_n + b_n", "soft green", width=2.8, height=1.3)
    flow.dot(6.5, BUS)
    flow.line((6.5, BUS), (6.5, 3.85))
    flow.text(6.2, 2.0, "x", size=9)
    flow.line((7.9, 4.5), (8.5, 4.5))
    flow.box(9.2, 4.5, "n = φ", width=1.4)
    flow.line((9.9, 4.5), (13.04, 4.5))
    return flow.figure


@picture(
    "cells/gru",
    "The GRU with its reset after the product (cuDNN, Keras 3, PyTorch)",
    "h is multiplied by W_h first, and the reset gate r acts on the product. x has a product of its own. "
    "The rest is the GRU of TF1.",
)
def gru_reset_after():
    flow = skeleton()
    flow.dot(4.6, TOP)
    flow.line((4.6, TOP), (4.6, 5.4), arrow=False)
    flow.box(4.6, 5.0, "h W_h + b_h", "soft green", width=2.5, height=0.8)
    flow.line((4.6, 4.6), (4.6, 4.16))
    flow.op(4.6, 3.8, "×")
    flow.line((3, Z + 0.45), (3, 3.8), (4.24, 3.8))
    flow.line((4.96, 3.8), (7.04, 3.8))
    flow.op(7.4, 3.8, "+")
    flow.dot(7.4, BUS)
    flow.line((7.4, BUS), (7.4, 1.7))
    flow.text(7.75, 1.35, "x", size=9)
    flow.box(7.4, 2.1, "x W_x + b_x", "soft green", width=2.4, height=0.8)
    flow.line((7.4, 2.5), (7.4, 3.44))
    flow.line((7.76, 3.8), (9.2, 3.8), (9.2, 4.1))
    flow.box(9.2, 4.55, "n = φ", width=1.4)
    flow.line((9.9, 4.5), (13.04, 4.5))
    return flow.figure
