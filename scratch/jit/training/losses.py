"""Softmax cross-entropy, compiled: the loss of a row of logits, and its gradient, while the row is in registers."""

import math

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.activations import exp
from scratch.jit.machine.register import at_least
from scratch.jit.machine.vector import greatest, lanes, load, store, total


@inlined
def cross_entropy_row(y: Array, row: int, label: int, share: float, p: Array, d_y: Array) -> float:
    """Return the loss of a row of logits y [N, W]; its probabilities and its share in ∂L/∂y go to that of p and d_y.

    Beyond the classes, up to whole registers, y is −∞, so that p and the gradient are 0 there.
    """
    size, width = lanes(y), y.shape[1]
    highest = load(y, row, 0)
    for k in range(size, width, size):
        highest = at_least(load(y, row, k), highest)
    # y − max y, so that no exponential overflows. Of one NaN all are NaN.
    largest = greatest(highest)
    powers = exp(load(y, row, 0) - largest)
    store(p, row, 0, powers)
    for k in range(size, width, size):
        power = exp(load(y, row, k) - largest)
        store(p, row, k, power)
        powers = powers + power
    sum_of_powers = total(powers)
    for k in range(0, width, size):
        # p = e^y / Σ e^y        ∂L/∂y = share (p − labels)
        fraction = load(p, row, k) / sum_of_powers
        store(p, row, k, fraction)
        store(d_y, row, k, fraction * share)
    d_y[row, label] = (p[row, label] - 1) * share
    # loss = − log p
    return math.log(sum_of_powers) - (y[row, label] - largest)


@kernel
def are_within(labels: Array, num_classes: int) -> bool:
    """Return whether labels [1, N] are all from 0 to ``num_classes`` − 1: asked before any kernel counts on it."""
    wrong = 0
    for n in range(labels.shape[1]):
        wrong += labels[0, n] < 0 or labels[0, n] >= num_classes
    return wrong == 0
