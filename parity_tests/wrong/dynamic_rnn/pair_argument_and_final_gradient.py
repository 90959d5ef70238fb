# mistake: The state that came in is changed in place on the way forward.
# mistake: The gradient of the final state is not used.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def dynamic_rnn_forward(params, inputs, sequence_length, h):
    B, T, _ = inputs.shape
    outputs = np.zeros((B, T, h.shape[1]))
    state = h
    for t in range(T):
        for b in range(B):
            if t < sequence_length[b]:
                state[b] = step(params, inputs[b : b + 1, t], state[b : b + 1])[0]
                outputs[b, t] = state[b]
    return outputs, state


def dynamic_rnn_backward(params, inputs, sequence_length, h, outputs, d_outputs, d_h_final):
    d_inputs = np.zeros_like(inputs)
    d_h = np.zeros_like(d_h_final)
    grads = {"kernel": np.zeros_like(params["kernel"]), "bias": np.zeros_like(params["bias"])}
    for b, length in enumerate(sequence_length):
        for t in range(length - 1, -1, -1):
            old = h[b : b + 1] if t == 0 else outputs[b : b + 1, t - 1]
            d_new = d_outputs[b : b + 1, t] + d_h[b : b + 1]
            d_x, d_old, g = step_backward(params, inputs[b : b + 1, t], old, outputs[b : b + 1, t], d_new)
            d_inputs[b, t] = d_x[0]
            d_h[b] = d_old[0]
            grads["kernel"] += g["kernel"]
            grads["bias"] += g["bias"]
    return d_inputs, d_h, grads
