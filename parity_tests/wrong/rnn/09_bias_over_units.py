# mistake: The gradient of the bias is summed over the units instead of over the batch.

import numpy as np


def rnn_forward(params, x, h):
    # z = [x, h] W + b
    xh = np.concatenate([x, h], axis=1)
    z = xh @ params["kernel"] + params["bias"]
    # h' = tanh(z)
    h_new = np.tanh(z)
    return h_new


def rnn_backward(params, x, h, h_new, d_output, d_h_new):
    # The output and the new state are one array, h'.
    d_total = d_output + d_h_new
    # h' = tanh(z)
    d_z = d_total * (1 - h_new**2)
    # z = [x, h] W + b
    xh = np.concatenate([x, h], axis=1)
    d_kernel = xh.T @ d_z
    d_bias = d_z.sum(axis=1)
    d_xh = d_z @ params["kernel"].T
    d_x, d_h = d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :]
    return d_x, d_h, {"kernel": d_kernel, "bias": d_bias}
