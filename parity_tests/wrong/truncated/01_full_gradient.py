# mistake: The gradient goes on through the start of a window: this is plain backpropagation through time.

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
    for t, x in enumerate(inputs):
        # windows of k steps
        if t % window == 0:
            starts.append(h)
        # h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}
        h = step(params, x, h)
        outputs.append(h)
    return outputs, starts


def truncated_backward(params, inputs, h, outputs, window, d_outputs):
    d_params = {name: np.zeros_like(value) for name, value in params.items()}
    d_inputs = [None] * len(inputs)
    d_state = np.zeros_like(h)
    for t in reversed(range(len(inputs))):
        # h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}
        before = outputs[t - 1] if t > 0 else h
        d_total = d_outputs[t] + d_state
        d_inputs[t], d_state, d_step = step_backward(params, inputs[t], before, outputs[t], d_total)
        # The same weights at every step.
        for name in d_params:
            d_params[name] = d_params[name] + d_step[name]
        # The state that a window starts from is a constant.
    return d_inputs, d_state, d_params
