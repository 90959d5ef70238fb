"""A cell applied step after step, and backpropagation through time (TensorFlow: static_rnn).

    h_0 given          h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}          for t = 0 … T − 1

    x_t [B, D]   h_t, output_t [B, H]   the same weights at every step

``step`` and ``step_backward``, of one step, are given.

Exercise 12 of 38; the lesson is docs/unroll/static.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/static_rnn.py

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


def static_rnn_forward(params, inputs, h):
    """Run the cell over all time steps.

    - ``params``: a dict of ``kernel`` and ``bias``, for ``step``. ``inputs``: a list of T arrays [B, D].
    - ``h`` [B, H]: the state before the first step.

    Return ``(outputs, h_final)``: a list of T arrays [B, H], and the state after the last step [B, H].
    """
    # h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}
    raise NotImplementedError


def static_rnn_backward(params, inputs, h, outputs, d_outputs, d_h_final):
    """Run backward through all time steps, with ``step_backward``.

    - ``params``, ``inputs``, ``h``: as in the forward pass. ``outputs``: the list that it returned.
    - ``d_outputs``: a list of T gradients [B, H], one of each output. ``d_h_final`` [B, H]: that of the final state.

    Return ``(d_inputs, d_h, d_params)``: a list of T arrays [B, D], the gradient of the first state [B, H], and a dict
    like ``params``.
    """
    # h_{t+1} = step(x_t, h_t)          output_t = h_{t+1}
    # The same weights at every step.
    raise NotImplementedError
