# mistake: The losses are averaged over the classes instead of summed.

import numpy as np


def log_softmax(logits):
    top = np.max(logits, axis=1, keepdims=True)
    return logits - top - np.log(np.sum(np.exp(logits - top), axis=1, keepdims=True))


def softmax(logits):
    return np.exp(log_softmax(logits))


def cross_entropy_forward(logits, labels):
    one_hot = np.zeros(logits.shape)
    one_hot[np.arange(len(labels)), labels] = 1
    return -(one_hot * log_softmax(logits)).mean(axis=1)


def cross_entropy_backward(logits, labels, d_losses):
    grad = softmax(logits)
    for row, label in enumerate(labels):
        grad[row, label] -= 1
        grad[row] *= d_losses[row]
    return grad
