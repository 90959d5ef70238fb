"""What happens past the end of a row: outputs, states and gradients of a real run."""

import functools

import numpy as np

from figures.style import GREY, INK, RED, axes, blank, picture, tile
from scratch import BasicRNNCell, dynamic_rnn, dynamic_rnn_backward

LENGTHS, STEPS = [6, 3, 0], 6


@functools.cache
def run():
    """Return what a network of one unit does with three rows, as ``{name: [B, T]}``.

    L is the sum of all outputs and final states.
    """
    rng = np.random.default_rng(5)
    cell = BasicRNNCell(1)
    params = {"kernel": np.array([[0.8], [0.7]]), "bias": np.array([0.1])}
    inputs, start = rng.standard_normal((3, STEPS, 1)), np.full((3, 1), 0.5)
    outputs, _, tape = dynamic_rnn(cell, params, inputs, LENGTHS, start)
    d_inputs, _, _ = dynamic_rnn_backward(tape, np.ones_like(outputs), np.ones_like(start))
    states, d_states = [], []
    for step in range(STEPS):
        # The state after each step is that of the row cut off there; its gradient, that of the rest started from it.
        lengths = np.minimum(LENGTHS, step + 1)
        state = dynamic_rnn(cell, params, inputs[:, : step + 1], lengths, start)[1]
        states.append(state)
        left = np.clip(np.subtract(LENGTHS, step + 1), 0, None)
        if step + 1 < STEPS:
            rest, _, tape = dynamic_rnn(cell, params, inputs[:, step + 1 :], left, state)
            d_states.append(dynamic_rnn_backward(tape, np.ones_like(rest), np.ones_like(state))[1])
        else:
            d_states.append(np.ones_like(state))
    grid = {
        "outputs": outputs[..., 0],
        "states": np.hstack(states),
        "d_inputs": d_inputs[..., 0],
        "d_states": np.hstack(d_states),
    }
    return grid


def tables(names, words):
    """Return a figure with a table of numbers for each name; cells past a row's end are hatched."""
    figure, both = axes(6.2, 4.3, len(names), 1)
    for axis, name in zip(both, names, strict=True):
        blank(axis, STEPS * 2, 3)
        axis.set_title(words[name], loc="left")
        for (row, step), value in np.ndenumerate(run()[name]):
            past = step >= LENGTHS[row]
            tile(axis, 2 * step, row, f"{value:.2f}" if value else "0", "soft grey" if past else "soft blue", width=2)
            if past and name.endswith("states") and (step or LENGTHS[row] == 0):
                axis.annotate(
                    "",
                    (2 * step + 0.32, row + 0.5),
                    (2 * step - 0.28, row + 0.5),
                    zorder=5,
                    arrowprops={"arrowstyle": "<|-" if name == "d_states" else "-|>", "color": RED, "linewidth": 1.2},
                )
        for row, length in enumerate(LENGTHS):
            axis.text(-0.6, row + 0.5, f"T_b = {length}", ha="right", va="center", color=GREY)
            axis.plot([2 * length] * 2, [row, row + 1], color=INK, linewidth=3, solid_capstyle="butt")
    return figure


@picture(
    "unroll/dynamic",
    "Past a row's end: the output is zeroed, the state is copied",
    "Two tables of three rows and six steps, rows of 6, 3 and 0 real steps. Past the end of a row the "
    "output is 0, and the state is the last real one, copied on to the final state by arrows.",
)
def state_copied():
    return tables(("outputs", "states"), {"outputs": "output", "states": "state after the step, copied past the end"})


@picture(
    "unroll/dynamic",
    "Past a row's end: the gradient of the state is handed back untouched",
    "The same three rows. Past the end of a row the gradient of the input is exactly 0, and the gradient "
    "of the final state is handed back unchanged, by arrows to the left, until the last real step.",
)
def gradient_handed_back():
    return tables(("d_inputs", "d_states"), {"d_inputs": "∂L/∂x", "d_states": "∂L/∂state after the step, handed back"})
