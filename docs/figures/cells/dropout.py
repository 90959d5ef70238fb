"""Dropout masks, fresh at each step and one for the whole sequence, and where a wrapper applies them."""

import numpy as np

from figures.flow import Flow
from figures.style import axes, blank, picture, tile
from scratch import BasicLSTMCell, DropoutWrapper


def masks(variational):
    """Return the output masks [T, H] of one row over 12 steps of 6 units, as the wrapper draws them."""
    cell = DropoutWrapper(BasicLSTMCell(6), output_keep_prob=0.6, variational_recurrent=variational)
    return cell.draw_masks(np.random.default_rng(2), 12, 1, 3).output[:, 0]


@picture(
    "cells/dropout",
    "A dropout mask, fresh at each step and variational",
    "Two tables of 6 units by 12 steps, a cross where an output is dropped. Above, each step has crosses "
    "of its own. Below, one drawing serves all steps: the same units are dropped throughout.",
)
def dropout_masks():
    figure, both = axes(5.6, 4.6, 2, 1)
    for axis, variational in zip(both, (False, True), strict=True):
        blank(axis, 12, 6)
        axis.set_title("variational_recurrent=True" if variational else "a new mask at each step", loc="left")
        for (step, unit), kept in np.ndenumerate(masks(variational)):
            tile(axis, step, unit, "" if kept else "×", "soft blue" if kept else "none")
        axis.text(-0.3, 3, "units", ha="right", va="center", rotation=90)
        axis.text(6, 6.6, "time →", ha="center", va="center")
    return figure


@picture(
    "cells/dropout",
    "Where a DropoutWrapper drops",
    "The input is dropped before the cell, the output after it, and the h of the state on its way to the "
    "next step. The memory c passes untouched.",
)
def dropout_places():
    flow = Flow(15, 6.4)
    flow.text(0.7, 1.2, "x")
    flow.line((1.1, 1.2), (2.1, 1.2))
    flow.box(3.1, 1.2, "drop", "soft orange", width=1.8)
    flow.line((4.0, 1.2), (5.2, 1.2))
    flow.box(6.7, 3, "cell", width=3, height=4.8)
    flow.text(0.7, 3.2, "h")
    flow.line((1.1, 3.2), (5.2, 3.2))
    flow.text(0.7, 4.8, "c")
    flow.line((1.1, 4.8), (5.2, 4.8))
    flow.line((8.2, 4.8), (13.6, 4.8))
    flow.text(14.1, 4.8, "c′")
    flow.text(10.7, 5.2, "never dropped", size=9.5)
    for y, name in ((3.2, "h′"), (1.2, "out")):
        flow.line((8.2, y), (9.7, y))
        flow.box(10.7, y, "drop", "soft orange", width=1.8)
        flow.line((11.6, y), (13.6, y))
        flow.text(14.1, y, name)
    flow.text(10.7, 2.4, "state_keep_prob", size=8.5)
    flow.text(10.7, 0.4, "output_keep_prob", size=8.5)
    flow.text(3.1, 0.4, "input_keep_prob", size=8.5)
    return flow.figure
