# mistake: The gradient of the kernel is taken with d_h_new before the clipping mask.

import numpy as np


def project_forward(kernel, o, c_new, limit):
    """Compute h' from the output gate and the memory.

    - ``kernel`` W_p [H, P], ``o`` [B, H], ``c_new`` [B, H], ``limit``: a number.

    Return ``(h_new, m)``: [B, P] and [B, H].
    """
    # m = o ⊙ tanh(c')
    m = o * np.tanh(c_new)
    # p = m W_p
    p = m @ kernel
    # h' = min(max(p, −limit), limit)
    h_new = np.clip(p, -limit, limit)
    return h_new, m


def project_backward(kernel, o, c_new, m, limit, d_h_new, d_c_new):
    """Compute the gradients of the same lines.

    - ``kernel``, ``o``, ``c_new``, ``limit``: as in the forward part. ``m`` [B, H]: what it returned.
    - ``d_h_new`` [B, P]: the gradient with respect to h'. ``d_c_new`` [B, H]: that of c' from the next step.

    Return ``(d_o, d_memory, d_kernel)``: the gradient of o [B, H], the whole gradient of c' [B, H], and [H, P].
    """
    # h' = min(max(p, −limit), limit)
    p = m @ kernel
    d_p = d_h_new * (np.abs(p) <= limit)
    # p = m W_p
    d_kernel = m.T @ d_h_new
    d_m = d_p @ kernel.T
    # m = o ⊙ tanh(c')
    tanh_c = np.tanh(c_new)
    d_o = d_m * tanh_c
    d_memory = d_c_new + d_m * o * (1 - tanh_c**2)
    return d_o, d_memory, d_kernel
