"""Two workers with sentences of their own: the sum of their parts is the gradient of one process."""

from figures.flow import Flow
from figures.style import GREY, picture


@picture(
    "tasks/distributed",
    "Data parallel training: one sum, and the same step everywhere",
    "Two workers hold the same weights. Each computes the gradient of its own words' share of the loss. "
    "An all-reduce hands both the sum, and both take the same step to the same new weights.",
)
def all_reduce():
    flow = Flow(16, 7.6)
    for worker, y in enumerate((5.6, 2.0)):
        flow.text(1.3, y + 1.2, f"worker {worker}", size=9.5, color=GREY)
        flow.box(1.5, y, "weights θ", "soft grey", width=2.4)
        flow.line((2.7, y), (3.7, y))
        flow.box(5.3, y, "its words:\n∂/∂θ Σ ℓ / n", width=3.2, height=1.4)
        flow.line((6.9, y), (8.4, 3.8 + (0.35 if worker == 0 else -0.35)))
        flow.text(7.3, y + (-0.75 if worker == 0 else 0.75), f"g_{worker}", size=9.5)
        flow.line((10.2, 3.8 + (0.35 if worker == 0 else -0.35)), (11.3, y))
        flow.box(12.2, y, "step", "soft green", width=1.7)
        flow.line((13.05, y), (13.9, y))
        flow.text(14.7, y, "new θ")
    flow.box(9.3, 3.8, "Σ g_m", "soft orange", width=1.8, height=1.4)
    flow.text(14.7, 3.8, "equal", size=9.5, color=GREY)
    flow.text(5.3, 3.8, "n: all words", size=9.5, color=GREY)
    return flow.figure
