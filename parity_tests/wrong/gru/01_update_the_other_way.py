# mistake: The update gate is used the other way round: h' = (1 - u) h + u n, as in the paper.

import numpy as np


def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def gru_forward(params, x, h):
    # z_r, z_u = [x, h] W + b
    xh = np.concatenate([x, h], axis=1)
    z_r, z_u = np.split(xh @ params["gates_kernel"] + params["gates_bias"], 2, axis=1)
    # r = σ(z_r)    u = σ(z_u)
    r = sigmoid(z_r)
    u = sigmoid(z_u)
    # z_n = [x, r ⊙ h] W_n + b_n
    xrh = np.concatenate([x, r * h], axis=1)
    z_n = xrh @ params["candidate_kernel"] + params["candidate_bias"]
    # n = tanh(z_n)
    n = np.tanh(z_n)
    # h' = u ⊙ h + (1 − u) ⊙ n
    h_new = (1 - u) * h + u * n
    return h_new, {"r": r, "u": u, "n": n}


def gru_backward(params, x, h, cache, d_h_new):
    r, u, n = cache["r"], cache["u"], cache["n"]
    # h' = u ⊙ h + (1 − u) ⊙ n
    d_u = d_h_new * (h - n)
    d_n = d_h_new * (1 - u)
    d_h_kept = d_h_new * u
    # n = tanh(z_n)
    d_z_n = d_n * (1 - n**2)
    # z_n = [x, r ⊙ h] W_n + b_n
    xrh = np.concatenate([x, r * h], axis=1)
    d_candidate_kernel = xrh.T @ d_z_n
    d_candidate_bias = d_z_n.sum(axis=0)
    d_xrh = d_z_n @ params["candidate_kernel"].T
    d_x_n, d_rh = d_xrh[:, : x.shape[1]], d_xrh[:, x.shape[1] :]
    d_r = d_rh * h
    d_h_n = d_rh * r
    # r = σ(z_r)    u = σ(z_u)
    d_z_r = d_r * r * (1 - r)
    d_z_u = d_u * u * (1 - u)
    # z_r, z_u = [x, h] W + b
    d_z = np.concatenate([d_z_r, d_z_u], axis=1)
    xh = np.concatenate([x, h], axis=1)
    d_gates_kernel = xh.T @ d_z
    d_gates_bias = d_z.sum(axis=0)
    d_xh = d_z @ params["gates_kernel"].T
    d_x_g, d_h_g = d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :]
    # All the uses of x and of h together.
    d_x = d_x_n + d_x_g
    d_h = d_h_kept + d_h_n + d_h_g
    d_params = {
        "gates_kernel": d_gates_kernel,
        "gates_bias": d_gates_bias,
        "candidate_kernel": d_candidate_kernel,
        "candidate_bias": d_candidate_bias,
    }
    return d_x, d_h, d_params
