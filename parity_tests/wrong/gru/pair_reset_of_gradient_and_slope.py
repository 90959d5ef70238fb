# mistake: The way from h through r times h forgets the factor r.
# mistake: The slope of the reset gate is written r**2 instead of r (1 - r).

import numpy as np


def sigmoid(z):
    """Given: σ(z)."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def gru_forward(params, x, h):
    """Compute one step forward.

    - ``params``: a dict of ``gates_kernel`` W [D + H, 2H], ``gates_bias`` b [2H], ``candidate_kernel`` W_n [D + H, H]
      and ``candidate_bias`` b_n [H].
    - ``x`` [B, D], ``h`` [B, H].

    Return ``(h_new, cache)``: [B, H], and a dict of ``r``, ``u`` and ``n``, each [B, H].
    """
    # z_r, z_u = [x, h] W + b
    xh = np.concatenate([x, h], axis=1)
    z_r, z_u = np.split(xh @ params["gates_kernel"] + params["gates_bias"], 2, axis=1)
    # r = σ(z_r)    u = σ(z_u)
    r = sigmoid(z_r)
    u = sigmoid(z_u)
    # z_n = [x, r ⊙ h] W_n + b_n
    xrh = np.concatenate([x, r * h], axis=1)
    z_n = xrh @ params["candidate_kernel"] + params["candidate_bias"]
    # n = tanh(z_n)
    n = np.tanh(z_n)
    # h' = u ⊙ h + (1 − u) ⊙ n
    h_new = u * h + (1 - u) * n
    return h_new, {"r": r, "u": u, "n": n}


def gru_backward(params, x, h, cache, d_h_new):
    """Compute one step backward.

    - ``params``, ``x``, ``h``: as in the forward step. ``cache``: the dict that the forward step returned.
    - ``d_h_new`` [B, H]: the gradient of the loss with respect to h', from all who read it.

    Return ``(d_x, d_h, d_params)``: [B, D], [B, H], and a dict with the names and shapes of ``params``.
    """
    r, u, n = cache["r"], cache["u"], cache["n"]
    # h' = u ⊙ h + (1 − u) ⊙ n
    d_u = d_h_new * (h - n)
    d_n = d_h_new * (1 - u)
    d_h_kept = d_h_new * u
    # n = tanh(z_n)
    d_z_n = d_n * (1 - n**2)
    # z_n = [x, r ⊙ h] W_n + b_n
    xrh = np.concatenate([x, r * h], axis=1)
    d_candidate_kernel = xrh.T @ d_z_n
    d_candidate_bias = d_z_n.sum(axis=0)
    d_xrh = d_z_n @ params["candidate_kernel"].T
    d_x_n, d_rh = d_xrh[:, : x.shape[1]], d_xrh[:, x.shape[1] :]
    d_r = d_rh * h
    d_h_n = d_rh
    # r = σ(z_r)    u = σ(z_u)
    d_z_r = d_r * r**2
    d_z_u = d_u * u * (1 - u)
    # z_r, z_u = [x, h] W + b
    d_z = np.concatenate([d_z_r, d_z_u], axis=1)
    xh = np.concatenate([x, h], axis=1)
    d_gates_kernel = xh.T @ d_z
    d_gates_bias = d_z.sum(axis=0)
    d_xh = d_z @ params["gates_kernel"].T
    d_x_g, d_h_g = d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :]
    # All the uses of x and of h together.
    d_x = d_x_n + d_x_g
    d_h = d_h_kept + d_h_n + d_h_g
    d_params = {
        "gates_kernel": d_gates_kernel,
        "gates_bias": d_gates_bias,
        "candidate_kernel": d_candidate_kernel,
        "candidate_bias": d_candidate_bias,
    }
    return d_x, d_h, d_params
