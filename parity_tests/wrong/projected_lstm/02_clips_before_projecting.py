# mistake: m is clipped before the projection instead of p after it.

import numpy as np


def project_forward(kernel, o, c_new, limit):
    # m = o ⊙ tanh(c')
    m = o * np.tanh(c_new)
    # p = m W_p
    p = np.clip(m, -limit, limit) @ kernel
    # h' = min(max(p, −limit), limit)
    h_new = p
    return h_new, m


def project_backward(kernel, o, c_new, m, limit, d_h_new, d_c_new):
    # h' = min(max(p, −limit), limit)
    p = m @ kernel
    d_p = d_h_new * (np.abs(p) <= limit)
    # p = m W_p
    d_kernel = m.T @ d_p
    d_m = d_p @ kernel.T
    # m = o ⊙ tanh(c')
    tanh_c = np.tanh(c_new)
    d_o = d_m * tanh_c
    d_memory = d_c_new + d_m * o * (1 - tanh_c**2)
    return d_o, d_memory, d_kernel
