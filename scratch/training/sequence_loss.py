"""The weighted cross-entropies of sequences that left with ``tf.contrib``: ``sequence_loss`` and its two elders.

    losses = cross-entropy of logits [B, T, C] and targets [B, T]
    loss   = Σ share ⊙ losses              share = weights / size
    ∂loss/∂y = share (p − targets)

Which axes are summed, and what ``size`` is, is all that tells one of these losses from another. Weights are 1 at a real
step and 0 at a padded one, or anything between and above. The derivation is in ``docs/training/sequence_loss.md``.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from scratch.arrays import Array, Float, Int
from scratch.caches import check_cache
from scratch.checks import check_array, check_labels
from scratch.finite import quiet
from scratch.options import check_flag, check_number
from scratch.training.losses import (
    CrossEntropyCache,
    check_logits,
    softmax_cross_entropy_with_logits_backward,
    sparse_softmax_cross_entropy_with_logits,
)

# A list of arrays [B, …], one a time step.
Steps: TypeAlias = Any


class SequenceLossCache(NamedTuple):
    """What a forward pass keeps: each step's cache and share [B, T], the axes summed, and if the logits were a list."""

    cross_entropy: CrossEntropyCache
    share: Float[Array, "B T"]
    axes: tuple[int, ...]
    listed: bool


@quiet
def sequence_loss(
    logits: Float[Array, "B T C"],
    targets: Int[Array, "B T"],
    weights: Float[Array, "B T"],
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
) -> tuple[Any, SequenceLossCache]:
    """Return ``(loss, cache)`` for logits [B, T, C], targets [B, T] and weights [B, T].

    Each option reduces its axis, so the loss is a scalar, [B], [T], or [B, T] where nothing is reduced. The averages
    divide by the sum of the weights along what is reduced. The sums, in spite of their name, divide as well: by the
    count of the weights that are not 0. Where that is 0, so is the loss.

    - ``weights``: finite, at least 0, of the logits' dtype. No gradient is taken with respect to them. What the logits
      hold at a weight of 0 is never looked at; the target there must be a class all the same, as in TensorFlow.

    Raises ``TypeError`` or ``ValueError``, by name, for arguments that do not fit one another, and ``ValueError`` for
    an average along one axis with a sum along the other, of which TensorFlow 1.15 forgets the sum.
    Source: ``tf.contrib.seq2seq.sequence_loss``.
    """
    check_flag("average_across_timesteps", average_across_timesteps)
    check_flag("average_across_batch", average_across_batch)
    check_flag("sum_over_timesteps", sum_over_timesteps)
    check_flag("sum_over_batch", sum_over_batch)
    averages, sums = (average_across_batch, average_across_timesteps), (sum_over_batch, sum_over_timesteps)
    if any(averages) and any(sums):
        raise ValueError("sum_over_timesteps and sum_over_batch need both averages set to False, but one is True")
    losses, cache = step_losses(logits, targets, weights)
    axes = tuple(axis for axis in (0, 1) if averages[axis] or sums[axis])
    counted = weights if any(averages) else (weights != 0).astype(weights.dtype)
    # size = Σ weights or Σ [weights ≠ 0] over what is reduced
    size = counted.sum(axis=axes, keepdims=True) if axes else np.ones_like(weights)
    # share = weights / size, and 0 where nothing is counted
    share = np.divide(weights, size, out=np.zeros_like(weights), where=size != 0)
    return (share * losses).sum(axis=axes), SequenceLossCache(cache, share, axes, listed=False)


@quiet
def sequence_loss_by_example(
    logits: Steps, targets: Steps, weights: Steps, average_across_timesteps: bool = True
) -> tuple[Float[Array, " B"], SequenceLossCache]:
    """Return ``(loss [B], cache)`` for lists of T arrays: logits [B, C], targets [B] and weights [B].

    The loss of an example is Σ weights ⊙ losses over its steps, divided by Σ weights + 1e-12 if
    ``average_across_timesteps``: so that an example of no steps has the loss 0 and not 0 / 0. Otherwise as
    ``sequence_loss``. Source: ``tf.contrib.legacy_seq2seq.sequence_loss_by_example``.
    """
    check_flag("average_across_timesteps", average_across_timesteps)
    logits, targets, weights = stacked(logits, targets, weights)
    losses, cache = step_losses(logits, targets, weights)
    share = example_share(weights, average_across_timesteps)
    return (share * losses).sum(axis=1), SequenceLossCache(cache, share, (1,), listed=True)


