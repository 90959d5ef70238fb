# mistake: The slope of tanh(c') takes the tanh a second time of the value that is already a tanh.

import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def lstm_forward(params, x, c, h, forget_bias):
    W, b = params["kernel"], params["bias"]
    D, H = x.shape[1], h.shape[1]
    pre = np.einsum("bd,dk->bk", x, W[:D]) + np.einsum("bh,hk->bk", h, W[D:]) + b
    in_gate = sigmoid(pre[:, :H])
    candidate = np.tanh(pre[:, H : 2 * H])
    keep = sigmoid(pre[:, 2 * H : 3 * H] + forget_bias)
    out_gate = sigmoid(pre[:, 3 * H :])
    memory = keep * c + in_gate * candidate
    squashed = np.tanh(memory)
    cache = dict(zip(("i", "j", "f", "o", "tanh_c"), (in_gate, candidate, keep, out_gate, squashed), strict=True))
    return out_gate * squashed, memory, cache


def lstm_backward(params, x, c, h, cache, d_h_new, d_c_new):
    W = params["kernel"]
    D, H = x.shape[1], h.shape[1]
    i, j, f, o, s = cache["i"], cache["j"], cache["f"], cache["o"], cache["tanh_c"]
    g_c = d_c_new + d_h_new * o * (1 - np.tanh(s) ** 2)
    delta = np.zeros((len(x), 4 * H))
    delta[:, :H] = g_c * j * i * (1 - i)
    delta[:, H : 2 * H] = g_c * i * (1 - j * j)
    delta[:, 2 * H : 3 * H] = g_c * c * f * (1 - f)
    delta[:, 3 * H :] = d_h_new * s * o * (1 - o)
    g_W = np.zeros_like(W)
    for n in range(len(x)):
        g_W[:D] += np.outer(x[n], delta[n])
        g_W[D:] += np.outer(h[n], delta[n])
    g_x = np.einsum("bk,dk->bd", delta, W[:D])
    g_h = np.einsum("bk,hk->bh", delta, W[D:])
    return g_x, g_c * f, g_h, {"kernel": g_W, "bias": delta.sum(axis=0)}
