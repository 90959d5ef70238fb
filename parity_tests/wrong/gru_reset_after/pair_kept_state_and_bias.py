# mistake: The way from h to h' through the update gate is forgotten.
# mistake: The gradient of the hidden bias is that of the input bias, without r.

import numpy as np


def reset_after_forward(params, x, h, r, u):
    # z_h = h W_h + b_h
    z_h = h @ params["hidden_kernel"] + params["hidden_bias"]
    # z_n = x W_x + b_x + r ⊙ z_h
    z_n = x @ params["input_kernel"] + params["input_bias"] + r * z_h
    # n = tanh(z_n)
    n = np.tanh(z_n)
    # h' = u ⊙ h + (1 − u) ⊙ n
    h_new = u * h + (1 - u) * n
    return h_new, n, z_h


def reset_after_backward(params, x, h, gates, n, z_h, d_h_new):
    r, u = gates
    # h' = u ⊙ h + (1 − u) ⊙ n
    d_u = d_h_new * (h - n)
    d_n = d_h_new * (1 - u)
    # n = tanh(z_n)
    d_z_n = d_n * (1 - n**2)
    # z_n = x W_x + b_x + r ⊙ z_h
    d_r = d_z_n * z_h
    d_z_h = d_z_n * r
    d_x = d_z_n @ params["input_kernel"].T
    d_input_kernel = x.T @ d_z_n
    d_input_bias = d_z_n.sum(axis=0)
    # z_h = h W_h + b_h
    d_h = d_z_h @ params["hidden_kernel"].T
    d_hidden_kernel = h.T @ d_z_h
    d_hidden_bias = d_z_n.sum(axis=0)
    d_params = {
        "input_kernel": d_input_kernel,
        "input_bias": d_input_bias,
        "hidden_kernel": d_hidden_kernel,
        "hidden_bias": d_hidden_bias,
    }
    return d_x, d_h, d_r, d_u, d_params
