# mistake: The loss over steps does not mask: the losses of the padding are summed too.

import numpy as np


def loss_over_steps(losses, sequence_length):
    total = 0.0
    for row in losses:
        total += row.sum()
    return total / np.sum(sequence_length)


def loss_over_steps_backward(losses, sequence_length, d_loss):
    grad = np.zeros_like(losses)
    for b, length in enumerate(sequence_length):
        grad[b, :length] = d_loss / np.sum(sequence_length)
    return grad


def loss_over_examples(losses, sequence_length):
    means = [row[:length].mean() for row, length in zip(losses, sequence_length, strict=True) if length > 0]
    return sum(means) / len(means)


def loss_over_examples_backward(losses, sequence_length, d_loss):
    grad = np.zeros_like(losses)
    rows = np.flatnonzero(sequence_length)
    for b in rows:
        length = sequence_length[b]
        grad[b, :length] = d_loss / (len(rows) * length)
    return grad
