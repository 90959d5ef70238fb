# mistake: Only values above the limit are cut; those below minus the limit stay.

import numpy as np


def project_forward(kernel, o, c_new, limit):
    m = np.tanh(c_new) * o
    p = np.einsum("bh,hp->bp", m, kernel)
    p[p > limit] = limit
    return p, m


def project_backward(kernel, o, c_new, m, limit, d_h_new, d_c_new):
    p = np.einsum("bh,hp->bp", m, kernel)
    inside = (p >= -limit) & (p <= limit)
    grad_p = np.where(inside, d_h_new, 0)
    grad_m = np.einsum("bp,hp->bh", grad_p, kernel)
    t = np.tanh(c_new)
    return grad_m * t, d_c_new + grad_m * o * (1 - t * t), np.einsum("bh,bp->hp", m, grad_p)
