# mistake: The gradient of the output takes only the way round; it does not go into the cell.

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
    h_new = step(params, x, h)
    output = x + h_new
    return output, h_new


def residual_backward(params, x, h, h_new, d_output, d_h_new):
    """Compute one step backward, with ``step_backward``.

    - ``params``, ``x``, ``h``: as in the forward step. ``h_new``: what it returned.
    - ``d_output`` and ``d_h_new`` [B, H]: the gradients of the output and of the state that goes to the next step.

    Return ``(d_x, d_h, d_params)``: [B, H], [B, H], and a dict like ``params``.
    """
    d_x_cell, d_h, d_params = step_backward(params, x, h, h_new, d_h_new)
    d_x = d_x_cell + d_output
    return d_x, d_h, d_params
