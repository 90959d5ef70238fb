"""The sequence losses of ``tf.contrib`` 1.15, which TensorFlow no longer ships, from the operations they were made of.

The cross-entropy, the sums, the divisions and the gradients are TensorFlow's own.
"""

from tf_impl.program import Program
from tf_impl.tensorflow import tf


def sequence_loss(
    logits,
    targets,
    weights,
    average_across_timesteps=True,
    average_across_batch=True,
    sum_over_timesteps=False,
    sum_over_batch=False,
):
    """Return ``(loss, program)``: ``tf.contrib.seq2seq.sequence_loss``, whose divisions are ``div_no_nan``."""

    def function(logits, targets, weights):
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


def sequence_loss_by_example(logits, targets, weights, average_across_timesteps=True):
    """Return ``(loss [B], program)``: ``tf.contrib.legacy_seq2seq.sequence_loss_by_example``, with its 1e-12."""

    def function(logits, targets, weights):
        return by_example(logits, targets, weights, average_across_timesteps)

    return run(function, logits, targets, weights)


def legacy_sequence_loss(logits, targets, weights, average_across_timesteps=True, average_across_batch=True):
    """Return ``(loss, program)``: ``tf.contrib.legacy_seq2seq.sequence_loss``."""

    def function(logits, targets, weights):
        losses = by_example(logits, targets, weights, average_across_timesteps)
        return tf.reduce_mean(losses) if average_across_batch else tf.reduce_sum(losses)

    return run(function, logits, targets, weights)


def sequence_loss_backward(program, d_loss=1.0):
    """Return d_logits, from ``tf.gradients``: an array or a list, as the logits were."""
    return program.backward((d_loss,))[0]


def by_example(logits, targets, weights, average_across_timesteps):
    steps = zip(logits, targets, weights, strict=True)
    losses = tf.add_n([cross_entropy(target, step) * weight for step, target, weight in steps])
    return losses / (tf.add_n(weights) + 1e-12) if average_across_timesteps else losses


def cross_entropy(labels, logits):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)


def count(weights, axis):
    return tf.math.count_nonzero(weights, axis, dtype=weights.dtype)


def run(function, logits, targets, weights):
    program = Program()
    with program.graph.as_default():
        tf_logits = program.feed(logits)
        results = (function(tf_logits, program.feed(targets), program.feed(weights)),)
        program.differentiate(results, (tf_logits,))
    return *program.run(results), program
