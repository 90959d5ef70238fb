# mistake: The last window is left out on the way back when it is shorter than k.
# mistake: The gradient of the first state is that of the last window.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def truncated_forward(params, inputs, h, window):
    outputs, starts = [], []
    for first in range(0, len(inputs), window):
        starts.append(h)
        for x in inputs[first : first + window]:
            h = step(params, x, h)
            outputs.append(h)
    return outputs, starts


def truncated_backward(params, inputs, h, outputs, window, d_outputs):
    states = [h, *outputs]
    d_inputs = [np.zeros_like(x) for x in inputs]
    grads = {k: np.zeros_like(p) for k, p in params.items()}
    for number in range(len(inputs) // window):
        d_state = np.zeros_like(h)
        for t in reversed(range(number * window, (number + 1) * window)):
            d_inputs[t], d_state, g = step_backward(
                params, inputs[t], states[t], states[t + 1], d_state + d_outputs[t]
            )
            for k in grads:
                grads[k] = grads[k] + g[k]
    return d_inputs, d_state, grads
