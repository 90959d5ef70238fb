# mistake: The columns are taken in the order f, j, o instead of j, f, o, on the way forward.

import numpy as np


def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def coupled_lstm_forward(params, x, c, h, forget_bias):
    # z = [x, h] W + b
    xh = np.concatenate([x, h], axis=1)
    z = xh @ params["kernel"] + params["bias"]
    z_f, z_j, z_o = np.split(z, 3, axis=1)
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
    j, f, o, tanh_c = (cache[name] for name in ("j", "f", "o", "tanh_c"))
    # h' = o ⊙ tanh(c')
    d_o = d_h_new * tanh_c
    d_memory = d_c_new + d_h_new * o * (1 - tanh_c**2)
    # c' = f ⊙ c + (1 − f) ⊙ j
    d_f = d_memory * (c - j)
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
