# mistake: The gradients of the weights are averaged over the time steps instead of summed.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def static_rnn_forward(params, inputs, h):
    states = [h]
    for t in range(len(inputs)):
        states.append(step(params, inputs[t], states[t]))
    return states[1:], states[-1]


def static_rnn_backward(params, inputs, h, outputs, d_outputs, d_h_final):
    states = [h, *outputs]
    carry = d_h_final
    d_inputs, steps = [], []
    for t in range(len(inputs) - 1, -1, -1):
        d_x, carry, grads = step_backward(params, inputs[t], states[t], states[t + 1], carry + d_outputs[t])
        d_inputs.append(d_x)
        steps.append(grads)
    d_inputs.reverse()
    return d_inputs, carry, {key: sum(g[key] for g in steps) / len(steps) for key in params}
