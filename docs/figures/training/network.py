"""A chain of layers: what flows up, what flows down, and what each layer keeps between the two."""

from figures.flow import Flow
from figures.style import BLUE, RED, picture

LAYERS = ("Embedding", "RNN", "Dropout", "Dense")


@picture(
    "training/network",
    "Four layers in a chain, forward and backward",
    "Four boxes one above another: embedding, RNN, dropout, dense. On the left y goes up from each layer to the "
    "next, on the right its gradient comes down, and between the two passes each layer keeps its own cache.",
)
def chain():
    flow = Flow(15, 12.6)
    for number, name in enumerate(LAYERS):
        y = 2 + 2.6 * number
        flow.box(7, y, name, width=4.4, height=1.2)
        flow.text(7, y + 0.95, "" if number == 3 else f"kept: cache {number}", size=8.5)
        flow.line((5.6, y + 0.6), (5.6, y + 2), color=BLUE)
        flow.line((8.4, y + 2), (8.4, y + 0.6), color=RED)
        flow.text(4.2, y + 1.3, f"y{'¹²³⁴'[number]}", color=BLUE)
        flow.text(10.2, y + 1.3, f"∂L/∂y{'¹²³⁴'[number]}", color=RED)
        flow.text(12.6, y, "" if name == "Dropout" else f"∂L/∂θ{'¹²³⁴'[number]}", color=RED)
        if name != "Dropout":
            flow.line((9.2, y), (11.2, y), color=RED)
    flow.line((5.6, 0.5), (5.6, 1.4), color=BLUE)
    flow.text(4.2, 0.8, "x", color=BLUE)
    return flow.figure
