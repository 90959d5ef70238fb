# mistake: The output of the backward cell is put first.
# mistake: The gradients of the two final states are exchanged.

import numpy as np


def reverse_rows(inputs, sequence_length):
    """Given: R(inputs), the first T_b steps of each row b in reverse order."""
    turned = inputs.copy()
    for b, length in enumerate(sequence_length):
        turned[b, :length] = inputs[b, :length][::-1]
    return turned


def run(params, inputs, sequence_length):
    """Given: one cell over all time steps, from zeros. Returns ``(outputs, final)``."""
    h = np.zeros((len(inputs), len(params["bias"])), inputs.dtype)
    outputs = []
    for t in range(inputs.shape[1]):
        live = (t < sequence_length)[:, None]
        h_new = np.tanh(np.concatenate([inputs[:, t], h], axis=1) @ params["kernel"] + params["bias"])
        outputs.append(np.where(live, h_new, 0))
        h = np.where(live, h_new, h)
    return np.stack(outputs, axis=1), h


def run_backward(params, inputs, sequence_length, outputs, d_outputs, d_final):
    """Given: the gradients of ``run``, from what went in and what came out. Returns ``(d_inputs, d_params)``."""
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
    left, end_left = run(params_fw, inputs, sequence_length)
    mirrored, end_right = run(params_bw, reverse_rows(inputs, sequence_length), sequence_length)
    right = np.zeros_like(mirrored)
    for b, n in enumerate(sequence_length):
        for t in range(n):
            right[b, t] = mirrored[b, n - 1 - t]
    return np.dstack([right, left]), end_left, end_right


def bidirectional_backward(params_fw, params_bw, inputs, sequence_length, outputs, d_outputs, d_finals):
    left, right = np.split(outputs, 2, axis=2)
    d_left, d_right = np.split(d_outputs, 2, axis=2)
    grad_x, grad_fw = run_backward(params_fw, inputs, sequence_length, left, d_left, d_finals[1])
    grad_turned, grad_bw = run_backward(
        params_bw,
        reverse_rows(inputs, sequence_length),
        sequence_length,
        reverse_rows(right, sequence_length),
        reverse_rows(d_right, sequence_length),
        d_finals[0],
    )
    grad_x = grad_x + reverse_rows(grad_turned, sequence_length)
    return grad_x, grad_fw, grad_bw
