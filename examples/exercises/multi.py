"""Layers: cells one above the other (TensorFlow: MultiRNNCell).

    y_0 = x
    h'_l = step_l(y_l, h_l)        y_{l+1} = h'_l          for l = 0 … N − 1
    output = y_N

    x [B, D]   h_l, h'_l [B, H_l]; the layers may have different widths

Each layer has its own weights and its own state. ``step`` and ``step_backward``, of one layer, are given.

Exercise 11 of 38; the lesson is docs/cells/multi.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/multi.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def step(params, x, h):
    """Given: one step of one layer, h' [B, H]."""
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    """Given: its gradients, ``(d_x, d_h, d_params)``."""
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def multi_forward(params, x, states):
    """Compute one step of all layers.

    - ``params``: a list of N dicts, for ``step``. ``x`` [B, D]. ``states``: a list of N arrays [B, H_l].

    Return ``(output, new_states)``: [B, H of the last layer], and a list of N arrays.
    """
    # y_0 = x
    # h'_l = step_l(y_l, h_l)        y_{l+1} = h'_l
    # output = y_N
    raise NotImplementedError


def multi_backward(params, x, states, new_states, d_output, d_new_states):
    """Compute one step of all layers backward, with ``step_backward``.

    - ``params``, ``x``, ``states``: as in the forward step. ``new_states``: what it returned.
    - ``d_output``: the gradient of the output. ``d_new_states``: a list of N gradients, of the states that go to the
      next step.

    Return ``(d_x, d_states, d_params)``: [B, D], a list of N arrays, and a list of N dicts.
    """
    # output = y_N
    # h'_l = step_l(y_l, h_l)        y_{l+1} = h'_l
    # y_0 = x
    raise NotImplementedError
