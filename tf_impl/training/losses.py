"""TensorFlow's softmax cross-entropies, from one-hot labels and from class numbers."""

from tf_impl.program import Program
from tf_impl.tensorflow import v1


def softmax_cross_entropy_with_logits(labels, logits):
    """Return ``(loss [...], program)`` from ``tf.compat.v1.nn.softmax_cross_entropy_with_logits``."""
    return run(v1.nn.softmax_cross_entropy_with_logits, labels, logits)


def sparse_softmax_cross_entropy_with_logits(labels, logits):
    """Return ``(loss [...], program)`` from ``tf.nn.sparse_softmax_cross_entropy_with_logits``."""
    return run(v1.nn.sparse_softmax_cross_entropy_with_logits, labels, logits)


def softmax_cross_entropy_with_logits_backward(program, d_loss):
    """Return d_logits, from ``tf.gradients``."""
    return program.backward((d_loss,))[0]


def run(function, labels, logits):
    program = Program()
    with program.graph.as_default():
        tf_labels, tf_logits = program.feed(labels), program.feed(logits)
        results = (function(labels=tf_labels, logits=tf_logits),)
        program.differentiate(results, (tf_logits,))
    return *program.run(results), program
