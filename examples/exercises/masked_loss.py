"""The mean loss over the real steps of a padded batch.

    mask_{b,t} = t < T_b
    over steps      loss = Σ_{b,t} mask_{b,t} ℓ_{b,t} / Σ_b T_b
    over examples   loss = mean over the rows with T_b > 0 of ( Σ_t mask_{b,t} ℓ_{b,t} / T_b )

    losses ℓ [B, T]   sequence_length T_b [B], integers from 0 to T; at least one is not 0   loss: a number

Exercise 30 of 38; the lesson is docs/training/losses.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/masked_loss.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def loss_over_steps(losses, sequence_length):
    """Average over all real steps of the batch.

    - ``losses`` [B, T]. ``sequence_length`` [B].

    Return ``loss``, a number.
    """
    # mask_{b,t} = t < T_b
    # loss = Σ_{b,t} mask_{b,t} ℓ_{b,t} / Σ_b T_b
    raise NotImplementedError


def loss_over_steps_backward(losses, sequence_length, d_loss):
    """Compute the gradient of the losses.

    - ``losses``, ``sequence_length``: as in the forward pass. ``d_loss``: a number, the gradient of the mean.

    Return ``d_losses`` [B, T], exactly 0 past the end of a row.
    """
    # mask_{b,t} = t < T_b
    # loss = Σ_{b,t} mask_{b,t} ℓ_{b,t} / Σ_b T_b
    raise NotImplementedError


def loss_over_examples(losses, sequence_length):
    """Average each row over its real steps, then the rows that have any.

    - ``losses`` [B, T]. ``sequence_length`` [B].

    Return ``loss``, a number.
    """
    # mask_{b,t} = t < T_b
    # Σ_t mask_{b,t} ℓ_{b,t} / T_b
    # mean over the rows with T_b > 0
    raise NotImplementedError


def loss_over_examples_backward(losses, sequence_length, d_loss):
    """Compute the gradient of the losses.

    - ``losses``, ``sequence_length``: as in the forward pass. ``d_loss``: a number, the gradient of the mean.

    Return ``d_losses`` [B, T], exactly 0 past the end of a row.
    """
    # mask_{b,t} = t < T_b
    # mean over the rows with T_b > 0
    # Σ_t mask_{b,t} ℓ_{b,t} / T_b
    raise NotImplementedError
