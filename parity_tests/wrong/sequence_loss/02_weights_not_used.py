# mistake: The weights do not multiply the losses; they only stand below the line.

import numpy as np


def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sequence_loss_forward(logits, targets, weights):
    log_p = log_softmax(logits)
    B, T = targets.shape
    total, weight = 0.0, 0.0
    for b in range(B):
        for t in range(T):
            total -= log_p[b, t, targets[b, t]]
            weight += weights[b, t]
    return total / weight


def sequence_loss_backward(logits, targets, weights, d_loss):
    grad = np.exp(log_softmax(logits))
    B, T = targets.shape
    for b in range(B):
        for t in range(T):
            grad[b, t, targets[b, t]] -= 1
            grad[b, t] *= weights[b, t]
    return grad * d_loss / np.sum(weights)
