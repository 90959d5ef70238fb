"""Softmax cross-entropy, from one-hot labels and from class numbers.

    p_k  = exp(y_k) / Σ_m exp(y_m)
    loss = − Σ_k labels_k log p_k
    ∂loss/∂y = p − labels

log p is computed as (y − max y) − log Σ exp(y − max y), so logits of ±1000 neither overflow nor lose the loss. The
derivation is in ``docs/training/losses.md``.
"""

from typing import NamedTuple

import numpy as np

from scratch.checks import check_array, check_labels


class CrossEntropyCache(NamedTuple):
    """What the forward pass keeps: the probabilities p [..., C], and the labels, [..., C] or class numbers [...]."""

    p: np.ndarray
    labels: np.ndarray


def softmax_cross_entropy_with_logits(labels, logits):
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


def sparse_softmax_cross_entropy_with_logits(labels, logits):
    """Return ``(loss [...], cache)`` for logits [..., C] and labels [...], whole numbers from 0 to C − 1.

    Raises ``ValueError`` for a label that is no class. Source: ``tf.nn.sparse_softmax_cross_entropy_with_logits``.
    """
    check_logits(logits)
    check_labels(labels, logits.shape[:-1], logits.shape[-1])
    log_p = log_softmax(logits)
    # Of the sum over k, a one-hot row leaves one term, which is picked rather than multiplied by 1.
    return -pick(log_p, labels)[..., 0], CrossEntropyCache(np.exp(log_p), labels)


def softmax_cross_entropy_with_logits_backward(cache, d_loss):
    """Return d_logits [..., C] from d_loss [...], for either form of the loss."""
    check_array("d_loss", d_loss, cache.p.shape[:-1], cache.p.dtype)
    # ∂L/∂y = ∂L/∂loss (p − labels)
    if cache.labels.ndim == cache.p.ndim:
        return d_loss[..., None] * (cache.p - cache.labels)
    difference = cache.p.copy()
    np.put_along_axis(difference, cache.labels[..., None], pick(cache.p, cache.labels) - 1, axis=-1)
    return d_loss[..., None] * difference


def pick(array, labels):
    """Return the entry [..., 1] of array [..., C] that each class number of labels [...] names."""
    return np.take_along_axis(array, labels[..., None], axis=-1)


def log_softmax(logits):
    """Return log p [..., C] of logits [..., C]: the logarithm of softmax without ever forming a large exponential."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def check_logits(logits):
    """Refuse all but a floating-point array [..., C] with at least one class."""
    check_array("logits", logits, (..., "C"))
    if logits.shape[-1] == 0:
        raise ValueError("logits must have at least one class, but their last axis is empty")
