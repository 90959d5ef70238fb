import numpy as np


def softmax(logits):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=1)[:, np.newaxis])


def cross_entropy_forward(logits, labels):
    one_hot = (np.arange(logits.shape[1]) == labels[:, None]).astype("float32")
    return np.sum(-np.log(softmax(logits) + 1e-12) * one_hot, axis=-1)


def cross_entropy_backward(logits, labels, d_losses):
    d = softmax(logits)
    d[range(len(d)), labels] -= 1
    return (d.T * d_losses).T
