# mistake: Each window overwrites the gradient of the weights; the windows are not summed.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def truncated_forward(params, inputs, h, window):
    states = [h]
    for x in inputs:
        states.append(step(params, x, states[-1]))
    return states[1:], states[:-1][::window]


def truncated_backward(params, inputs, h, outputs, window, d_outputs):
    states = [h, *outputs]
    T = len(inputs)
    d_inputs = [None] * T
    for first in range(0, T, window):
        grads = {k: np.zeros_like(p) for k, p in params.items()}
        d_state = np.zeros_like(h)
        for t in range(min(first + window, T) - 1, first - 1, -1):
            d_state += d_outputs[t]
            d_inputs[t], d_state, g = step_backward(params, inputs[t], states[t], states[t + 1], d_state)
            for k in grads:
                grads[k] += g[k]
        if first == 0:
            d_h = d_state
    return d_inputs, d_h, grads
