# mistake: Every output is the last state.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def static_rnn_forward(params, inputs, h):
    outputs = []
    # h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}
    for x in inputs:
        h = step(params, x, h)
        outputs.append(h)
    return [h] * len(outputs), h


def static_rnn_backward(params, inputs, h, outputs, d_outputs, d_h_final):
    d_params = {name: np.zeros_like(value) for name, value in params.items()}
    d_inputs = [None] * len(inputs)
    d_state = d_h_final
    for t in reversed(range(len(inputs))):
        # h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}
        before = outputs[t - 1] if t > 0 else h
        d_total = d_outputs[t] + d_state
        d_inputs[t], d_state, d_step = step_backward(params, inputs[t], before, outputs[t], d_total)
        # The same weights at every step.
        for name in d_params:
            d_params[name] = d_params[name] + d_step[name]
    return d_inputs, d_state, d_params
