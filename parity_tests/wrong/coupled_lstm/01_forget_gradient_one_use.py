# mistake: The gradient of f counts only f c; that f also stands in (1 - f) j is forgotten.

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
    xh = np.concatenate([x, h], axis=1)
    z = xh @ params["kernel"] + params["bias"]
    z_j, z_f, z_o = np.split(z, 3, axis=1)
    # j = tanh(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
    j = np.tanh(z_j)
    f = sigmoid(z_f + forget_bias)
    o = sigmoid(z_o)
    # c' = f ⊙ c + (1 − f) ⊙ j
    c_new = f * c + (1 - f) * j
    # h' = o ⊙ tanh(c')
    tanh_c = np.tanh(c_new)
    h_new = o * tanh_c
    return h_new, c_new, {"j": j, "f": f, "o": o, "tanh_c": tanh_c}


def coupled_lstm_backward(params, x, c, h, cache, d_h_new, d_c_new):
    """Compute one step backward.

    - ``params``, ``x``, ``c``, ``h``: as in the forward step. ``cache``: the dict that the forward step returned.
    - ``d_h_new`` [B, H]: the gradient of the loss with respect to h', from all who read it.
    - ``d_c_new`` [B, H]: the gradient with respect to c' that comes from the next step.

    Return ``(d_x, d_c, d_h, d_params)``: [B, D], [B, H], [B, H], and a dict with the names and shapes of ``params``.
    """
    j, f, o, tanh_c = (cache[name] for name in ("j", "f", "o", "tanh_c"))
    # h' = o ⊙ tanh(c')
    d_o = d_h_new * tanh_c
    d_memory = d_c_new + d_h_new * o * (1 - tanh_c**2)
    # c' = f ⊙ c + (1 − f) ⊙ j
    d_f = d_memory * c
    d_j = d_memory * (1 - f)
    d_c = d_memory * f
    # j = tanh(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
    d_z_j = d_j * (1 - j**2)
    d_z_f = d_f * f * (1 - f)
    d_z_o = d_o * o * (1 - o)
    d_z = np.concatenate([d_z_j, d_z_f, d_z_o], axis=1)
    # z = [x, h] W + b
    xh = np.concatenate([x, h], axis=1)
    d_kernel = xh.T @ d_z
    d_bias = d_z.sum(axis=0)
    d_xh = d_z @ params["kernel"].T
    d_x, d_h = d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :]
    return d_x, d_c, d_h, {"kernel": d_kernel, "bias": d_bias}
