# mistake: The gradient is not carried from step to step: each step sees only the gradient of its own output.

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


def static_rnn_forward(params, inputs, h):
    """Run the cell over all time steps.

    - ``params``: a dict of ``kernel`` and ``bias``, for ``step``. ``inputs``: a list of T arrays [B, D].
    - ``h`` [B, H]: the state before the first step.

    Return ``(outputs, h_final)``: a list of T arrays [B, H], and the state after the last step [B, H].
    """
    outputs = []
    # h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}
    for x in inputs:
        h = step(params, x, h)
        outputs.append(h)
    return outputs, h


def static_rnn_backward(params, inputs, h, outputs, d_outputs, d_h_final):
    """Run backward through all time steps, with ``step_backward``.

    - ``params``, ``inputs``, ``h``: as in the forward pass. ``outputs``: the list that it returned.
    - ``d_outputs``: a list of T gradients [B, H], one of each output. ``d_h_final`` [B, H]: that of the final state.

    Return ``(d_inputs, d_h, d_params)``: a list of T arrays [B, D], the gradient of the first state [B, H], and a dict
    like ``params``.
    """
    d_params = {name: np.zeros_like(value) for name, value in params.items()}
    d_inputs = [None] * len(inputs)
    d_state = d_h_final
    for t in reversed(range(len(inputs))):
        # h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}
        before = outputs[t - 1] if t > 0 else h
        d_total = d_outputs[t] + (d_h_final if t == len(inputs) - 1 else 0)
        d_inputs[t], d_state, d_step = step_backward(params, inputs[t], before, outputs[t], d_total)
        # The same weights at every step.
        for name in d_params:
            d_params[name] = d_params[name] + d_step[name]
    return d_inputs, d_state, d_params
