"""A step of training: who gives what to whom, and what is there again at the next step."""

from figures.flow import Flow
from figures.style import BLUE, RED, picture


@picture(
    "training/trainer",
    "One step of a trainer",
    "Parameters and a batch go through the network to y, and with the labels through the loss. The gradient comes "
    "back, is clipped, and the optimiser makes new parameters and slots of it. The state after the last step of the "
    "batch is what the next batch starts from.",
)
def step():
    flow = Flow(22, 9.6)
    flow.box(3, 6.4, "batch", "soft grey", width=3)
    flow.box(9, 6.4, "network", width=3.4, height=1.4)
    flow.box(15, 6.4, "loss", width=3, height=1.4)
    flow.box(15, 2, "clip", "soft orange", width=3, height=1.4)
    flow.box(9, 2, "optimizer", "soft orange", width=3.4, height=1.4)
    flow.box(3, 2, "params, slots", "soft green", width=3.6)
    flow.line((4.5, 6.4), (7.3, 6.4), color=BLUE)
    flow.line((10.7, 6.6), (13.5, 6.6), color=BLUE)
    flow.text(12.1, 7.1, "y", color=BLUE)
    flow.line((13.5, 6.1), (10.7, 6.1), color=RED)
    flow.text(12.1, 5.6, "∂L/∂y", color=RED)
    flow.line((9.6, 5.7), (9.6, 4.2), (15, 4.2), (15, 2.7), color=RED)
    flow.text(12.1, 4.7, "∂L/∂θ", color=RED)
    flow.line((13.5, 2), (10.7, 2), color=RED)
    flow.line((7.3, 2), (4.8, 2))
    flow.line((3, 2.5), (3, 4.2), (8.4, 4.2), (8.4, 5.7))
    flow.text(5.6, 4.6, "the next step's")
    flow.line((8.2, 7.1), (8.2, 8.4), (9.8, 8.4), (9.8, 7.1))
    flow.text(9, 8.9, "state, where it is carried")
    return flow.figure
