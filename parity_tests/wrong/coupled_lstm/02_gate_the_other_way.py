# mistake: The coupling is the wrong way round: c' = (1 - f) c + f j.

import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def coupled_lstm_forward(params, x, c, h, forget_bias):
    H = c.shape[1]
    kernel, bias = params["kernel"], params["bias"]
    xh = np.c_[x, h]
    pre_j = xh @ kernel[:, :H] + bias[:H]
    pre_f = xh @ kernel[:, H : 2 * H] + bias[H : 2 * H] + forget_bias
    pre_o = xh @ kernel[:, 2 * H :] + bias[2 * H :]
    new, keep, out = np.tanh(pre_j), sigmoid(pre_f), sigmoid(pre_o)
    memory = c + keep * (new - c)
    squashed = np.tanh(memory)
    return out * squashed, memory, {"j": new, "f": keep, "o": out, "tanh_c": squashed}


def coupled_lstm_backward(params, x, c, h, cache, d_h_new, d_c_new):
    H = c.shape[1]
    new, keep, out, squashed = cache["j"], cache["f"], cache["o"], cache["tanh_c"]
    e = d_c_new + out * d_h_new * (1 - squashed**2)
    parts = (e * (1 - keep) * (1 - new**2), e * (c - new) * keep * (1 - keep), d_h_new * squashed * out * (1 - out))
    kernel = params["kernel"]
    d_xh = sum(part @ kernel[:, g * H : (g + 1) * H].T for g, part in enumerate(parts))
    d_kernel = np.concatenate([np.c_[x, h].T @ part for part in parts], axis=1)
    d_bias = np.concatenate([part.sum(axis=0) for part in parts])
    D = x.shape[1]
    return d_xh[:, :D], e * keep, d_xh[:, D:], {"kernel": d_kernel, "bias": d_bias}
