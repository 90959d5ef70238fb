# mistake: The mean over examples divides by B: the rows of no steps are counted.

import numpy as np


def loss_over_steps(losses, sequence_length):
    total = 0.0
    for row, length in zip(losses, sequence_length, strict=True):
        total += row[:length].sum()
    return total / np.sum(sequence_length)


def loss_over_steps_backward(losses, sequence_length, d_loss):
    grad = np.zeros_like(losses)
    for b, length in enumerate(sequence_length):
        grad[b, :length] = d_loss / np.sum(sequence_length)
    return grad


def loss_over_examples(losses, sequence_length):
    means = [row[:length].mean() for row, length in zip(losses, sequence_length, strict=True) if length > 0]
    return sum(means) / len(losses)


def loss_over_examples_backward(losses, sequence_length, d_loss):
    grad = np.zeros_like(losses)
    rows = np.flatnonzero(sequence_length)
    for b in rows:
        length = sequence_length[b]
        grad[b, :length] = d_loss / (len(rows) * length)
    return grad
