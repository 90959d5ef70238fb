"""TensorFlow's softmax cross-entropies, from one-hot labels and from class numbers, and the tutorials' masked means."""

from collections.abc import Callable
from typing import Any

import numpy as np

from scratch.arrays import Array, Bool, Float, Int, Lengths
from scratch.training.losses import CrossEntropy
from tf_impl.inputs.unstack import compute
from tf_impl.program import Program
from tf_impl.tensorflow import Tensor, tf, v1


def softmax_cross_entropy_with_logits(
    labels: Float[Array, "*N C"], logits: Float[Array, "*N C"]
) -> tuple[Float[Array, "*N"], Program]:
    """Return ``(loss [...], program)`` from ``tf.compat.v1.nn.softmax_cross_entropy_with_logits``."""
    return run(v1.nn.softmax_cross_entropy_with_logits, labels, logits)


def sparse_softmax_cross_entropy_with_logits(
    labels: Int[Array, "*N"], logits: Float[Array, "*N C"]
) -> tuple[Float[Array, "*N"], Program]:
    """Return ``(loss [...], program)`` from ``tf.nn.sparse_softmax_cross_entropy_with_logits``."""
    return run(v1.nn.sparse_softmax_cross_entropy_with_logits, labels, logits)


def softmax_cross_entropy_with_logits_backward(program: Program, d_loss: Float[Array, "*N"]) -> Float[Array, "*N C"]:
    """Return d_logits, from ``tf.gradients``."""
    return program.backward((d_loss,))[0]


def mask_by_sign(labels: Int[Array, "B T"]) -> Bool[Array, "B T"]:
    """Return ``tf.sign(labels)`` as Booleans."""
    return compute(lambda y: tf.cast(tf.sign(y), tf.bool), labels)


def mask_by_length(labels: Int[Array, "B T"], sequence_length: Lengths) -> Bool[Array, "B T"]:
    """Return ``tf.sequence_mask(sequence_length, T)``."""
    return compute(lambda lengths: tf.sequence_mask(lengths, labels.shape[1]), np.asarray(sequence_length))


def masked_loss(
    labels: Int[Array, "B T"], logits: Float[Array, "B T C"], mask: Bool[Array, "B T"], mean: str = "examples"
) -> tuple[Any, Program]:
    """Return ``(loss, program)``: TensorFlow's losses times the mask, and its sums over its counts."""

    program = Program()
    return run(lambda labels, logits: masked_mean(labels, logits, program.feed(mask), mean), labels, logits, program)


def masked_mean(
    labels: Int[Tensor, "B T"], logits: Float[Tensor, "B T C"], mask: Bool[Tensor, "B T"], mean: str
) -> Tensor:
    """Return the mean of TensorFlow's losses over the real steps."""
    real = tf.cast(mask, logits.dtype)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits) * real
    if mean == "steps":
        return tf.math.divide_no_nan(tf.reduce_sum(losses), tf.reduce_sum(real))
    lengths = tf.reduce_sum(real, axis=1)
    by_example = tf.math.divide_no_nan(tf.reduce_sum(losses, axis=1), lengths)
    return tf.math.divide_no_nan(tf.reduce_sum(by_example), tf.math.count_nonzero(lengths, dtype=logits.dtype))


def mean_loss(loss: CrossEntropy, labels: Int[Tensor, "*N"], logits: Float[Tensor, "*N C"], lengths: Any) -> Tensor:
    """Return ``scratch.CrossEntropy`` as the tutorials write it; ``lengths`` is a tensor [B] or ``None``."""
    if lengths is None or logits.shape.rank < 3:
        return tf.reduce_mean(v1.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    return masked_mean(labels, logits, tf.sequence_mask(lengths, tf.shape(labels)[1]), loss.mean)


def softmax(logits: Float[Array, "*N C"]) -> Float[Array, "*N C"]:
    """Return ``tf.nn.softmax(logits)``."""
    return compute(tf.nn.softmax, logits)


def masked_loss_backward(program: Program, d_loss: Any = 1.0) -> Float[Array, "B T C"]:
    """Return d_logits, from ``tf.gradients``."""
    return program.backward((d_loss,))[0]


def run(
    function: Callable[..., Any], labels: Array, logits: Float[Array, "*N C"], program: Program | None = None
) -> Any:
    program = program or Program()
    with program.graph.as_default():
        tf_labels, tf_logits = program.feed(labels), program.feed(logits)
        results = (function(labels=tf_labels, logits=tf_logits),)
        program.differentiate(results, (tf_logits,))
    return *program.run(results), program
