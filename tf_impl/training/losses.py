"""TensorFlow's softmax cross-entropies, from one-hot labels and from class numbers, and the tutorials' masked means."""

import numpy as np

from tf_impl.inputs.unstack import compute
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


def softmax_cross_entropy_with_logits(labels, logits):
    """Return ``(loss [...], program)`` from ``tf.compat.v1.nn.softmax_cross_entropy_with_logits``."""
    return run(v1.nn.softmax_cross_entropy_with_logits, labels, logits)


def sparse_softmax_cross_entropy_with_logits(labels, logits):
    """Return ``(loss [...], program)`` from ``tf.nn.sparse_softmax_cross_entropy_with_logits``."""
    return run(v1.nn.sparse_softmax_cross_entropy_with_logits, labels, logits)


def softmax_cross_entropy_with_logits_backward(program, d_loss):
    """Return d_logits, from ``tf.gradients``."""
    return program.backward((d_loss,))[0]


def mask_by_sign(labels):
    """Return ``tf.sign(labels)`` as Booleans."""
    return compute(lambda y: tf.cast(tf.sign(y), tf.bool), labels)


def mask_by_length(labels, sequence_length):
    """Return ``tf.sequence_mask(sequence_length, T)``."""
    return compute(lambda lengths: tf.sequence_mask(lengths, labels.shape[1]), np.asarray(sequence_length))


def masked_loss(labels, logits, mask, mean="examples"):
    """Return ``(loss, program)``: TensorFlow's losses times the mask, and its sums over its counts."""

    def function(labels, logits):
        real = tf.cast(program.feed(mask), logits.dtype)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits) * real
        if mean == "steps":
            return tf.math.divide_no_nan(tf.reduce_sum(losses), tf.reduce_sum(real))
        lengths = tf.reduce_sum(real, axis=1)
        by_example = tf.math.divide_no_nan(tf.reduce_sum(losses, axis=1), lengths)
        return tf.math.divide_no_nan(tf.reduce_sum(by_example), tf.math.count_nonzero(lengths, dtype=logits.dtype))

    program = Program()
    return run(function, labels, logits, program)


def masked_loss_backward(program, d_loss=1.0):
    """Return d_logits, from ``tf.gradients``."""
    return program.backward((d_loss,))[0]


def run(function, labels, logits, program=None):
    program = program or Program()
    with program.graph.as_default():
        tf_labels, tf_logits = program.feed(labels), program.feed(logits)
        results = (function(labels=tf_labels, logits=tf_logits),)
        program.differentiate(results, (tf_logits,))
    return *program.run(results), program
