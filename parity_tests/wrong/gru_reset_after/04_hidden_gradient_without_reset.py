# mistake: The gradient of z_h forgets the factor r.

import numpy as np


def reset_after_forward(params, x, h, r, u):
    hidden = np.einsum("bi,ij->bj", h, params["hidden_kernel"]) + params["hidden_bias"]
    visible = np.einsum("bd,dj->bj", x, params["input_kernel"]) + params["input_bias"]
    candidate = np.tanh(visible + r * hidden)
    mixed = candidate + u * (h - candidate)
    return {"h_new": mixed, "n": candidate, "z_h": hidden}


def reset_after_backward(params, x, h, gates, n, z_h, d_h_new):
    update = gates[1]
    g_update = d_h_new * (h - n)
    g_pre = d_h_new * (1 - update) * (1 - np.square(n))
    g_reset = g_pre * z_h
    g_hidden = g_pre
    g_x = np.einsum("bj,dj->bd", g_pre, params["input_kernel"])
    g_h = d_h_new * update
    g_h = g_h + np.einsum("bj,ij->bi", g_hidden, params["hidden_kernel"])
    return {
        "d_x": g_x,
        "d_h": g_h,
        "d_r": g_reset,
        "d_u": g_update,
        "d_params": {
            "input_kernel": np.einsum("bd,bj->dj", x, g_pre),
            "input_bias": np.einsum("bj->j", g_pre),
            "hidden_kernel": np.einsum("bi,bj->ij", h, g_hidden),
            "hidden_bias": np.einsum("bj->j", g_hidden),
        },
    }
