"""Softmax cross-entropy, from one-hot labels and from class numbers, and its mean over the real steps of a batch.

    p_k  = exp(y_k) / Σ_m exp(y_m)
    loss = − Σ_k labels_k log p_k
    ∂loss/∂y = p − labels

log p is computed as (y − max y) − log Σ exp(y − max y), so logits of ±1000 neither overflow nor lose the loss.

    masked loss = Σ share ⊙ losses        share = mask / how many steps the mean is over
    ∂(masked loss)/∂y = share (p − labels)

``CrossEntropy`` is either mean as the loss of a ``Trainer``. The derivations are in ``docs/training/losses.md``.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Bool, DType, Float, Int, Lengths
from scratch.caches import check_cache
from scratch.checks import check_array, check_labels, check_lengths, check_masks, is_plain, shape_text
from scratch.finite import quiet
from scratch.options import check_choice, check_number, check_options


class CrossEntropyCache(NamedTuple):
    """What the forward pass keeps: the probabilities p [..., C], and the labels, [..., C] or class numbers [...]."""

    p: Float[Array, "*N C"]
    labels: Int[Array, "*N"] | Float[Array, "*N C"]


class MaskedLossCache(NamedTuple):
    """What the forward pass keeps: the cache of each step's loss, and the share [B, T] it has in the mean."""

    cross_entropy: CrossEntropyCache
    share: Float[Array, "B T"]


@dataclass(frozen=True)
class CrossEntropy:
    """The mean of the softmax cross-entropy over the real steps of a batch: a loss for a ``Trainer``.

    ``mean``: ``"steps"``, over all steps, or ``"examples"``, over each row's own and then over the rows: see
    ``masked_loss``. Raises ``ValueError`` for any other.
    """

    mean: str = "steps"

    def __post_init__(self) -> None:
        check_options(self, mean=lambda name, value: check_choice(name, value, ("examples", "steps")))

    @quiet
    def forward(
        self, labels: Int[Array, "*N"], logits: Float[Array, "*N C"], sequence_length: Lengths = None
    ) -> tuple[Any, CrossEntropyCache | MaskedLossCache]:
        """Return ``(loss, cache)``; ``sequence_length`` [B] says which steps of logits [B, T, C] are real."""
        check_logits(logits)
        check_labels(labels, logits.shape[:-1], logits.shape[-1])
        if sequence_length is None or logits.ndim < 3:
            losses, cache = sparse_softmax_cross_entropy_with_logits(labels, logits)
            return losses.mean(), cache
        return masked_loss(labels, logits, mask_by_length(labels, sequence_length), self.mean)

    def backward(self, cache: CrossEntropyCache | MaskedLossCache) -> Float[Array, "*N C"]:
        """Return d_logits, the gradient of the loss."""
        if isinstance(cache, MaskedLossCache):
            return masked_loss_backward(cache)
        check_cache(cache, CrossEntropyCache)
        # loss = Σ losses / N
        d_losses = np.full(cache.labels.shape, 1 / cache.labels.size, cache.p.dtype)
        return softmax_cross_entropy_with_logits_backward(cache, d_losses)


def softmax(logits: Float[Array, "*N C"]) -> Float[Array, "*N C"]:
    """Return p [..., C], the probabilities exp(y_k) / Σ exp(y_m) of logits y [..., C]. Source: ``tf.nn.softmax``."""
    check_logits(logits)
    return np.exp(log_softmax(logits))


@quiet
def softmax_cross_entropy_with_logits(
    labels: Float[Array, "*N C"], logits: Float[Array, "*N C"]
) -> tuple[Float[Array, "*N"], CrossEntropyCache]:
    """Return ``(loss [...], cache)`` for logits [..., C] and labels [..., C], each row a distribution over C classes.

    Raises ``ValueError`` where a row of labels has a negative entry or does not sum to 1: TensorFlow takes such
    labels and returns a wrong gradient. Labels are data: no gradient is taken with respect to them.
    Source: ``tf.compat.v1.nn.softmax_cross_entropy_with_logits``.
    """
    check_logits(logits)
    check_array("labels", labels, logits.shape, logits.dtype)
    if (labels.real < 0).any() or not np.allclose(labels.sum(axis=-1), 1, atol=1e-6):
        raise ValueError("labels must be distributions: each row non-negative and with the sum 1")
    log_p = log_softmax(logits)
    return -(labels * log_p).sum(axis=-1), CrossEntropyCache(np.exp(log_p), labels)


def sparse_softmax_cross_entropy_with_logits(
    labels: Int[Array, "*N"], logits: Float[Array, "*N C"]
) -> tuple[Float[Array, "*N"], CrossEntropyCache]:
    """Return ``(loss [...], cache)`` for logits [..., C] and labels [...], integers from 0 to C − 1.

    Raises ``ValueError`` for a label that is no class. Source: ``tf.nn.sparse_softmax_cross_entropy_with_logits``.
    """
    check_logits(logits)
    check_labels(labels, logits.shape[:-1], logits.shape[-1])
    log_p = log_softmax(logits)
    # Of the sum over k, a one-hot row leaves one term, which is picked rather than multiplied by 1.
    return -pick(log_p, labels)[..., 0], CrossEntropyCache(np.exp(log_p), labels)


