"""The network of the MNIST programs: only the last output is read."""

from figures.flow import Flow
from figures.style import GREY, picture


@picture(
    "tasks/mnist",
    "Row by row: only the last output feeds the output layer",
    "Twenty-eight steps, of which the first two and the last two are drawn. Each step reads one row of "
    "the image. The outputs before the last one are not used; the last goes through a dense layer to ten "
    "scores.",
)
def last_output():
    flow = Flow(16, 7)
    for place, step in enumerate((0, 1, 26, 27)):
        x = 1.9 + 2.7 * place + (1.2 if place > 1 else 0)
        flow.box(x, 3, "LSTM", width=1.8)
        flow.text(x, 0.7, f"row {step}", size=9.5)
        flow.line((x, 1.1), (x, 2.55))
        if place != 1:
            flow.line((x + 0.9, 3), (x + 1.8, 3)) if place != 3 else None
        else:
            flow.line((x + 0.9, 3), (x + 3.0, 3), style=":")
        if place < 3:
            flow.line((x, 3.45), (x, 4.2), style=":", color=GREY)
            flow.text(x, 4.55, "not read", size=8, color=GREY)
        else:
            flow.line((x, 3.45), (x, 4.75))
            flow.box(x, 5.2, "dense", "soft green", width=1.8)
            flow.line((x + 0.9, 5.2), (x + 2.1, 5.2))
            flow.text(x + 3.2, 5.2, "10 scores")
    return flow.figure
