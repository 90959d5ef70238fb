"""TensorFlow's ``tf.clip_by_value``, ``tf.clip_by_norm`` and ``tf.clip_by_global_norm``, over nested dicts."""

from scratch.tree import map_named, map_tree
from tf_impl.inputs.unstack import compute
from tf_impl.tensorflow import tf


def clip_by_value(gradients, clip_value_min, clip_value_max):
    """Return ``tf.clip_by_value`` of every gradient."""

    def clip(g):
        return tf.clip_by_value(g, clip_value_min, clip_value_max)

    return compute(lambda tree: map_tree(clip, tree), gradients)


def clip_by_norm(gradients, clip_norm, skip=()):
    """Return ``tf.clip_by_norm`` of every gradient, but of those in ``skip`` themselves."""

    def clip(path, g):
        skipped = any(path == name or path.startswith(f"{name}/") for name in skip)
        return tf.identity(g) if skipped else tf.clip_by_norm(g, clip_norm)

    return compute(lambda tree: map_named(clip, tree), gradients)


def clip_by_global_norm(gradients, clip_norm):
    """Return ``(clipped, global_norm)`` from ``tf.clip_by_global_norm`` of all gradients together."""

    def clip(tree):
        clipped, norm = tf.clip_by_global_norm(tf.nest.flatten(tree), clip_norm)
        return tf.nest.pack_sequence_as(tree, clipped), norm

    return compute(clip, gradients)


def global_norm(gradients):
    """Return ``tf.linalg.global_norm`` of all gradients together."""
    return compute(lambda tree: tf.linalg.global_norm(tf.nest.flatten(tree)), gradients)
