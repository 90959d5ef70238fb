"""The last outputs, kept once: the window of a step is where it begins."""

from figures.flow import Flow
from figures.style import GREY, RED, picture


@picture(
    "jit/attention",
    "The window of a step, in what has come out",
    "A row of boxes: three of the initial state, then one for each step's output. Step 2 looks at three of them, from "
    "the third on, and writes the one after these. The window moves by one at each step and nothing is copied.",
)
def window_of_outputs():
    flow = Flow(17, 5.4)
    names = ["S_1", "S_2", "S_3", "y_0", "y_1", "y_2", "y_3"]
    for place, name in enumerate(names):
        fill = "soft blue" if 2 <= place < 5 else "soft grey"
        flow.box(2.5 + 2 * place, 2.7, name, fill, width=1.8, height=1.2)
    for step in range(3):
        y = 4.0 + 0.45 * step
        color = RED if step == 2 else GREY
        flow.line((1.7 + 2 * step, y), (7.3 + 2 * step, y), color=color)
        flow.text(1.0 + 2 * step, y, f"t = {step}", size=9, color=color)
    flow.text(4.5, 1.5, "the initial state's", size=9.5, color=GREY)
    flow.text(11.5, 1.5, "a row of each step, and beside each its product with W_a", size=9.5, color=GREY)
    flow.text(8.5, 0.6, "step 2 looks at what is blue, and writes y_2", size=9.5, color=RED)
    return flow.figure
