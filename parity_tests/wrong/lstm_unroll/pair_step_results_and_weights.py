# mistake: The two results of the step are taken in the wrong order, as h and c.
# mistake: The gradients of the weights are those of the first step only.

import numpy as np


def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def gates(params, x, h):
    z_i, z_j, z_f, z_o = np.split(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"], 4, axis=1)
    return sigmoid(z_i), np.tanh(z_j), sigmoid(z_f + 1), sigmoid(z_o)


def step(params, x, c, h):
    i, j, f, o = gates(params, x, h)
    c_new = f * c + i * j
    return c_new, o * np.tanh(c_new)


def step_backward(params, x, c, h, c_new, d_c_new, d_h_new):
    i, j, f, o = gates(params, x, h)
    tanh_c = np.tanh(c_new)
    d_memory = d_c_new + d_h_new * o * (1 - tanh_c**2)
    d_z = [d_memory * j * i * (1 - i), d_memory * i * (1 - j**2), d_memory * c * f * (1 - f)]
    d_z = np.concatenate([*d_z, d_h_new * tanh_c * o * (1 - o)], axis=1)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_memory * f, d_xh[:, x.shape[1] :], d_params


def lstm_unroll_forward(params, inputs, c, h):
    outputs, memories = [], []
    for t in range(inputs.shape[1]):
        h, c = step(params, inputs[:, t], c, h)
        outputs.append(h)
        memories.append(c)
    return np.stack(outputs, axis=1), np.stack(memories, axis=1), c, h


def lstm_unroll_backward(params, inputs, start, outputs, memories, d_outputs, d_final):
    d_params = {name: np.zeros_like(value) for name, value in params.items()}
    d_inputs = np.zeros_like(inputs)
    d_c, d_h = d_final
    for t in reversed(range(inputs.shape[1])):
        c, h = (memories[:, t - 1], outputs[:, t - 1]) if t > 0 else start
        d_total = d_outputs[:, t] + d_h
        d_x, d_c, d_h, d_step = step_backward(params, inputs[:, t], c, h, memories[:, t], d_c, d_total)
        d_inputs[:, t] = d_x
        for name in d_params:
            d_params[name] = d_step[name]
    return d_inputs, d_c, d_h, d_params
