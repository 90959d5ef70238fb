# mistake: The gradient goes through the clipping as if nothing had been cut.

import numpy as np


def project_forward(kernel, o, c_new, limit):
    m = np.tanh(c_new) * o
    p = np.einsum("bh,hp->bp", m, kernel)
    p[p > limit] = limit
    p[p < -limit] = -limit
    return p, m


def project_backward(kernel, o, c_new, m, limit, d_h_new, d_c_new):
    grad_p = d_h_new
    grad_m = np.einsum("bp,hp->bh", grad_p, kernel)
    t = np.tanh(c_new)
    return grad_m * t, d_c_new + grad_m * o * (1 - t * t), np.einsum("bh,bp->hp", m, grad_p)
