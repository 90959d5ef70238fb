# mistake: The softmax is normalised down the batch instead of over the classes.

import numpy as np


def softmax(logits):
    """Compute the probabilities of each row.

    - ``logits`` [B, C].

    Return ``p`` [B, C].
    """
    # p_k = exp(y_k) / Σ_m exp(y_m)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


def cross_entropy_forward(logits, labels):
    """Compute the loss of each row.

    - ``logits`` [B, C]. ``labels`` [B].

    Return ``losses`` [B].
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    # loss_b = − log p_{b, labels_b}
    return -log_p[np.arange(len(labels)), labels]


def cross_entropy_backward(logits, labels, d_losses):
    """Compute the gradient of the logits.

    - ``logits``, ``labels``: as in the forward pass. ``d_losses`` [B]: the gradient of each row's loss.

    Return ``d_logits`` [B, C].
    """
    # p_k = exp(y_k) / Σ_m exp(y_m)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    # loss_b = − log p_{b, labels_b}
    difference = p - np.eye(logits.shape[1])[labels]
    d_logits = d_losses[:, None] * difference
    return d_logits
