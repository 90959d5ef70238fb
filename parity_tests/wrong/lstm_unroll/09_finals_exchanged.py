# mistake: The final states are returned as h, c instead of c, h.

import numpy as np


def sigmoid(z):
    """Given: σ(z)."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def gates(params, x, h):
    """Given: i, j, f, o of one step."""
    z_i, z_j, z_f, z_o = np.split(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"], 4, axis=1)
    return sigmoid(z_i), np.tanh(z_j), sigmoid(z_f + 1), sigmoid(z_o)


def step(params, x, c, h):
    """Given: one step of the LSTM. Returns ``(c_new, h_new)``, each [B, H]."""
    i, j, f, o = gates(params, x, h)
    c_new = f * c + i * j
    return c_new, o * np.tanh(c_new)


def step_backward(params, x, c, h, c_new, d_c_new, d_h_new):
    """Given: its gradients, ``(d_x, d_c, d_h, d_params)``; c and h are before the step, c_new is after it."""
    i, j, f, o = gates(params, x, h)
    tanh_c = np.tanh(c_new)
    d_memory = d_c_new + d_h_new * o * (1 - tanh_c**2)
    d_z = [d_memory * j * i * (1 - i), d_memory * i * (1 - j**2), d_memory * c * f * (1 - f)]
    d_z = np.concatenate([*d_z, d_h_new * tanh_c * o * (1 - o)], axis=1)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_memory * f, d_xh[:, x.shape[1] :], d_params



def lstm_unroll_forward(params, inputs, c, h):
    B, T, _ = inputs.shape
    outputs = np.zeros((B, T, h.shape[1]))
    memories = np.zeros((B, T, c.shape[1]))
    for t, x in enumerate(np.swapaxes(inputs, 0, 1)):
        memories[:, t], outputs[:, t] = step(params, x, c, h)
        c, h = memories[:, t], outputs[:, t]
    return outputs, memories, h.copy(), c.copy()


def lstm_unroll_backward(params, inputs, start, outputs, memories, d_outputs, d_final):
    c0, h0 = start
    old_c = np.concatenate([c0[:, None], memories[:, :-1]], axis=1)
    old_h = np.concatenate([h0[:, None], outputs[:, :-1]], axis=1)
    grad_c, grad_h = d_final
    d_inputs, kernel, bias = np.empty_like(inputs), 0, 0
    t = inputs.shape[1]
    while t > 0:
        t -= 1
        d_inputs[:, t], grad_c, grad_h, now = step_backward(
            params, inputs[:, t], old_c[:, t], old_h[:, t], memories[:, t], grad_c, grad_h + d_outputs[:, t]
        )
        kernel, bias = kernel + now["kernel"], bias + now["bias"]
    return d_inputs, grad_c, grad_h, {"kernel": kernel, "bias": bias}
