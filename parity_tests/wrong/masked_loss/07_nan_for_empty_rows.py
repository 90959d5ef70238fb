# mistake: A row of no steps is divided by its length 0, and the mean over examples becomes NaN.

import numpy as np


def loss_over_steps(losses, sequence_length):
    # mask_{b,t} = t < T_b
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    # loss = Σ_{b,t} mask_{b,t} ℓ_{b,t} / Σ_b T_b
    return (mask * losses).sum() / mask.sum()


def loss_over_steps_backward(losses, sequence_length, d_loss):
    # mask_{b,t} = t < T_b
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    # loss = Σ_{b,t} mask_{b,t} ℓ_{b,t} / Σ_b T_b
    return d_loss * mask / mask.sum()


def loss_over_examples(losses, sequence_length):
    # mask_{b,t} = t < T_b
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    # Σ_t mask_{b,t} ℓ_{b,t} / T_b
    means = (mask * losses).sum(axis=1) / sequence_length
    # mean over the rows with T_b > 0
    return means.sum() / (sequence_length > 0).sum()


def loss_over_examples_backward(losses, sequence_length, d_loss):
    # mask_{b,t} = t < T_b
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    # mean over the rows with T_b > 0
    d_mean = d_loss / (sequence_length > 0).sum()
    # Σ_t mask_{b,t} ℓ_{b,t} / T_b
    return d_mean * mask / np.maximum(sequence_length, 1)[:, None]
