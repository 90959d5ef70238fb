# mistake: The gradient is p alone; the 1 of the target is not subtracted.

import numpy as np


def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sequence_loss_forward(logits, targets, weights):
    log_p = log_softmax(logits)
    # ℓ_{b,t} = − log p_{b,t, targets_{b,t}}
    losses = -np.take_along_axis(log_p, targets[:, :, None], axis=2)[:, :, 0]
    # loss = Σ_{b,t} w_{b,t} ℓ_{b,t} / Σ_{b,t} w_{b,t}
    return (weights * losses).sum() / weights.sum()


def sequence_loss_backward(logits, targets, weights, d_loss):
    # loss = Σ_{b,t} w_{b,t} ℓ_{b,t} / Σ_{b,t} w_{b,t}
    d_losses = d_loss * weights / weights.sum()
    # ℓ_{b,t} = − log p_{b,t, targets_{b,t}}
    p = np.exp(log_softmax(logits))
    return d_losses[:, :, None] * p
