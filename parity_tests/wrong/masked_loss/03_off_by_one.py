# mistake: The mask is off by one, t <= T_b, in the loss over steps.

import numpy as np


def loss_over_steps(losses, sequence_length):
    """Average over all real steps of the batch.

    - ``losses`` [B, T]. ``sequence_length`` [B].

    Return ``loss``, a number.
    """
    # mask_{b,t} = t < T_b
    mask = np.arange(losses.shape[1]) <= sequence_length[:, None]
    # loss = Σ_{b,t} mask_{b,t} ℓ_{b,t} / Σ_b T_b
    return (mask * losses).sum() / mask.sum()


def loss_over_steps_backward(losses, sequence_length, d_loss):
    """Compute the gradient of the losses.

    - ``losses``, ``sequence_length``: as in the forward pass. ``d_loss``: a number, the gradient of the mean.

    Return ``d_losses`` [B, T], exactly 0 past the end of a row.
    """
    # mask_{b,t} = t < T_b
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    # loss = Σ_{b,t} mask_{b,t} ℓ_{b,t} / Σ_b T_b
    return d_loss * mask / mask.sum()


def loss_over_examples(losses, sequence_length):
    """Average each row over its real steps, then the rows that have any.

    - ``losses`` [B, T]. ``sequence_length`` [B].

    Return ``loss``, a number.
    """
    # mask_{b,t} = t < T_b
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    # Σ_t mask_{b,t} ℓ_{b,t} / T_b
    means = (mask * losses).sum(axis=1) / np.maximum(sequence_length, 1)
    # mean over the rows with T_b > 0
    return means.sum() / (sequence_length > 0).sum()


def loss_over_examples_backward(losses, sequence_length, d_loss):
    """Compute the gradient of the losses.

    - ``losses``, ``sequence_length``: as in the forward pass. ``d_loss``: a number, the gradient of the mean.

    Return ``d_losses`` [B, T], exactly 0 past the end of a row.
    """
    # mask_{b,t} = t < T_b
    mask = np.arange(losses.shape[1]) < sequence_length[:, None]
    # mean over the rows with T_b > 0
    d_mean = d_loss / (sequence_length > 0).sum()
    # Σ_t mask_{b,t} ℓ_{b,t} / T_b
    return d_mean * mask / np.maximum(sequence_length, 1)[:, None]
