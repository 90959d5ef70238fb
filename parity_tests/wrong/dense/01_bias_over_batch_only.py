# mistake: The gradient of the bias is summed over the batch only, not over the time steps.

import numpy as np


def dense_forward(params, x):
    """Compute the layer forward.

    - ``params``: a dict of ``kernel`` W [D, C] and ``bias`` b [C]. ``x`` [B, T, D].

    Return ``y`` [B, T, C].
    """
    return x @ params["kernel"] + params["bias"]


def dense_backward(params, x, d_y):
    """Compute the layer backward.

    - ``params``, ``x``: as in the forward pass. ``d_y`` [B, T, C].

    Return ``(d_x, d_params)``: [B, T, D], and a dict with the names and shapes of ``params``.
    """
    d_x = d_y @ params["kernel"].T
    d_kernel = np.einsum("btd,btc->dc", x, d_y)
    d_bias = d_y.sum(axis=0)
    return d_x, {"kernel": d_kernel, "bias": d_bias}
