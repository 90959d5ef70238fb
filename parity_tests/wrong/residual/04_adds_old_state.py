# mistake: The old state h is added to the output instead of the input x.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def residual_forward(params, x, h):
    fresh = step(params, x, h)
    return fresh + h, fresh


def residual_backward(params, x, h, h_new, d_output, d_h_new):
    through_x, through_h, weights = step_backward(params, x, h, h_new, np.add(d_output, d_h_new))
    return np.add(through_x, d_output), through_h, weights
