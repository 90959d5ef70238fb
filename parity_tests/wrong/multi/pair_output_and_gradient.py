# mistake: The output of the stack is the old state of the last layer.
# mistake: The gradient of the output is not used; only the states' gradients go back.

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
    y = x
    new_states = []
    for layer, h in zip(params, states, strict=True):
        y = step(layer, y, h)
        new_states.append(y)
    return states[-1], new_states


def multi_backward(params, x, states, new_states, d_output, d_new_states):
    """Compute one step of all layers backward, with ``step_backward``.

    - ``params``, ``x``, ``states``: as in the forward step. ``new_states``: what it returned.
    - ``d_output``: the gradient of the output. ``d_new_states``: a list of N gradients, of the states that go to the
      next step.

    Return ``(d_x, d_states, d_params)``: [B, D], a list of N arrays, and a list of N dicts.
    """
    d_states, d_params = [], []
    d_y = np.zeros_like(d_output)
    for layer in reversed(range(len(params))):
        y = new_states[layer - 1] if layer > 0 else x
        d_y, d_h, d_layer = step_backward(params[layer], y, states[layer], new_states[layer], d_y + d_new_states[layer])
        d_states.insert(0, d_h)
        d_params.insert(0, d_layer)
    return d_y, d_states, d_params
