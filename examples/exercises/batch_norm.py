"""Batch normalisation, in training.

    μ  = mean of x over the batch          σ² = mean of (x − μ)² over the batch, with B below it and not B − 1
    x̂  = (x − μ) / √(σ² + ε)
    y  = γ ⊙ x̂ + β
    moving ← momentum · moving + (1 − momentum) · batch          for the mean and for the variance

    x, x̂, y [B, D]   μ, σ², γ, β [D]

Exercise 28 of 38; the lesson is docs/training/batch_norm.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/batch_norm.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def batch_norm_forward(params, x, epsilon):
    """Normalise with the statistics of the batch.

    - ``params``: a dict of ``gamma`` and ``beta`` [D]. ``x`` [B, D]. ``epsilon``: a number.

    Return ``(y, mean, variance)``: [B, D], [D] and [D].
    """
    # μ = mean of x over the batch          σ² = mean of (x − μ)² over the batch
    # x̂ = (x − μ) / √(σ² + ε)
    # y = γ ⊙ x̂ + β
    raise NotImplementedError


def batch_norm_moving(moving_mean, moving_variance, mean, variance, momentum):
    """Move the statistics that are used when training is over.

    - ``moving_mean``, ``moving_variance``, ``mean``, ``variance`` [D]. ``momentum``: how much of the old is kept.

    Return ``(new_mean, new_variance)``, each [D].
    """
    # moving ← momentum · moving + (1 − momentum) · batch
    raise NotImplementedError


def batch_norm_backward(params, x, mean, variance, epsilon, d_y):
    """Compute the gradients, through μ and σ² too.

    - ``params``, ``x``, ``epsilon``: as in the forward pass. ``mean``, ``variance``: what it returned. ``d_y`` [B, D].

    Return ``(d_x, d_params)``: [B, D], and a dict of ``gamma`` and ``beta`` [D].
    """
    # y = γ ⊙ x̂ + β
    # x̂ = (x − μ) / √(σ² + ε)
    raise NotImplementedError
