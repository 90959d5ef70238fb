"""A row read from both ends: the reversal stops at the row's own end."""

from figures.flow import Flow
from figures.style import BLUE, GREY, ORANGE, picture


@picture(
    "unroll/bidirectional",
    "A row of three steps, padded to five, read from both ends",
    "The forward cell reads steps 0, 1, 2 to the right. The backward cell starts at step 2, the row's own "
    "last step, and reads 2, 1, 0. Neither reads the padding, and each step's output is the pair of both.",
)
def both_directions():
    flow = Flow(16, 8.6)
    for step in range(5):
        x, real = 3.4 + 2.6 * step, step < 3
        fill = "soft grey" if not real else None
        flow.box(x, 1.2, f"x_{step}" if real else "pad", fill or "soft green", width=1.7)
        flow.box(x, 3.4, "fw" if real else "0", fill or "soft blue", width=1.7)
        flow.box(x, 5.4, "bw" if real else "0", fill or "soft orange", width=1.7)
        if real:
            flow.line((x - 0.4, 1.65), (x - 0.4, 2.95), color=BLUE)
            flow.line((x + 1.15, 1.2), (x + 1.15, 5.4), (x + 0.85, 5.4), color=ORANGE, style="--")
            flow.line((x + 0.85, 1.2), (x + 1.15, 1.2), arrow=False, color=ORANGE, style="--")
        flow.text(x, 7.4, f"output_{step}", size=9.5)
        flow.line((x, 5.85), (x, 7.0))
        if step < 2:
            flow.line((x + 0.85, 3.4), (x + 1.75, 3.4), color=BLUE)
            flow.line((x + 1.75, 5.7), (x + 0.85, 5.7), color=ORANGE, style="--")
    flow.text(0.9, 3.4, "start fw", size=9, color=BLUE)
    flow.line((1.8, 3.4), (2.55, 3.4), color=BLUE)
    flow.text(10.3, 4.4, "start bw: at the row's own end", size=9, color=ORANGE, ha="left")
    flow.line((10.2, 4.5), (9.3, 5.2), color=ORANGE, style="--")
    flow.text(8.6, 8.2, "each output is the pair (fw, bw)", size=9.5, color=GREY)
    return flow.figure
