"""One step of the GRU, reset before the product (TensorFlow: GRUCell).

    z_r, z_u = [x, h] W + b                    the columns of W and b in the order r, u
    r = σ(z_r)    u = σ(z_u)
    z_n = [x, r ⊙ h] W_n + b_n
    n = tanh(z_n)
    h' = u ⊙ h + (1 − u) ⊙ n

    x [B, D]   h, h', r, u, n [B, H]   W [D + H, 2H], b [2H]   W_n [D + H, H], b_n [H]; the rows of x above those of h

The output of the step is h'. σ'(z) = σ (1 − σ), tanh'(z) = 1 − tanh².

Exercise 4 of 38; the lesson is docs/cells/gru.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/gru.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def sigmoid(z):
    """Given: σ(z)."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def gru_forward(params, x, h):
    """Compute one step forward.

    - ``params``: a dict of ``gates_kernel`` W [D + H, 2H], ``gates_bias`` b [2H], ``candidate_kernel`` W_n [D + H, H]
      and ``candidate_bias`` b_n [H].
    - ``x`` [B, D], ``h`` [B, H].

    Return ``(h_new, cache)``: [B, H], and a dict of ``r``, ``u`` and ``n``, each [B, H].
    """
    # z_r, z_u = [x, h] W + b
    # r = σ(z_r)    u = σ(z_u)
    # z_n = [x, r ⊙ h] W_n + b_n
    # n = tanh(z_n)
    # h' = u ⊙ h + (1 − u) ⊙ n
    raise NotImplementedError


def gru_backward(params, x, h, cache, d_h_new):
    """Compute one step backward.

    - ``params``, ``x``, ``h``: as in the forward step. ``cache``: the dict that the forward step returned.
    - ``d_h_new`` [B, H]: the gradient of the loss with respect to h', from all who read it.

    Return ``(d_x, d_h, d_params)``: [B, D], [B, H], and a dict with the names and shapes of ``params``.
    """
    # h' = u ⊙ h + (1 − u) ⊙ n
    # n = tanh(z_n)
    # z_n = [x, r ⊙ h] W_n + b_n
    # r = σ(z_r)    u = σ(z_u)
    # z_r, z_u = [x, h] W + b
    # All the uses of x and of h together.
    raise NotImplementedError
