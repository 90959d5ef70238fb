# mistake: The forget bias is subtracted instead of added.

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
    xh = np.concatenate([x, h], axis=1)
    z = xh @ params["kernel"] + params["bias"]
    z_i, z_j, z_f, z_o = np.split(z, 4, axis=1)
    i = sigmoid(z_i + params["w_i_diag"] * c)
    j = np.tanh(z_j)
    f = sigmoid(z_f - forget_bias + params["w_f_diag"] * c)
    c_new = f * c + i * j
    o = sigmoid(z_o + params["w_o_diag"] * c_new)
    tanh_c = np.tanh(c_new)
    h_new = o * tanh_c
    return h_new, c_new, {"i": i, "j": j, "f": f, "o": o, "tanh_c": tanh_c}


def peephole_lstm_backward(params, x, c, h, c_new, cache, d_h_new, d_c_new):
    """Compute one step backward.

    - ``params``, ``x``, ``c``, ``h``: as in the forward step. ``c_new`` and the dict ``cache``: what it returned.
    - ``d_h_new`` [B, H]: the gradient of the loss with respect to h', from all who read it.
    - ``d_c_new`` [B, H]: the gradient with respect to c' that comes from the next step.

    Return ``(d_x, d_c, d_h, d_params)``: [B, D], [B, H], [B, H], and a dict with the names and shapes of ``params``.
    """
    i, j, f, o, tanh_c = (cache[name] for name in ("i", "j", "f", "o", "tanh_c"))
    d_o = d_h_new * tanh_c
    d_memory = d_c_new + d_h_new * o * (1 - tanh_c**2)
    d_z_o = d_o * o * (1 - o)
    d_memory = d_memory + d_z_o * params["w_o_diag"]
    d_w_o = (d_z_o * c_new).sum(axis=0)
    d_i = d_memory * j
    d_j = d_memory * i
    d_f = d_memory * c
    d_c = d_memory * f
    d_z_i = d_i * i * (1 - i)
    d_z_j = d_j * (1 - j**2)
    d_z_f = d_f * f * (1 - f)
    d_c = d_c + d_z_i * params["w_i_diag"] + d_z_f * params["w_f_diag"]
    d_w_i = (d_z_i * c).sum(axis=0)
    d_w_f = (d_z_f * c).sum(axis=0)
    d_z = np.concatenate([d_z_i, d_z_j, d_z_f, d_z_o], axis=1)
    xh = np.concatenate([x, h], axis=1)
    d_kernel = xh.T @ d_z
    d_bias = d_z.sum(axis=0)
    d_xh = d_z @ params["kernel"].T
    d_x, d_h = d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :]
    d_params = {"kernel": d_kernel, "bias": d_bias, "w_i_diag": d_w_i, "w_f_diag": d_w_f, "w_o_diag": d_w_o}
    return d_x, d_c, d_h, d_params
