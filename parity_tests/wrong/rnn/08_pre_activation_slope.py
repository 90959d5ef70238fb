# mistake: The slope of tanh is taken as 1 - tanh(h')**2, although h' is already the tanh.

import numpy as np


def rnn_forward(params, x, h):
    """Compute one step forward.

    - ``params``: a dict of ``kernel`` W [D + H, H] and ``bias`` b [H].
    - ``x`` [B, D], ``h`` [B, H].

    Return ``h_new`` [B, H].
    """
    # z = [x, h] W + b
    xh = np.concatenate([x, h], axis=1)
    z = xh @ params["kernel"] + params["bias"]
    # h' = tanh(z)
    h_new = np.tanh(z)
    return h_new


def rnn_backward(params, x, h, h_new, d_output, d_h_new):
    """Compute one step backward.

    - ``params``, ``x``, ``h``: as in the forward step. ``h_new``: what the forward step returned.
    - ``d_output`` [B, H]: the gradient of the loss with respect to the output of this step.
    - ``d_h_new`` [B, H]: the gradient with respect to the state that goes to the next step.

    Return ``(d_x, d_h, d_params)``: [B, D], [B, H], and a dict with the names and shapes of ``params``.
    """
    # The output and the new state are one array, h'.
    d_total = d_output + d_h_new
    # h' = tanh(z)
    d_z = d_total * (1 - np.tanh(h_new) ** 2)
    # z = [x, h] W + b
    xh = np.concatenate([x, h], axis=1)
    d_kernel = xh.T @ d_z
    d_bias = d_z.sum(axis=0)
    d_xh = d_z @ params["kernel"].T
    d_x, d_h = d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :]
    return d_x, d_h, {"kernel": d_kernel, "bias": d_bias}
