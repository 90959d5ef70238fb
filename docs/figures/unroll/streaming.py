"""A stream: the caller has the loop, the stream has the state."""

import numpy as np

from figures.flow import Flow
from figures.style import BLUE, GREY, LINES, axes, picture
from scratch import BasicLSTMCell, Stream, dynamic_rnn


@picture(
    "unroll/streaming",
    "dynamic_rnn has the loop, a Stream leaves it to the caller",
    "Above, dynamic_rnn takes the whole sequence, loops inside and returns all outputs. Below, the caller "
    "loops: each call of step takes one input and returns one output, and the stream keeps the state "
    "between two calls.",
)
def stream_loop():
    flow = Flow(15.4, 8)
    flow.box(7.6, 6.4, "dynamic_rnn:  for t in range(T)", width=7)
    flow.text(1.7, 6.4, "x_0 … x_T−1")
    flow.line((3.0, 6.4), (4.1, 6.4))
    flow.line((11.1, 6.4), (12.2, 6.4))
    flow.text(13.6, 6.4, "all outputs")
    for call in range(3):
        x = 3.4 + 4.3 * call
        flow.box(x, 2.6, "step", "soft green", width=2)
        flow.text(x, 0.6, f"x_{call}")
        flow.line((x, 1.0), (x, 2.15))
        flow.line((x, 3.05), (x, 4.1))
        flow.text(x, 4.5, f"output_{call}", size=9.5)
        flow.line((x + 1, 2.6), (x + (3.3 if call < 2 else 2.3), 2.6), color=BLUE)
    flow.text(1.0, 2.6, "state", size=9.5, color=BLUE)
    flow.line((1.6, 2.6), (2.4, 2.6), color=BLUE)
    flow.text(14.6, 2.0, "kept in the\nstream", size=9, color=GREY)
    return flow.figure


def both(steps=40):
    """Return the first output of a whole unroll and of a stream, [T] each, of the same inputs."""
    rng = np.random.default_rng(6)
    cell = BasicLSTMCell(5)
    params, inputs = cell.init_params(rng, 2, np.float64), rng.standard_normal((1, steps, 2))
    whole = dynamic_rnn(cell, params, inputs)[0][0, :, 0]
    stream = Stream(cell, params)
    return whole, np.array([stream.step(inputs[:, step])[0, 0] for step in range(steps)])


@picture(
    "unroll/streaming",
    "A stream gives the outputs of the whole sequence, one by one",
    "One output of an LSTM over 40 steps: a line from dynamic_rnn over the whole sequence, and squares "
    "from a stream, one call a step. Every square lies on the line.",
)
def stream_equals_whole():
    whole, streamed = both()
    figure, axis = axes(6, 2.5)
    axis.plot(whole, color=LINES[0]["color"], label="dynamic_rnn, all steps at once")
    axis.plot(
        streamed,
        color=LINES[1]["color"],
        linestyle="none",
        marker="s",
        fillstyle="none",
        label="Stream.step, one at a time",
    )
    axis.set(xlabel="time step", ylabel="output")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, 1.25), ncols=2)
    return figure
