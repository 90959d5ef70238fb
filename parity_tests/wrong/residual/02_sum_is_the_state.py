# mistake: The sum x + h' is handed on as the new state.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def residual_forward(params, x, h):
    # h' = step(x, h)
    h_new = step(params, x, h)
    # output = x + h'
    output = x + h_new
    return output, output


def residual_backward(params, x, h, h_new, d_output, d_h_new):
    # h' = step(x, h)
    d_x_cell, d_h, d_params = step_backward(params, x, h, h_new, d_output + d_h_new)
    # output = x + h'
    d_x = d_x_cell + d_output
    return d_x, d_h, d_params
