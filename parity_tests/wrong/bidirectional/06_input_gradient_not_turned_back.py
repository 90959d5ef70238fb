# mistake: The input gradient of the backward cell is added without being turned back.

import numpy as np


def reverse_rows(inputs, sequence_length):
    turned = inputs.copy()
    for b, length in enumerate(sequence_length):
        turned[b, :length] = inputs[b, :length][::-1]
    return turned


def run(params, inputs, sequence_length):
    h = np.zeros((len(inputs), len(params["bias"])), inputs.dtype)
    outputs = []
    for t in range(inputs.shape[1]):
        live = (t < sequence_length)[:, None]
        h_new = np.tanh(np.concatenate([inputs[:, t], h], axis=1) @ params["kernel"] + params["bias"])
        outputs.append(np.where(live, h_new, 0))
        h = np.where(live, h_new, h)
    return np.stack(outputs, axis=1), h


def run_backward(params, inputs, sequence_length, outputs, d_outputs, d_final):
    d_params = {name: np.zeros_like(value) for name, value in params.items()}
    d_inputs, d_state = np.zeros_like(inputs), d_final
    for t in reversed(range(inputs.shape[1])):
        live = (t < sequence_length)[:, None]
        before = outputs[:, t - 1] if t > 0 else np.zeros_like(d_final)
        xh = np.concatenate([inputs[:, t], before], axis=1)
        d_z = np.where(live, d_outputs[:, t] + d_state, 0) * (1 - outputs[:, t] ** 2)
        d_xh = d_z @ params["kernel"].T
        d_inputs[:, t] = d_xh[:, : inputs.shape[2]]
        d_state = np.where(live, d_xh[:, inputs.shape[2] :], d_state)
        d_params = {"kernel": d_params["kernel"] + xh.T @ d_z, "bias": d_params["bias"] + d_z.sum(axis=0)}
    return d_inputs, d_params


def bidirectional_forward(params_fw, params_bw, inputs, sequence_length):
    output_fw, final_fw = run(params_fw, inputs, sequence_length)
    output_bw, final_bw = run(params_bw, reverse_rows(inputs, sequence_length), sequence_length)
    output_bw = reverse_rows(output_bw, sequence_length)
    outputs = np.concatenate([output_fw, output_bw], axis=2)
    return outputs, final_fw, final_bw


def bidirectional_backward(params_fw, params_bw, inputs, sequence_length, outputs, d_outputs, d_finals):
    d_final_fw, d_final_bw = d_finals
    size = len(params_fw["bias"])
    output_fw, output_bw = outputs[:, :, :size], outputs[:, :, size:]
    d_output_fw, d_output_bw = d_outputs[:, :, :size], d_outputs[:, :, size:]
    d_inputs_fw, d_params_fw = run_backward(params_fw, inputs, sequence_length, output_fw, d_output_fw, d_final_fw)
    turned, output_turned = reverse_rows(inputs, sequence_length), reverse_rows(output_bw, sequence_length)
    d_turned = reverse_rows(d_output_bw, sequence_length)
    d_inputs_bw, d_params_bw = run_backward(params_bw, turned, sequence_length, output_turned, d_turned, d_final_bw)
    d_inputs = d_inputs_fw + d_inputs_bw
    return d_inputs, d_params_fw, d_params_bw
