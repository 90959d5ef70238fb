"""Two bidirectional layers: the second reads both directions of the first. How far each has heard, measured."""

import numpy as np

from figures.style import BLUE, ORANGE, axes, picture
from scratch import (
    BasicLSTMCell,
    stack_bidirectional_dynamic_rnn,
    stack_bidirectional_dynamic_rnn_backward,
    stack_bidirectional_params,
)

STEPS, AT = 9, 4


def reach(layers):
    """Return the norm of the gradient of the forward cell's output at step AT, of the last layer, for each input."""
    rng = np.random.default_rng(1)
    cells = [BasicLSTMCell(6) for _ in range(layers)]
    params = stack_bidirectional_params(rng, cells, cells, 3, np.float64)
    outputs, _, _, tape = stack_bidirectional_dynamic_rnn(cells, cells, params, rng.standard_normal((8, STEPS, 3)))
    d_outputs = np.zeros_like(outputs)
    d_outputs[:, AT, :6] = 1
    d_inputs = stack_bidirectional_dynamic_rnn_backward(tape, d_outputs)[0]
    return np.linalg.norm(d_inputs, axis=2).mean(axis=0)


@picture(
    "unroll/stack_bidirectional",
    "What the forward cell has heard at step 4, in the first and in the second layer",
    "Bars of the gradient of the forward output at step 4 with respect to each of nine inputs. In the "
    "first layer only inputs 0 to 4 count; in the second layer all nine do, because it reads both "
    "directions of the first.",
)
def heard_by_layer():
    figure, axis = axes(6, 2.9)
    for layers, shift in ((1, -0.2), (2, 0.2)):
        norms = reach(layers)
        axis.bar(
            np.arange(STEPS) + shift,
            norms / norms.max(),
            0.38,
            facecolor=BLUE if layers == 1 else "none",
            hatch="" if layers == 1 else "///",
            edgecolor=BLUE if layers == 1 else ORANGE,
            label=f"layer {layers - 1}",
        )
    axis.set(xlabel="step of the input", ylabel="‖∂ output fw at 4 / ∂x‖", xticks=range(STEPS))
    axis.legend(loc="upper right")
    return figure
