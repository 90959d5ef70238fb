"""Backpropagation through time on a short tape: keep every k-th state, compute the rest again.

    h_{t+1} = step(x_t, h_t)          for t = 0 … T − 1
    forward    of the states h_0 … h_T keep h_0, h_k, h_{2k}, …, those before the steps 0, k, 2k, …
    backward   the last stretch of k steps first: run it again from its kept state, then differentiate it

    x_t [B, D]   h_t [B, H]   the loss reads the final state h_T alone

``step`` and ``step_backward``, of one step, are given.

Exercise 18 of 38; the lesson is docs/unroll/checkpointed.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/checkpointed.py

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


def checkpointed_forward(params, inputs, h, every):
    """Run the cell over all time steps and keep few states.

    - ``params``: a dict of ``kernel`` and ``bias``, for ``step``. ``inputs``: a list of T arrays [B, D].
    - ``h`` [B, H]: the state before the first step. ``every``: k, an integer; T need not be a multiple of it.

    Return ``(h_final, kept)``: [B, H], and the list of kept states, each [B, H].
    """
    # keep h_0, h_k, h_{2k}, …
    # h_{t+1} = step(x_t, h_t)
    raise NotImplementedError


def checkpointed_backward(params, inputs, kept, every, d_h_final):
    """Run backward, stretch by stretch, with ``step`` and ``step_backward``.

    - ``params``, ``inputs``, ``every``: as in the forward pass. ``kept``: the list that it returned.
    - ``d_h_final`` [B, H]: the gradient of the final state.

    Return ``(d_inputs, d_h, d_params)``: a list of T arrays [B, D], the gradient of the first state [B, H], and a dict
    like ``params``.
    """
    # run it again from its kept state
    # h_{t+1} = step(x_t, h_t)
    # The same weights at every step.
    raise NotImplementedError
