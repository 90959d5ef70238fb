"""Dropout around a cell (TensorFlow: DropoutWrapper).

    drop(v) = mask ⊙ v / keep_prob
    h' = tanh([drop(x), h] W + b)
    output = drop(h')

    x [B, D]   h, h', output [B, H]   input_mask [B, D]   output_mask [B, H], Boolean   keep_prob: a number in (0, 1]

What is dropped is the input of the cell and its output on the way up. The state that goes to the next step is h'
itself.

Exercise 10 of 38; the lesson is docs/cells/dropout.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/dropout.py

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


def dropout_forward(params, x, h, input_mask, output_mask, keep_prob):
    """Compute one step forward, with ``step``.

    - ``params``: a dict of ``kernel`` and ``bias``, for ``step``. ``x`` [B, D], ``h`` [B, H].
    - ``input_mask`` [B, D] and ``output_mask`` [B, H], Boolean. ``keep_prob``: one number for both.

    Return ``(output, h_new)``, each [B, H].
    """
    # drop(x) = mask ⊙ x / keep_prob
    # h' = step(drop(x), h)
    # output = drop(h')
    raise NotImplementedError


def dropout_backward(params, x, h, h_new, masks, keep_prob, d_output, d_h_new):
    """Compute one step backward, with ``step_backward``.

    - ``params``, ``x``, ``h``, ``keep_prob``: as in the forward step. ``h_new``: what it returned.
    - ``masks``: the pair (input_mask, output_mask).
    - ``d_output`` and ``d_h_new`` [B, H]: the gradients of the output and of the state that goes to the next step.

    Return ``(d_x, d_h, d_params)``: [B, D], [B, H], and a dict like ``params``.
    """
    # output = drop(h')
    # h' = step(drop(x), h)
    # drop(x) = mask ⊙ x / keep_prob
    raise NotImplementedError
