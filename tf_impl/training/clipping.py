"""TensorFlow's ``tf.clip_by_value``, ``tf.clip_by_norm`` and ``tf.clip_by_global_norm``, over nested dicts."""

from collections.abc import Iterable
from typing import Any

from scratch.arrays import Float, Params
from scratch.training.clipping import Clipping
from scratch.tree import map_named, map_tree, named_leaves
from tf_impl.inputs.unstack import compute
from tf_impl.tensorflow import Tensor, tf


def clip_by_value(gradients: Params, clip_value_min: float, clip_value_max: float) -> Params:
    """Return ``tf.clip_by_value`` of every gradient."""

    def clip(g: Float[Tensor, "..."]) -> Any:
        return tf.clip_by_value(g, clip_value_min, clip_value_max)

    return compute(lambda tree: map_tree(clip, tree), gradients)


def clip_by_norm(gradients: Params, clip_norm: float, skip: Iterable[str] = ()) -> Params:
    """Return ``tf.clip_by_norm`` of every gradient, but of those in ``skip`` themselves."""

    def clip(path: str, g: Float[Tensor, "..."]) -> Any:
        skipped = any(path == name or path.startswith(f"{name}/") for name in skip)
        return tf.identity(g) if skipped else tf.clip_by_norm(g, clip_norm)

    return compute(lambda tree: map_named(clip, tree), gradients)


def clip_by_global_norm(gradients: Params, clip_norm: float) -> tuple[Params, Any]:
    """Return ``(clipped, global_norm)`` from ``tf.clip_by_global_norm`` of all gradients together."""

    def clip(tree: Params) -> Any:
        clipped, norm = tf.clip_by_global_norm(tf.nest.flatten(tree), clip_norm)
        return tf.nest.pack_sequence_as(tree, clipped), norm

    return compute(clip, gradients)


def global_norm(gradients: Params) -> Any:
    """Return ``tf.linalg.global_norm`` of all gradients together."""
    return compute(lambda tree: tf.linalg.global_norm(tf.nest.flatten(tree)), gradients)


def clipped(clip: Clipping | None, gradients: Params) -> Params:
    """Return the tensors ``gradients`` as TensorFlow clips them, for ``scratch.training.clipping.Clipping``."""
    if clip is None:
        return gradients
    if clip.by == "global_norm":
        paths, tensors = zip(*named_leaves(gradients), strict=True)
        short = dict(zip(paths, tf.clip_by_global_norm(tensors, clip.limit)[0], strict=True))
        return map_named(lambda path, _: short[path], gradients)
    if clip.by == "value":
        return map_tree(lambda g: tf.clip_by_value(g, -clip.limit, clip.limit), gradients)
    left = tuple(f"{name}/" for name in clip.skip)
    return map_named(lambda path, g: g if f"{path}/".startswith(left) else tf.clip_by_norm(g, clip.limit), gradients)
