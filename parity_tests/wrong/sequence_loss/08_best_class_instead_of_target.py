# mistake: The loss takes the most probable class instead of the target.

import numpy as np


def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sequence_loss_forward(logits, targets, weights):
    losses = -log_softmax(logits).max(axis=2)
    return np.sum(losses * weights) / np.sum(weights)


def sequence_loss_backward(logits, targets, weights, d_loss):
    one_hot = np.zeros_like(logits)
    np.put_along_axis(one_hot, targets[..., None], 1, axis=2)
    scale = d_loss / np.sum(weights)
    return scale * np.einsum("bt,btc->btc", weights, np.exp(log_softmax(logits)) - one_hot)
