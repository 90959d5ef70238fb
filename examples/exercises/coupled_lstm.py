"""One step of the LSTM with coupled gates, i = 1 − f (TensorFlow: CoupledInputForgetGateLSTMCell).

    z_j, z_f, z_o = [x, h] W + b               the columns of W and b in the order j, f, o
    j = tanh(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
    c' = f ⊙ c + (1 − f) ⊙ j
    h' = o ⊙ tanh(c')

    x [B, D]   c, h, c', h' [B, H]   j, f, o [B, H]   W [D + H, 3H], the rows of x above those of h   b [3H]

The output of the step is h'. σ'(z) = σ (1 − σ), tanh'(z) = 1 − tanh².

Exercise 8 of 38; the lesson is docs/cells/coupled_lstm.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/coupled_lstm.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def sigmoid(z):
    """Given: σ(z)."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def coupled_lstm_forward(params, x, c, h, forget_bias):
    """Compute one step forward.

    - ``params``: a dict of ``kernel`` W [D + H, 3H] and ``bias`` b [3H].
    - ``x`` [B, D], ``c`` and ``h`` [B, H]. ``forget_bias``: a number, added to z_f here and not stored in b.

    Return ``(h_new, c_new, cache)``: [B, H], [B, H], and a dict of ``j``, ``f``, ``o`` and ``tanh_c``, which is
    tanh(c'), each [B, H].
    """
    # z = [x, h] W + b
    # j = tanh(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
    # c' = f ⊙ c + (1 − f) ⊙ j
    # h' = o ⊙ tanh(c')
    raise NotImplementedError


def coupled_lstm_backward(params, x, c, h, cache, d_h_new, d_c_new):
    """Compute one step backward.

    - ``params``, ``x``, ``c``, ``h``: as in the forward step. ``cache``: the dict that the forward step returned.
    - ``d_h_new`` [B, H]: the gradient of the loss with respect to h', from all who read it.
    - ``d_c_new`` [B, H]: the gradient with respect to c' that comes from the next step.

    Return ``(d_x, d_c, d_h, d_params)``: [B, D], [B, H], [B, H], and a dict with the names and shapes of ``params``.
    """
    # h' = o ⊙ tanh(c')
    # c' = f ⊙ c + (1 − f) ⊙ j
    # j = tanh(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
    # z = [x, h] W + b
    raise NotImplementedError