@quiet
def softmax_cross_entropy_with_logits_backward(
    cache: CrossEntropyCache, d_loss: Float[Array, "*N"]
) -> Float[Array, "*N C"]:
    """Return d_logits [..., C] from d_loss [...], for either form of the loss."""
    check_cache(cache, CrossEntropyCache)
    check_array("d_loss", d_loss, cache.p.shape[:-1], cache.p.dtype)
    # ∂L/∂y = ∂L/∂loss (p − labels)
    if cache.labels.ndim == cache.p.ndim:
        return d_loss[..., None] * (cache.p - cache.labels)
    difference = cache.p.copy()
    np.put_along_axis(difference, cache.labels[..., None], pick(cache.p, cache.labels) - 1, axis=-1)
    return d_loss[..., None] * difference


def mask_by_sign(labels: Int[Array, "B T"]) -> Bool[Array, "B T"]:
    """Return the mask [B, T] of labels [B, T] in which 0 is padding and no class: true where sign(label) is 1.

    Where 0 is a class as well, this drops every true step of that class: ``mask_by_length`` does not.
    Raises ``ValueError`` for a label under 0, of which ``tf.sign`` would make a weight of −1. Source: ``tf.sign``.
    """
    check_padded_labels(labels)
    if (labels < 0).any():
        raise ValueError(f"labels must be at least 0, but hold {labels.min()}")
    return np.sign(labels) == 1


def mask_by_length(labels: Int[Array, "B T"], sequence_length: Any) -> Bool[Array, "B T"]:
    """Return the mask [B, T] for labels [B, T] in which 0 may be a class: true where t < sequence_length.

    Of the labels only the shape is looked at. Source: ``tf.sequence_mask``.
    """
    check_padded_labels(labels)
    lengths = check_lengths(sequence_length, len(labels), labels.shape[1])
    return np.arange(labels.shape[1]) < lengths[:, None]


@quiet
def masked_loss(
    labels: Int[Array, "B T"], logits: Float[Array, "B T C"], mask: Bool[Array, "B T"], mean: str = "examples"
) -> tuple[Any, MaskedLossCache]:
    """Return ``(loss, cache)``: a mean of the cross-entropy of logits [B, T, C] and labels [B, T] over the real steps.

    - ``mask``: Booleans [B, T], from ``mask_by_sign`` or ``mask_by_length``. What the logits hold where it is false
      is never looked at; the labels there must be classes all the same, as TensorFlow's kernel wants them.
    - ``mean``: ``"examples"``, over each example's own steps and then over the examples; ``"steps"``, over all steps.

    An example of no steps adds nothing and is not counted; where there are no steps at all, the loss is 0.
    Raises ``TypeError`` or ``ValueError``, by name, for arguments that do not fit one another.
    Source: ``tf.nn.sparse_softmax_cross_entropy_with_logits``, ``tf.reduce_sum``, ``tf.reduce_mean``.
    """
    check_logits(logits)
    check_array("logits", logits, ("B", "T", "C"))
    check_masks("mask", mask, logits.shape[1], logits.shape[0])
    check_choice("mean", mean, ("examples", "steps"))
    # Set to 0, because in the backward pass 0 · NaN is not 0.
    losses, cache = sparse_softmax_cross_entropy_with_logits(labels, np.where(mask[..., None], logits, 0))
    share = shares(mask, mean, logits.dtype)
    # loss = Σ share ⊙ losses
    return (share * losses).sum(), MaskedLossCache(cache, share)


def shares(mask: Bool[Array, "B T"], mean: str, dtype: DType) -> Float[Array, "B T"]:
    """Return the share [B, T] of each step in ``masked_loss``."""
    lengths = mask.sum(axis=1, keepdims=True)
    # All steps of the batch; or the steps of the example, whose mean is one of those of all examples that have any.
    count = lengths.sum() if mean == "steps" else lengths * np.count_nonzero(lengths)
    return np.where(mask, 1 / np.maximum(count, 1), 0).astype(dtype)


@quiet
def masked_loss_backward(cache: MaskedLossCache, d_loss: float = 1.0) -> Float[Array, "B T C"]:
    """Return d_logits [B, T, C] from the number ``d_loss``: exactly 0 where the mask is false."""
    check_cache(cache, MaskedLossCache)
    d_loss = check_number("d_loss", d_loss)
    # ∂L/∂losses = ∂L/∂loss share
    return softmax_cross_entropy_with_logits_backward(cache.cross_entropy, d_loss * cache.share)


def pick(array: Float[Array, "*N C"], labels: Int[Array, "*N"]) -> Float[Array, "*N 1"]:
    """Return the entry [..., 1] of array [..., C] that each class number of labels [...] names."""
    return np.take_along_axis(array, labels[..., None], axis=-1)


@quiet
def log_softmax(logits: Float[Array, "*N C"]) -> Float[Array, "*N C"]:
    """Return log p [..., C] of logits [..., C]: the logarithm of softmax without ever forming a large exponential."""
    # ∞ − ∞ and −∞ − (−∞) are NaN, as in TensorFlow.
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def check_logits(logits: Any) -> None:
    """Refuse all but a floating-point array [..., C] with at least one class."""
    check_array("logits", logits, (..., "C"))
    if logits.shape[-1] == 0:
        raise ValueError("logits must have at least one class, but their last axis is empty")


def check_padded_labels(labels: Any) -> None:
    """Refuse all but an array of integers [B, T]."""
    if not is_plain(labels) or labels.dtype.kind not in "iu":
        came = labels.dtype if is_plain(labels) else type(labels).__name__
        raise TypeError(f"labels must be an array of integers, but is {came}")
    if labels.ndim != 2:
        raise ValueError(f"labels must have shape [B, T], but has {shape_text(labels.shape)}")
