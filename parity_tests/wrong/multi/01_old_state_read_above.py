# mistake: A layer reads the old state of the layer below instead of its new one.

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
    y = x
    new_states = []
    for layer, h in zip(params, states, strict=True):
        # h'_l = step_l(y_l, h_l)        y_{l+1} = h'_l
        new_states.append(step(layer, y, h))
        y = h
    # output = y_N
    return new_states[-1], new_states


def multi_backward(params, x, states, new_states, d_output, d_new_states):
    """Compute one step of all layers backward, with ``step_backward``.

    - ``params``, ``x``, ``states``: as in the forward step. ``new_states``: what it returned.
    - ``d_output``: the gradient of the output. ``d_new_states``: a list of N gradients, of the states that go to the
      next step.

    Return ``(d_x, d_states, d_params)``: [B, D], a list of N arrays, and a list of N dicts.
    """
    d_states, d_params = [], []
    # output = y_N
    d_y = d_output
    for layer in reversed(range(len(params))):
        # h'_l = step_l(y_l, h_l)        y_{l+1} = h'_l
        y = new_states[layer - 1] if layer > 0 else x
        d_y, d_h, d_layer = step_backward(params[layer], y, states[layer], new_states[layer], d_y + d_new_states[layer])
        d_states.insert(0, d_h)
        d_params.insert(0, d_layer)
    # y_0 = x
    return d_y, d_states, d_params
