# mistake: The backward step is done with x as it was, not with the dropped x.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def drop(a, mask, keep_prob):
    return np.where(mask, a / keep_prob, 0)


def dropout_forward(params, x, h, input_mask, output_mask, keep_prob):
    state = step(params, drop(x, input_mask, keep_prob), h)
    return drop(state, output_mask, keep_prob), state


def dropout_backward(params, x, h, h_new, masks, keep_prob, d_output, d_h_new):
    d_state = d_h_new + drop(d_output, masks[1], keep_prob)
    d_x, d_h, d_params = step_backward(params, x, h, h_new, d_state)
    return drop(d_x, masks[0], keep_prob), d_h, d_params
