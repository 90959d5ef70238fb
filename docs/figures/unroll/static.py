"""One cell unrolled over time, and the tape that the way back reads."""

from figures.flow import Flow
from figures.style import BLUE, GREY, ORANGE, RED, picture


@picture(
    "unroll/static",
    "The unrolled network",
    "Left, the loop: one cell whose state comes back to it. Right, the same over four steps: the same "
    "cell four times, each with its own input and output, the state handed on, and the same weights W "
    "used by all.",
)
def unrolled_network():
    flow = Flow(17, 8.2)
    flow.box(2.2, 4, "cell", width=1.8)
    flow.text(2.2, 1.5, "x")
    flow.line((2.2, 1.9), (2.2, 3.55))
    flow.line((2.2, 4.45), (2.2, 6.2))
    flow.text(2.2, 6.6, "output")
    flow.line((3.1, 4), (3.7, 4), (3.7, 5.2), (0.7, 5.2), (0.7, 4), (1.3, 4))
    flow.text(4.6, 4, "=", size=16)
    flow.text(5.5, 4, "s_0")
    flow.line((5.9, 4), (6.5, 4))
    for step in range(4):
        x = 7.4 + 2.6 * step
        flow.box(x, 4, "cell", width=1.8)
        flow.line((x + 0.9, 4), (x + 1.7, 4))
        flow.text(x, 1.5, f"x_{step}")
        flow.line((x, 1.9), (x, 3.55))
        flow.line((x, 4.45), (x, 6.2))
        flow.text(x, 6.6, f"output_{step}", size=9.5)
        flow.line((x + 0.5, 0.5), (x + 0.5, 3.55), style=":", color=ORANGE)
    flow.line((7.9, 0.5), (15.7, 0.5), arrow=False, style=":", color=ORANGE)
    flow.text(6.3, 0.5, "W, for all", size=9.5, color=ORANGE)
    flow.text(11.3, 7.6, "time →", size=9.5, color=GREY)
    return flow.figure


@picture(
    "unroll/static",
    "The tape of backpropagation through time",
    "Forward, from left to right, each step puts its cache on the tape. Backward, from right to left, "
    "each step takes its own cache, adds the gradient of its output to that of its new state, and hands "
    "∂L/∂s to the step before.",
)
def tape():
    flow = Flow(15.6, 9)
    for step in range(4):
        x = 2.9 + 3.1 * step
        flow.box(x, 6.6, "forward", width=2.1)
        flow.line((x + 1.05, 6.6), (x + 2.05, 6.6), color=BLUE)
        flow.box(x, 4.2, f"cache_{step}", "soft grey", width=2.1)
        flow.line((x, 6.15), (x, 4.65), color=BLUE)
        flow.box(x, 1.8, "backward", "soft orange", width=2.1)
        flow.line((x, 3.75), (x, 2.25), color=RED, style="--")
        flow.line((x + 2.05, 1.8), (x + 1.05, 1.8), color=RED, style="--")
        flow.text(x + 0.35, 0.5, f"∂L/∂output_{step}", size=8.5, color=RED)
        flow.line((x - 0.2, 0.75), (x - 0.2, 1.35), color=RED, style="--")
    flow.line((0.85, 6.6), (1.85, 6.6), color=BLUE)
    flow.text(0.5, 6.6, "s_0")
    flow.line((1.85, 1.8), (0.85, 1.8), color=RED, style="--")
    flow.text(0.55, 2.3, "∂L/∂s_0", size=8.5, color=RED)
    flow.text(7.6, 8.4, "forward: solid, to the right", size=9.5, color=BLUE)
    flow.text(7.6, 7.7, "backward: dashed, to the left", size=9.5, color=RED)
    flow.text(0.7, 4.2, "tape", color=GREY)
    return flow.figure
