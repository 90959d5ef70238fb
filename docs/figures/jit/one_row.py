"""Two threads in one row: each has its own columns of the weights, and they meet once a step."""

from figures.flow import Flow
from figures.style import GREY, picture


@picture(
    "jit/one_row",
    "Two threads share the columns of one row",
    "At each of two steps, thread 0 multiplies h by the left half of the weights and thread 1 by the right half; each"
    " computes the new state of its own units, and both meet before the next step.",
)
def threads_meet():
    flow = Flow(17, 7.4)
    for thread, y in ((0, 5.0), (1, 1.4)):
        half = ("left", "right")[thread]
        flow.text(0.2, y + 1.0, f"thread {thread}", ha="left", size=9.5, color=GREY)
        for step in range(2):
            x = 3.6 + 6.8 * step
            flow.box(x, y, f"h · W\n{half} half", "soft orange", width=2.4, height=1.5)
            flow.box(x + 2.6, y, "gates,\nh'", width=1.9, height=1.5)
    for step in range(2):
        flow.text(3.6 + 6.8 * step + 4.3, 3.9, "meet", size=9)
    return flow.figure
