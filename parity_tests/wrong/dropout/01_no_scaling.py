# mistake: What is kept is not divided by keep_prob.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def dropout_forward(params, x, h, input_mask, output_mask, keep_prob):
    # drop(x) = mask ⊙ x / keep_prob
    dropped = input_mask * x
    # h' = step(drop(x), h)
    h_new = step(params, dropped, h)
    # output = drop(h')
    output = output_mask * h_new / keep_prob
    return output, h_new


def dropout_backward(params, x, h, h_new, masks, keep_prob, d_output, d_h_new):
    input_mask, output_mask = masks
    # output = drop(h')
    d_total = output_mask * d_output / keep_prob + d_h_new
    # h' = step(drop(x), h)
    dropped = input_mask * x / keep_prob
    d_dropped, d_h, d_params = step_backward(params, dropped, h, h_new, d_total)
    # drop(x) = mask ⊙ x / keep_prob
    d_x = input_mask * d_dropped / keep_prob
    return d_x, d_h, d_params
