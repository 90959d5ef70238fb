# mistake: The gradients of the peephole weights are not summed over the batch.

import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def peephole_lstm_forward(params, x, c, h, forget_bias):
    H = h.shape[1]
    a = np.hstack((x, h)).dot(params["kernel"]) + params["bias"]
    gate = {}
    gate["i"] = sigmoid(a[:, 0 * H : 1 * H] + c * params["w_i_diag"])
    gate["j"] = np.tanh(a[:, 1 * H : 2 * H])
    gate["f"] = sigmoid(a[:, 2 * H : 3 * H] + c * params["w_f_diag"] + forget_bias)
    cell = gate["f"] * c + gate["i"] * gate["j"]
    gate["o"] = sigmoid(a[:, 3 * H : 4 * H] + cell * params["w_o_diag"])
    gate["tanh_c"] = np.tanh(cell)
    return gate["o"] * gate["tanh_c"], cell, gate


def peephole_lstm_backward(params, x, c, h, c_new, cache, d_h_new, d_c_new):
    D = x.shape[1]
    i, j, f, o = (cache[k] for k in "ijfo")
    tc = cache["tanh_c"]
    zo = d_h_new * tc * o * (1 - o)
    mem = d_c_new + d_h_new * o * (1 - tc**2) + zo * params["w_o_diag"]
    zi = mem * j * i * (1 - i)
    zj = mem * i * (1 - j**2)
    zf = mem * c * f * (1 - f)
    d_c = mem * f
    d_c += zi * params["w_i_diag"]
    d_c += zf * params["w_f_diag"]
    z = np.hstack((zi, zj, zf, zo))
    d_xh = z.dot(params["kernel"].T)
    d_params = {"kernel": np.hstack((x, h)).T.dot(z), "bias": z.sum(0)}
    d_params["w_i_diag"] = zi * c
    d_params["w_f_diag"] = zf * c
    d_params["w_o_diag"] = zo * c_new
    return d_xh[:, :D], d_c, d_xh[:, D:], d_params
