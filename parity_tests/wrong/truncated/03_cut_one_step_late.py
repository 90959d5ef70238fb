# mistake: The gradient is cut one step off, after the first step of a window instead of before it.

import numpy as np


def step(params, x, h):
    """Given: one step of the cell, h' [B, H]."""
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    """Given: its gradients, ``(d_x, d_h, d_params)``; ``h`` is before the step, ``h_new`` after it."""
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def truncated_forward(params, inputs, h, window):
    """Run the cell over all time steps, and keep the state that each window starts from.

    - ``params``: a dict of ``kernel`` and ``bias``, for ``step``. ``inputs``: a list of T arrays [B, D].
    - ``h`` [B, H]: the state before the first step. ``window``: k, an integer.

    Return ``(outputs, starts)``: a list of T arrays [B, H], and a list of one state [B, H] for each window.
    """
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
    """Run backward, window by window, with ``step_backward``. The final state has no gradient.

    - ``params``, ``inputs``, ``h``, ``window``: as in the forward pass. ``outputs``: the list that it returned.
    - ``d_outputs``: a list of T gradients [B, H], one of each output.

    Return ``(d_inputs, d_h, d_params)``: a list of T arrays [B, D], the gradient of the state before the first step,
    from the first window alone, [B, H], and a dict like ``params``, the sum over all windows.
    """
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
        if t % window == 1:
            d_state = np.zeros_like(d_state)
    return d_inputs, d_state, d_params
