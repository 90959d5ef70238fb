# mistake: The stretch is not run again: every step of it is differentiated at the kept state.

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
    kept = []
    for t, x in enumerate(inputs):
        if t % every == 0:
            kept.append(h)
        h = step(params, x, h)
    return h, kept


def checkpointed_backward(params, inputs, kept, every, d_h_final):
    """Run backward, stretch by stretch, with ``step`` and ``step_backward``.

    - ``params``, ``inputs``, ``every``: as in the forward pass. ``kept``: the list that it returned.
    - ``d_h_final`` [B, H]: the gradient of the final state.

    Return ``(d_inputs, d_h, d_params)``: a list of T arrays [B, D], the gradient of the first state [B, H], and a dict
    like ``params``.
    """
    d_params = {name: np.zeros_like(value) for name, value in params.items()}
    d_inputs = [None] * len(inputs)
    d_state = d_h_final
    for number in reversed(range(len(kept))):
        start = number * every
        stop = min(start + every, len(inputs))
        for t in reversed(range(start, stop)):
            before, after = kept[number], step(params, inputs[t], kept[number])
            d_inputs[t], d_state, d_step = step_backward(params, inputs[t], before, after, d_state)
            for name in d_params:
                d_params[name] = d_params[name] + d_step[name]
    return d_inputs, d_state, d_params
