# Each row runs alone, to its own length.
import numpy as np


def dynamic_rnn_forward(params, inputs, sequence_length, h):
    rows, finals = [], []
    for x, length, state in zip(inputs, sequence_length, h):
        outputs = []
        for t in range(length):
            state = np.tanh(np.append(x[t], state) @ params["kernel"] + params["bias"])
            outputs.append(state)
        while len(outputs) < len(x):
            outputs.append(0 * state)
        rows.append(outputs)
        finals.append(state)
    return np.array(rows), np.array(finals)


def dynamic_rnn_backward(params, inputs, sequence_length, h, outputs, d_outputs, d_h_final):
    d_kernel, d_bias = 0, 0
    d_inputs = np.zeros(inputs.shape, np.float32)
    d_first = []
    for b, length in enumerate(sequence_length.tolist()):
        d = d_h_final[b].copy()
        for t in range(length)[::-1]:
            d = d + d_outputs[b][t]
            before = h[b] if t == 0 else outputs[b][t - 1]
            d_z = d * (1 - outputs[b][t] ** 2)
            d_kernel = d_kernel + np.outer(np.concatenate((inputs[b][t], before)), d_z)
            d_bias = d_bias + d_z
            back = params["kernel"] @ d_z
            d_inputs[b][t], d = back[: inputs.shape[2]], back[inputs.shape[2] :]
        d_first.append(d)
    return {"d_inputs": d_inputs, "d_h": d_first, "d_params": {"bias": d_bias, "kernel": d_kernel}}