@quiet
def legacy_sequence_loss(
    logits: Steps,
    targets: Steps,
    weights: Steps,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
) -> tuple[Any, SequenceLossCache]:
    """Return ``(loss, cache)``: the sum of ``sequence_loss_by_example`` over the batch.

    It is divided by B if ``average_across_batch``: an example of no steps adds nothing and is counted nevertheless.
    Source: ``tf.contrib.legacy_seq2seq.sequence_loss``.
    """
    check_flag("average_across_timesteps", average_across_timesteps)
    check_flag("average_across_batch", average_across_batch)
    logits, targets, weights = stacked(logits, targets, weights)
    losses, cache = step_losses(logits, targets, weights)
    share = example_share(weights, average_across_timesteps)
    if average_across_batch:
        share = share / max(len(share), 1)
    return (share * losses).sum(), SequenceLossCache(cache, share, (0, 1), listed=True)


@quiet
def sequence_loss_backward(cache: SequenceLossCache, d_loss: Any = 1.0) -> Any:
    """Return d_logits from ``d_loss``, for each of the three losses: [B, T, C], or a list of T arrays [B, C].

    ``d_loss`` has the shape of the loss, and is a number where that is a scalar. The gradient is exactly 0 wherever the
    weight is.
    """
    check_cache(cache, SequenceLossCache)
    share = cache.share
    if cache.axes == (0, 1):
        d_loss = check_number("d_loss", d_loss)
    else:
        shape = tuple(size for axis, size in enumerate(share.shape) if axis not in cache.axes)
        check_array("d_loss", d_loss, shape, share.dtype)
        d_loss = np.expand_dims(d_loss, cache.axes)
    # ∂L/∂losses = ∂L/∂loss share
    d_logits = softmax_cross_entropy_with_logits_backward(cache.cross_entropy, d_loss * share)
    return list(d_logits.swapaxes(0, 1)) if cache.listed else d_logits


def step_losses(
    logits: Float[Array, "B T C"], targets: Int[Array, "B T"], weights: Float[Array, "B T"]
) -> tuple[Float[Array, "B T"], CrossEntropyCache]:
    """Check the three arrays and return the cross-entropy [B, T] of each step, and its cache."""
    check_logits(logits)
    check_array("logits", logits, ("B", "T", "C"))
    check_labels(targets, logits.shape[:-1], logits.shape[-1], name="targets")
    check_weights(weights, logits)
    # Set to 0, because 0 · NaN is not 0.
    return sparse_softmax_cross_entropy_with_logits(targets, np.where(weights[..., None] != 0, logits, 0))


def example_share(weights: Float[Array, "B T"], average_across_timesteps: bool) -> Float[Array, "B T"]:
    """Return each step's share [B, T] in the loss of its own example."""
    if not average_across_timesteps:
        return weights
    # share = weights / (Σ weights + 1e-12)
    return weights / (weights.sum(axis=1, keepdims=True) + 1e-12)


def stacked(logits: Steps, targets: Steps, weights: Steps) -> list[Array]:
    """Return three lists of T arrays as arrays [B, T, …], refusing what is not three lists of one length and shape."""
    arguments = {"logits": logits, "targets": targets, "weights": weights}
    for name, steps in arguments.items():
        if not isinstance(steps, list | tuple):
            raise TypeError(f"{name} must be a list of arrays, one a time step, but is {type(steps).__name__}")
        if not steps:
            raise ValueError(f"{name} must hold at least one time step, but is empty")
        if len(steps) != len(logits):
            raise ValueError(f"{name} must hold {len(logits)} time steps, as the logits do, but holds {len(steps)}")
    check_array("logits[0]", logits[0], ("B", "C"))
    for t, (step, target, weight) in enumerate(zip(logits, targets, weights, strict=True)):
        check_array(f"logits[{t}]", step, logits[0].shape, logits[0].dtype)
        check_labels(target, step.shape[:1], step.shape[1], name=f"targets[{t}]")
        check_array(f"weights[{t}]", weight, step.shape[:1], step.dtype)
    return [np.stack(steps, axis=1) for steps in arguments.values()]


def check_weights(weights: Any, logits: Float[Array, "B T C"]) -> None:
    """Refuse all but finite weights of at least 0, one for each step of the logits and of their dtype."""
    check_array("weights", weights, logits.shape[:-1], logits.dtype)
    wrong = ~np.isfinite(weights) | (weights.real < 0)
    if wrong.any():
        b, t = np.argwhere(wrong)[0].tolist()
        raise ValueError(f"weights of row {b}, step {t} is {weights[b, t]}, but a weight is finite and at least 0")
