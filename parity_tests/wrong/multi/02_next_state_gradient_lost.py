# mistake: The gradients of the states that go to the next step are left out.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def multi_forward(params, x, states):
    y = x
    new_states = []
    for layer, h in zip(params, states, strict=True):
        y = step(layer, y, h)
        new_states.append(y)
    return y, new_states


def multi_backward(params, x, states, new_states, d_output, d_new_states):
    d_states, d_params = [], []
    d_y = d_output
    for layer in reversed(range(len(params))):
        y = new_states[layer - 1] if layer > 0 else x
        d_y, d_h, d_layer = step_backward(params[layer], y, states[layer], new_states[layer], d_y)
        d_states.insert(0, d_h)
        d_params.insert(0, d_layer)
    return d_y, d_states, d_params
