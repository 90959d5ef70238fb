# mistake: The gradient of the gates' kernel is taken with r times h, as that of the candidate.

import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def gru_forward(params, x, h):
    H = h.shape[1]
    both = np.hstack([x, h]) @ params["gates_kernel"] + params["gates_bias"]
    reset, update = sigmoid(both[:, :H]), sigmoid(both[:, H:])
    inner = np.hstack([x, reset * h])
    new = np.tanh(inner @ params["candidate_kernel"] + params["candidate_bias"])
    return update * h + (1 - update) * new, dict(r=reset, u=update, n=new)


def gru_backward(params, x, h, cache, d_h_new):
    D = x.shape[1]
    r, u, n = cache["r"], cache["u"], cache["n"]
    dx = np.zeros_like(x)
    dh = u * d_h_new
    a_n = (1 - u) * d_h_new * (1 - n * n)
    K = params["candidate_kernel"]
    dx += np.einsum("bk,dk->bd", a_n, K[:D])
    through_reset = np.einsum("bk,hk->bh", a_n, K[D:])
    dh += r * through_reset
    a_r = through_reset * h * r * (1 - r)
    a_u = d_h_new * (h - n) * u * (1 - u)
    a = np.hstack([a_r, a_u])
    G = params["gates_kernel"]
    dx += np.einsum("bk,dk->bd", a, G[:D])
    dh += np.einsum("bk,hk->bh", a, G[D:])
    grads = {}
    grads["gates_kernel"] = np.vstack([x.T @ a, (r * h).T @ a])
    grads["gates_bias"] = a.sum(axis=0)
    grads["candidate_kernel"] = np.vstack([x.T @ a_n, (r * h).T @ a_n])
    grads["candidate_bias"] = a_n.sum(axis=0)
    return dx, dh, grads
