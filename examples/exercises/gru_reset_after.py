"""The candidate of a GRU with the reset after the product (cuDNN, Keras, PyTorch), and its new state.

    z_h = h W_h + b_h
    z_n = x W_x + b_x + r ⊙ z_h
    n = tanh(z_n)
    h' = u ⊙ h + (1 − u) ⊙ n

    x [B, D]   h, h', r, u, n, z_h [B, H]   W_x [D, H], b_x [H]   W_h [H, H], b_h [H]

The gates r and u are computed as in any GRU and are given here. tanh'(z) = 1 − tanh².

Exercise 5 of 38; the lesson is docs/cells/gru.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/gru_reset_after.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def reset_after_forward(params, x, h, r, u):
    """Compute the candidate and the new state.

    - ``params``: a dict of ``input_kernel`` W_x [D, H], ``input_bias`` b_x [H], ``hidden_kernel`` W_h [H, H] and
      ``hidden_bias`` b_h [H].
    - ``x`` [B, D], ``h``, ``r`` and ``u`` [B, H].

    Return ``(h_new, n, z_h)``, each [B, H].
    """
    # z_h = h W_h + b_h
    # z_n = x W_x + b_x + r ⊙ z_h
    # n = tanh(z_n)
    # h' = u ⊙ h + (1 − u) ⊙ n
    raise NotImplementedError


def reset_after_backward(params, x, h, gates, n, z_h, d_h_new):
    """Compute the gradients of the same lines.

    - ``params``, ``x``, ``h``: as in the forward part. ``gates``: the pair (r, u). ``n``, ``z_h``: what it returned.
    - ``d_h_new`` [B, H]: the gradient of the loss with respect to h'.

    Return ``(d_x, d_h, d_r, d_u, d_params)``: [B, D], three of [B, H], and a dict like ``params``. d_x and d_h are what
    comes through these four lines; what comes through the gates is added elsewhere.
    """
    # h' = u ⊙ h + (1 − u) ⊙ n
    # n = tanh(z_n)
    # z_n = x W_x + b_x + r ⊙ z_h
    # z_h = h W_h + b_h
    raise NotImplementedError
