"""Truncated backpropagation through time: the state goes on from window to window, its gradient does not.

    h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}          for t = 0 … T − 1
    windows of k steps: steps 0 … k − 1, k … 2k − 1, …            the last may be shorter
    backward, the state that a window starts from is a constant: its gradient goes no further

    x_t [B, D]   h_t, output_t [B, H]   the same weights at every step

``step`` and ``step_backward``, of one step, are given.

Exercise 17 of 38; the lesson is docs/unroll/truncated.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/truncated.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

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
    # windows of k steps
    # h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}
    raise NotImplementedError


def truncated_backward(params, inputs, h, outputs, window, d_outputs):
    """Run backward, window by window, with ``step_backward``. The final state has no gradient.

    - ``params``, ``inputs``, ``h``, ``window``: as in the forward pass. ``outputs``: the list that it returned.
    - ``d_outputs``: a list of T gradients [B, H], one of each output.

    Return ``(d_inputs, d_h, d_params)``: a list of T arrays [B, D], the gradient of the state before the first step,
    from the first window alone, [B, H], and a dict like ``params``, the sum over all windows.
    """
    # h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}
    # The same weights at every step.
    # The state that a window starts from is a constant.
    raise NotImplementedError
