"""Layers on top of one another, over time; and what one set of weights for all layers would mean."""

from figures.flow import Flow
from figures.style import GREY, picture


@picture(
    "cells/multi",
    "Three layers over four steps",
    "A grid: time goes to the right, layers go up. Each layer hands its state to itself at the next step "
    "and its output to the layer above at the same step. All boxes of one row share their weights; two "
    "rows share none.",
)
def stack_of_layers():
    flow = Flow(15, 9)
    for layer, y in enumerate((2.6, 4.8, 7.0)):
        flow.text(1.0, y, f"cell_{layer}", color=GREY, size=9.5)
        flow.line((2.0, y), (3.0, y), style=":")
        for step in range(4):
            x = 3.9 + 3 * step
            flow.box(x, y, f"s{'⁰¹²'[layer]}", ("soft blue", "soft green", "soft orange")[layer], width=1.8)
            flow.line((x + 0.9, y), (x + (2.1 if step < 3 else 1.7), y), style="-" if step < 3 else ":")
            flow.line((x, y + 0.45), (x, y + (1.75 if layer < 2 else 1.2)))
    for step in range(4):
        x = 3.9 + 3 * step
        flow.text(x, 0.7, f"x_{step}")
        flow.line((x, 1.1), (x, 2.15))
        flow.text(x, 8.6, f"output_{step}", size=9.5)
    return flow.figure
