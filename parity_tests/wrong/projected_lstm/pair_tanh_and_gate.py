# mistake: m is o times c' without the tanh.
# mistake: The gradient of o is multiplied by o instead of tanh(c').

import numpy as np


def project_forward(kernel, o, c_new, limit):
    m = o * c_new
    p = m @ kernel
    h_new = np.clip(p, -limit, limit)
    return h_new, m


def project_backward(kernel, o, c_new, m, limit, d_h_new, d_c_new):
    p = m @ kernel
    d_p = d_h_new * (np.abs(p) <= limit)
    d_kernel = m.T @ d_p
    d_m = d_p @ kernel.T
    tanh_c = np.tanh(c_new)
    d_o = d_m * o
    d_memory = d_c_new + d_m * o * (1 - tanh_c**2)
    return d_o, d_memory, d_kernel
