# mistake: The outputs are collected in an array of integers, which cuts off what stands behind the point.

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


def dynamic_rnn_forward(params, inputs, sequence_length, h):
    """Run the cell over all time steps of rows of unequal length.

    - ``params``: a dict of ``kernel`` and ``bias``, for ``step``. ``inputs`` [B, T, D]. ``sequence_length`` [B].
    - ``h`` [B, H]: the state before the first step.

    Return ``(outputs, h_final)``: [B, T, H], exactly 0 past the end of a row, and [B, H].
    """
    batch_size, num_steps = inputs.shape[:2]
    outputs = np.zeros((batch_size, num_steps, h.shape[1]), sequence_length.dtype)
    for t in range(num_steps):
        # live_{b,t} = t < T_b
        live = (t < sequence_length)[:, None]
        h_new = step(params, inputs[:, t], h)
        # output_t = where(live_t, step(x_t, h_t), 0)
        outputs[:, t] = np.where(live, h_new, 0)
        # h_{t+1} = where(live_t, step(x_t, h_t), h_t)
        h = np.where(live, h_new, h)
    return outputs, h


def dynamic_rnn_backward(params, inputs, sequence_length, h, outputs, d_outputs, d_h_final):
    """Run backward through all time steps, with ``step_backward``.

    - ``params``, ``inputs``, ``sequence_length``, ``h``: as in the forward pass. ``outputs``: what it returned. In a
      live row the state before step t is ``outputs[:, t - 1]``, or ``h`` at the first step.
    - ``d_outputs`` [B, T, H]: the gradient of the outputs, not 0 past the end. ``d_h_final`` [B, H].

    Return ``(d_inputs, d_h, d_params)``: [B, T, D], exactly 0 past the end of a row, the gradient of the first state
    [B, H], and a dict like ``params``.
    """
    d_params = {name: np.zeros_like(value) for name, value in params.items()}
    d_inputs = np.zeros_like(inputs)
    d_state = d_h_final
    for t in reversed(range(inputs.shape[1])):
        # live_{b,t} = t < T_b
        live = (t < sequence_length)[:, None]
        before = outputs[:, t - 1] if t > 0 else h
        # output_t = where(live_t, step(x_t, h_t), 0)          h_{t+1} = where(live_t, step(x_t, h_t), h_t)
        d_h_new = np.where(live, d_outputs[:, t] + d_state, 0)
        d_x, d_before, d_step = step_backward(params, inputs[:, t], before, outputs[:, t], d_h_new)
        d_inputs[:, t] = d_x
        d_state = np.where(live, d_before, d_state)
        # The same weights at every step.
        for name in d_params:
            d_params[name] = d_params[name] + d_step[name]
    return d_inputs, d_state, d_params
