"""The sequence losses of ``tf.contrib`` 1.15, which TensorFlow no longer ships, from the operations they were made of.

The cross-entropy, the sums, the divisions and the gradients are TensorFlow's own.
"""

from collections.abc import Callable
from typing import Any

from scratch.arrays import Array, Float, Int, Tree
from scratch.training.sequence_loss import Steps
from tf_impl.program import Program
from tf_impl.tensorflow import Tensor, tf


def sequence_loss(
    logits: Float[Array, "B T C"],
    targets: Int[Array, "B T"],
    weights: Float[Array, "B T"],
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
) -> tuple[Any, Program]:
    """Return ``(loss, program)``: ``tf.contrib.seq2seq.sequence_loss``, whose divisions are ``div_no_nan``."""

    def function(logits: Any, targets: Any, weights: Any) -> Tensor:
        losses = cross_entropy(targets, logits) * weights
        if average_across_timesteps and average_across_batch:
            return tf.math.divide_no_nan(tf.reduce_sum(losses), tf.reduce_sum(weights))
        if sum_over_timesteps and sum_over_batch:
            return tf.math.divide_no_nan(tf.reduce_sum(losses), count(weights, None))
        if average_across_timesteps or average_across_batch:
            axis = 0 if average_across_batch else 1
            return tf.math.divide_no_nan(tf.reduce_sum(losses, axis), tf.reduce_sum(weights, axis))
        if sum_over_timesteps or sum_over_batch:
            axis = 0 if sum_over_batch else 1
            return tf.math.divide_no_nan(tf.reduce_sum(losses, axis), count(weights, axis))
        return losses

    return run(function, logits, targets, weights)


def sequence_loss_by_example(
    logits: Steps, targets: Steps, weights: Steps, average_across_timesteps: bool = True
) -> tuple[Float[Array, " B"], Program]:
    """Return ``(loss [B], program)``: ``tf.contrib.legacy_seq2seq.sequence_loss_by_example``, with its 1e-12."""

    def function(logits: Any, targets: Any, weights: Any) -> Tensor:
        return by_example(logits, targets, weights, average_across_timesteps)

    return run(function, logits, targets, weights)


def legacy_sequence_loss(
    logits: Steps,
    targets: Steps,
    weights: Steps,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
) -> tuple[Any, Program]:
    """Return ``(loss, program)``: ``tf.contrib.legacy_seq2seq.sequence_loss``."""

    def function(logits: Any, targets: Any, weights: Any) -> Tensor:
        losses = by_example(logits, targets, weights, average_across_timesteps)
        return tf.reduce_mean(losses) if average_across_batch else tf.reduce_sum(losses)

    return run(function, logits, targets, weights)


def sequence_loss_backward(program: Program, d_loss: Any = 1.0) -> Any:
    """Return d_logits, from ``tf.gradients``: an array or a list, as the logits were."""
    return program.backward((d_loss,))[0]


def by_example(
    logits: list[Tensor], targets: list[Tensor], weights: list[Tensor], average_across_timesteps: bool
) -> Float[Tensor, " B"]:
    steps = zip(logits, targets, weights, strict=True)
    losses = tf.add_n([cross_entropy(target, step) * weight for step, target, weight in steps])
    return losses / (tf.add_n(weights) + 1e-12) if average_across_timesteps else losses


def cross_entropy(labels: Int[Tensor, "*N"], logits: Float[Tensor, "*N C"]) -> Float[Tensor, "*N"]:
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)


def count(weights: Float[Tensor, "B T"], axis: int | None) -> Tensor:
    return tf.math.count_nonzero(weights, axis, dtype=weights.dtype)


def run(function: Callable[..., Any], logits: Tree, targets: Tree, weights: Tree) -> Any:
    program = Program()
    with program.graph.as_default():
        tf_logits = program.feed(logits)
        results = (function(tf_logits, program.feed(targets), program.feed(weights)),)
        program.differentiate(results, (tf_logits,))
    return *program.run(results), program
