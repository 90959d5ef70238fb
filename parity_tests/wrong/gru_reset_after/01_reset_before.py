# mistake: The reset gate multiplies h before the product, as in the other GRU.

import numpy as np


def reset_after_forward(params, x, h, r, u):
    z_h = (r * h) @ params["hidden_kernel"] + params["hidden_bias"]
    z_n = x @ params["input_kernel"] + params["input_bias"] + z_h
    n = np.tanh(z_n)
    h_new = u * h + (1 - u) * n
    return h_new, n, z_h


def reset_after_backward(params, x, h, gates, n, z_h, d_h_new):
    r, u = gates
    d_u = d_h_new * (h - n)
    d_n = d_h_new * (1 - u)
    d_h_kept = d_h_new * u
    d_z_n = d_n * (1 - n**2)
    d_r = d_z_n * z_h
    d_z_h = d_z_n * r
    d_x = d_z_n @ params["input_kernel"].T
    d_input_kernel = x.T @ d_z_n
    d_input_bias = d_z_n.sum(axis=0)
    d_h = d_h_kept + d_z_h @ params["hidden_kernel"].T
    d_hidden_kernel = h.T @ d_z_h
    d_hidden_bias = d_z_h.sum(axis=0)
    d_params = {
        "input_kernel": d_input_kernel,
        "input_bias": d_input_bias,
        "hidden_kernel": d_hidden_kernel,
        "hidden_bias": d_hidden_bias,
    }
    return d_x, d_h, d_r, d_u, d_params
