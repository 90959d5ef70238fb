"""Where truncation cuts: the gradient of each output with respect to each input, of a real run."""

import numpy as np

from figures.style import GREY, INK, axes, blank, heat, picture, write
from scratch import BasicLSTMCell, truncated_rnn, truncated_rnn_backward

STEPS, WIDTH = 12, 4


def influence(width, reach=1):
    """Return ‖∂ output_t / ∂x_s‖ as [t, s], as the windows of this width see it."""
    rng = np.random.default_rng(4)
    cell = BasicLSTMCell(8)
    params = cell.init_params(rng, 3, np.float64)
    outputs, _, tapes = truncated_rnn(cell, params, rng.standard_normal((6, STEPS, 3)), width)
    table = np.zeros((STEPS, STEPS))
    for step in range(STEPS):
        d_outputs = np.zeros_like(outputs)
        d_outputs[:, step] = 1
        d_inputs = truncated_rnn_backward(tapes, d_outputs, reach=reach)[0]
        table[step] = np.linalg.norm(d_inputs, axis=2).mean(axis=0)
    return table


@picture(
    "unroll/truncated",
    "The window cut of truncated backpropagation",
    "Three tables of 12 outputs by 12 inputs, dark where the output has a gradient for the input. Whole: "
    "the lower triangle. Windows of 4: only three small triangles on the diagonal. Windows of 4 that "
    "reach back over 2: the squares beside them as well.",
)
def window_cut():
    figure, three = axes(6.6, 2.7, 1, 3)
    kinds = {"whole series": (STEPS, 1), "windows of 4": (WIDTH, 1), "windows of 4, reach 2": (WIDTH, 2)}
    for axis, (title, arguments) in zip(three, kinds.items(), strict=True):
        table = influence(*arguments)
        heat(blank(axis, STEPS, STEPS), table, largest=table.max())
        for (row, column), value in np.ndenumerate(table):
            if value == 0 and column <= row:
                write(axis, column + 0.5, row + 0.5, "0", fontsize=7, color=GREY)
        if arguments[0] < STEPS:
            for cut in (WIDTH, 2 * WIDTH):
                axis.plot([0, STEPS], [cut, cut], color=INK, linewidth=1, linestyle="--")
                axis.plot([cut, cut], [0, STEPS], color=INK, linewidth=1, linestyle="--")
        axis.set_title(title, fontsize=9.5)
        axis.text(6, 12.8, "input of step →", ha="center", va="center", fontsize=9)
    three[0].text(-0.8, 6, "← output", ha="center", va="center", rotation=90, fontsize=9)
    return figure
