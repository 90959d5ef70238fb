"""Softmax and cross-entropy, from class numbers.

    p_k    = exp(y_k) / Σ_m exp(y_m)
    loss_b = − log p_{b, labels_b}

    logits y [B, C]   p [B, C]   labels [B], integers from 0 to C − 1   losses [B]

Logits of ±1000 must give neither NaN nor infinity: compute log p as (y − max y) − log Σ exp(y − max y).

Exercise 29 of 38; the lesson is docs/training/losses.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/softmax_cross_entropy.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def softmax(logits):
    """Compute the probabilities of each row.

    - ``logits`` [B, C].

    Return ``p`` [B, C].
    """
    # p_k = exp(y_k) / Σ_m exp(y_m)
    raise NotImplementedError


def cross_entropy_forward(logits, labels):
    """Compute the loss of each row.

    - ``logits`` [B, C]. ``labels`` [B].

    Return ``losses`` [B].
    """
    # loss_b = − log p_{b, labels_b}
    raise NotImplementedError


def cross_entropy_backward(logits, labels, d_losses):
    """Compute the gradient of the logits.

    - ``logits``, ``labels``: as in the forward pass. ``d_losses`` [B]: the gradient of each row's loss.

    Return ``d_logits`` [B, C].
    """
    # p_k = exp(y_k) / Σ_m exp(y_m)
    # loss_b = − log p_{b, labels_b}
    raise NotImplementedError
