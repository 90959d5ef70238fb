# mistake: The mean over examples is weighted by the lengths: it is the mean over steps again.
# mistake: The gradient over examples is not divided by the number of rows.

import numpy as np


def loss_over_steps(losses, sequence_length):
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    return (mask * losses).sum() / mask.sum()


def loss_over_steps_backward(losses, sequence_length, d_loss):
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    return d_loss * mask / mask.sum()


def loss_over_examples(losses, sequence_length):
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    return (mask * losses).sum() / mask.sum()


def loss_over_examples_backward(losses, sequence_length, d_loss):
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    d_mean = d_loss
    return d_mean * mask / np.maximum(sequence_length, 1)[:, None]
