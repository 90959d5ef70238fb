"""What is done at every call: for any cell, and for a small network whose plan is kept."""

from figures.flow import Flow
from figures.style import GREY, picture


@picture(
    "jit/small",
    "What happens at every call, and what happens once",
    "Above, a call of dynamic_rnn for any cell checks, ranks, packs and lays out memory before it computes. Below,"
    " for a small network the first call settles a plan; every later call is left with the computing.",
)
def asked_once():
    flow = Flow(17, 7.4)
    flow.text(0.2, 6.6, "any cell", ha="left", size=9.5, color=GREY)
    flow.text(0.2, 2.9, "a small network", ha="left", size=9.5, color=GREY)
    work = "check · rank\npack · lay out"
    for call in range(3):
        x = 2.4 + 5.1 * call
        flow.box(x, 5.2, work, "soft orange", width=3, height=1.5)
        flow.box(x + 2.4, 5.2, "run", width=1.3, height=1.5)
        flow.text(x + 0.6, 4.1, f"call {call}", size=9)
    flow.box(2.4, 1.5, "settle\nthe plan", "soft orange", width=3, height=1.5)
    for call in range(3):
        x = 4.8 + 1.9 * call
        flow.box(x, 1.5, "run", width=1.3, height=1.5)
        flow.text(x if call else 3.0, 0.4, f"call {call}", size=9)
    return flow.figure
