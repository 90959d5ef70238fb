"""What a call asks for: dynamic_rnn at every call, SmallUnroll once."""

from figures.flow import Flow
from figures.style import GREY, picture


@picture(
    "jit/small",
    "What happens at every call, and what happens once",
    "Above, every call of dynamic_rnn checks, ranks, packs and lays out memory before it computes. Below, "
    "SmallUnroll does this when it is made; each call is left with the computing.",
)
def asked_once():
    flow = Flow(17, 7.4)
    flow.text(0.2, 6.6, "dynamic_rnn", ha="left", size=9.5, color=GREY)
    flow.text(0.2, 2.9, "SmallUnroll", ha="left", size=9.5, color=GREY)
    work = "check · rank\npack · lay out"
    for call in range(3):
        x = 2.4 + 5.1 * call
        flow.box(x, 5.2, work, "soft orange", width=3, height=1.5)
        flow.box(x + 2.2, 5.2, "run", width=1.3, height=1.5)
        flow.text(x + 0.6, 4.1, f"call {call}", size=9)
    flow.box(2.4, 1.5, work, "soft orange", width=3, height=1.5)
    flow.text(2.4, 0.4, "when it is made", size=9)
    for call in range(3):
        x = 5.2 + 2.2 * call
        flow.box(x, 1.5, "run", width=1.3, height=1.5)
        flow.text(x, 0.4, f"call {call}", size=9)
    return flow.figure
