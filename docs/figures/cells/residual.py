"""The way round a cell, and what it does to the gradient of a deep stack."""

import numpy as np

from figures.flow import Flow
from figures.style import LINES, axes, picture
from scratch import BasicRNNCell, MultiRNNCell, ResidualWrapper, dynamic_rnn, dynamic_rnn_backward


@picture(
    "cells/residual",
    "The residual wrapper as a data flow",
    "The input x goes through the cell and also round it; the output of the step is x plus the cell's "
    "output. The state goes through the cell alone.",
)
def residual_cell():
    flow = Flow(13, 5.4)
    flow.text(0.7, 1.3, "x")
    flow.line((1.1, 1.3), (4.7, 1.3))
    flow.dot(2.4, 1.3)
    flow.line((2.4, 1.3), (2.4, 4.3), (10.6, 4.3), (10.6, 1.66))
    flow.text(6.4, 4.7, "round the cell", size=9.5)
    flow.text(0.7, 2.5, "s")
    flow.line((1.1, 2.5), (4.7, 2.5))
    flow.box(6.2, 1.9, "cell", width=3, height=2)
    flow.line((7.7, 1.3), (10.24, 1.3))
    flow.op(10.6, 1.3, "+")
    flow.line((10.96, 1.3), (11.9, 1.3))
    flow.text(12.4, 1.3, "out")
    flow.line((7.7, 2.5), (11.9, 2.5))
    flow.text(12.4, 2.5, "s′")
    return flow.figure


def norms(wrap, depths, rng):
    """Return ‖∂L/∂x‖ of one step through stacks of so many layers, L being a random sum over the outputs."""
    found = []
    for depth in depths:
        cell = MultiRNNCell([wrap(BasicRNNCell(16)) for _ in range(depth)])
        params = cell.init_params(rng, 16, np.float64)
        outputs, _, tape = dynamic_rnn(cell, params, rng.standard_normal((20, 1, 16)))
        d_inputs, _, _ = dynamic_rnn_backward(tape, rng.standard_normal(outputs.shape))
        found.append(np.linalg.norm(d_inputs, axis=2).mean())
    return found


@picture(
    "cells/residual",
    "The gradient that reaches the input of a deep stack, with and without residual wrappers",
    "The norm of the gradient of the input against the number of layers, on a logarithmic axis. It "
    "shrinks with each plain layer and does not shrink with wrapped ones.",
)
def residual_gradient():
    figure, axis = axes(5.6, 2.9)
    depths = [1, 2, 4, 6, 8, 12, 16]
    kinds = {"plain": lambda cell: cell, "ResidualWrapper": ResidualWrapper}
    for style, (name, wrap) in zip(LINES, kinds.items(), strict=False):
        axis.semilogy(depths, norms(wrap, depths, np.random.default_rng(0)), label=name, **style)
    axis.set(xlabel="layers", ylabel="‖∂L/∂x‖")
    axis.legend()
    return figure
