"""A cell with a way round it (TensorFlow: ResidualWrapper).

    h' = tanh([x, h] W + b)
    output = x + h'

    x, output [B, H]   h, h' [B, H]   W [2H, H], the rows of x above those of h   b [H]

The input is as wide as the state, so that they can be added. The new state is h', without x.

Exercise 9 of 38; the lesson is docs/cells/residual.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/residual.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def step(params, x, h):
    """Given: one step of the cell, h' [B, H]."""
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    """Given: its gradients, ``(d_x, d_h, d_params)``."""
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def residual_forward(params, x, h):
    """Compute one step forward.

    - ``params``: a dict of ``kernel`` and ``bias``, for ``step``. ``x`` and ``h`` [B, H].

    Return ``(output, h_new)``, each [B, H].
    """
    # h' = step(x, h)
    # output = x + h'
    raise NotImplementedError


def residual_backward(params, x, h, h_new, d_output, d_h_new):
    """Compute one step backward, with ``step_backward``.

    - ``params``, ``x``, ``h``: as in the forward step. ``h_new``: what it returned.
    - ``d_output`` and ``d_h_new`` [B, H]: the gradients of the output and of the state that goes to the next step.

    Return ``(d_x, d_h, d_params)``: [B, H], [B, H], and a dict like ``params``.
    """
    # h' = step(x, h)
    # output = x + h'
    raise NotImplementedError
