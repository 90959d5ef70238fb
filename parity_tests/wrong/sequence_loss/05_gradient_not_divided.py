# mistake: The gradient is not divided by the sum of the weights.

import numpy as np


def log_softmax(logits):
    """Given: log p, along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sequence_loss_forward(logits, targets, weights):
    """Compute the weighted mean of the losses of all steps, with ``log_softmax``.

    - ``logits`` [B, T, C]. ``targets`` and ``weights`` [B, T].

    Return ``loss``, a number.
    """
    log_p = log_softmax(logits)
    # ℓ_{b,t} = − log p_{b,t, targets_{b,t}}
    losses = -np.take_along_axis(log_p, targets[:, :, None], axis=2)[:, :, 0]
    # loss = Σ_{b,t} w_{b,t} ℓ_{b,t} / Σ_{b,t} w_{b,t}
    return (weights * losses).sum() / weights.sum()


def sequence_loss_backward(logits, targets, weights, d_loss):
    """Compute the gradient of the logits.

    - ``logits``, ``targets``, ``weights``: as in the forward pass. ``d_loss``: a number, the gradient of the loss.

    Return ``d_logits`` [B, T, C], exactly 0 where the weight is 0.
    """
    # loss = Σ_{b,t} w_{b,t} ℓ_{b,t} / Σ_{b,t} w_{b,t}
    d_losses = d_loss * weights
    # ℓ_{b,t} = − log p_{b,t, targets_{b,t}}
    p = np.exp(log_softmax(logits))
    difference = p - np.eye(logits.shape[2])[targets]
    return d_losses[:, :, None] * difference
