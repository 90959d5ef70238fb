"""What the exercises on losses, optimisers and clipping are called with."""

from collections.abc import Iterator
from types import ModuleType

import numpy as np

from parity_tests.grade.draws.sizes import Call, Params, Sizes, some

EPSILON = 0.25


def dense(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params = {"kernel": some(rng, sizes.inputs, sizes.classes), "bias": some(rng, sizes.classes)}
    x = some(rng, sizes.batch, sizes.steps, sizes.inputs)
    yield Call("dense_forward", (params, x))
    yield Call("dense_backward", (params, x, some(rng, sizes.batch, sizes.steps, sizes.classes)))


def batch_norm(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params = {"gamma": some(rng, sizes.inputs), "beta": some(rng, sizes.inputs)}
    x = some(rng, sizes.batch, sizes.inputs)
    yield Call("batch_norm_forward", (params, x, EPSILON))
    _, mean, variance = solved.batch_norm_forward(params, x, EPSILON)
    moving = some(rng, sizes.inputs), rng.uniform(0.5, 2, sizes.inputs)
    yield Call("batch_norm_moving", (*moving, mean, variance, 0.875))
    yield Call("batch_norm_backward", (params, x, mean, variance, EPSILON, some(rng, *x.shape)))


def softmax_cross_entropy(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    logits, labels = some(rng, sizes.batch, sizes.classes), rng.integers(0, sizes.classes, sizes.batch)
    d_losses = some(rng, sizes.batch)
    # The label of each row is its greatest logit: the loss is small, however it is computed.
    large = np.where(np.eye(sizes.classes, dtype=bool)[labels], 1000.0, -1000.0) + logits
    for drawn, special in ((logits, ""), (large, "logits of 1000")):
        yield Call("softmax", (drawn,), special)
        yield Call("cross_entropy_forward", (drawn, labels), special)
        yield Call("cross_entropy_backward", (drawn, labels, d_losses), special)


def masked_loss(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    losses, lengths = np.abs(some(rng, sizes.batch, sizes.steps)), np.array(sizes.lengths)
    full = lengths > 0
    for rows, special in ((full, ""), (full | True, "a row of no steps")):
        for mean in ("steps", "examples"):
            yield Call(f"loss_over_{mean}", (losses[rows], lengths[rows]), special)
            yield Call(f"loss_over_{mean}_backward", (losses[rows], lengths[rows], 1.75), special)


def sequence_loss(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    logits = some(rng, sizes.batch, sizes.steps, sizes.classes)
    targets = rng.integers(0, sizes.classes, (sizes.batch, sizes.steps))
    mask = np.arange(sizes.steps) < np.array(sizes.lengths)[:, None]
    weights = mask * rng.uniform(0.3, 2, mask.shape)
    yield Call("sequence_loss_forward", (logits, targets, weights))
    yield Call("sequence_loss_backward", (logits, targets, weights, 1.75))


def trees(rng: np.random.Generator, sizes: Sizes, count: int) -> list[Params]:
    """Draw ``count`` dicts of arrays, with the same names and shapes."""
    shapes = {"kernel": (sizes.inputs, sizes.units), "bias": (sizes.units,), "out": (sizes.units, sizes.classes)}
    return [{name: some(rng, *shape) for name, shape in shapes.items()} for _ in range(count)]


def squares(tree: Params) -> Params:
    return {name: value * value + 0.1 for name, value in tree.items()}


def gradient_descent(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params, gradients = trees(rng, sizes, 2)
    yield Call("gradient_descent", (params, gradients, 0.375))
    for step in (17, 23, 24, sizes.batch):
        yield Call("staircase_rate", (0.375, 0.75, 8, step))


def momentum(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    given = trees(rng, sizes, 3)
    yield Call("momentum_step", (*given, 0.375, 0.75))
    yield Call("nesterov_step", (*given, 0.375, 0.75))


def adagrad(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params, gradients, slots = trees(rng, sizes, 3)
    yield Call("adagrad_step", (params, gradients, squares(slots), 0.375))


def rmsprop(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params, gradients, rms, momenta = trees(rng, sizes, 4)
    options = {"learning_rate": 0.375, "decay": 0.75, "momentum": 0.625, "epsilon": EPSILON}
    yield Call("rmsprop_step", (params, gradients, squares(rms), momenta, options))


def adam(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params, gradients, m, v = trees(rng, sizes, 4)
    options = {"learning_rate": 0.375, "beta1": 0.75, "beta2": 0.875, "epsilon": EPSILON}
    zeros = {name: np.zeros_like(value) for name, value in params.items()}
    yield Call("adam_step", (params, gradients, m, squares(v), 3, options))
    yield Call("adam_step", (params, gradients, zeros, zeros, 1, options))


def clip_by_norm(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    (gradients,) = trees(rng, sizes, 1)
    # One variable is shorter than the limit, the others are longer.
    gradients["bias"] = gradients["bias"] * 0.2
    yield Call("clip_by_value", (gradients, 0.75))
    yield Call("clip_by_norm", (gradients, 1.5))


def clip_by_global_norm(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    (gradients,) = trees(rng, sizes, 1)
    yield Call("global_norm", (gradients,))
    yield Call("clip_by_global_norm", (gradients, 1.5))
    yield Call("clip_by_global_norm", (gradients, 1000.0), "a norm below the limit")
