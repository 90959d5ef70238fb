"""One step of the LSTM with peepholes (TensorFlow: LSTMCell with use_peepholes=True).

    z_i, z_j, z_f, z_o = [x, h] W + b          the columns of W and b in the order i, j, f, o
    i = σ(z_i + w_i ⊙ c)    j = tanh(z_j)    f = σ(z_f + forget_bias + w_f ⊙ c)
    c' = f ⊙ c + i ⊙ j
    o = σ(z_o + w_o ⊙ c')
    h' = o ⊙ tanh(c')

    x [B, D]   c, h, c', h' [B, H]   W [D + H, 4H], the rows of x above those of h   b [4H]   w_i, w_f, w_o [H]

The output of the step is h'. σ'(z) = σ (1 − σ), tanh'(z) = 1 − tanh².

Exercise 6 of 38; the lesson is docs/cells/full_lstm.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/peephole_lstm.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def sigmoid(z):
    """Given: σ(z)."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def peephole_lstm_forward(params, x, c, h, forget_bias):
    """Compute one step forward.

    - ``params``: a dict of ``kernel`` W [D + H, 4H], ``bias`` b [4H], ``w_i_diag``, ``w_f_diag`` and ``w_o_diag`` [H].
    - ``x`` [B, D], ``c`` and ``h`` [B, H]. ``forget_bias``: a number, added to z_f here and not stored in b.

    Return ``(h_new, c_new, cache)``: [B, H], [B, H], and a dict of ``i``, ``j``, ``f``, ``o`` and ``tanh_c``, which is
    tanh(c'), each [B, H].
    """
    # z = [x, h] W + b
    # i = σ(z_i + w_i ⊙ c)    j = tanh(z_j)    f = σ(z_f + forget_bias + w_f ⊙ c)
    # c' = f ⊙ c + i ⊙ j
    # o = σ(z_o + w_o ⊙ c')
    # h' = o ⊙ tanh(c')
    raise NotImplementedError


def peephole_lstm_backward(params, x, c, h, c_new, cache, d_h_new, d_c_new):
    """Compute one step backward.

    - ``params``, ``x``, ``c``, ``h``: as in the forward step. ``c_new`` and the dict ``cache``: what it returned.
    - ``d_h_new`` [B, H]: the gradient of the loss with respect to h', from all who read it.
    - ``d_c_new`` [B, H]: the gradient with respect to c' that comes from the next step.

    Return ``(d_x, d_c, d_h, d_params)``: [B, D], [B, H], [B, H], and a dict with the names and shapes of ``params``.
    """
    # h' = o ⊙ tanh(c')
    # o = σ(z_o + w_o ⊙ c')
    # c' = f ⊙ c + i ⊙ j
    # i = σ(z_i + w_i ⊙ c)    j = tanh(z_j)    f = σ(z_f + forget_bias + w_f ⊙ c)
    # z = [x, h] W + b
    raise NotImplementedError
