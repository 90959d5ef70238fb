"""Step 4: the products by BLAS, those of the inputs all at once before the loop."""

import numpy as np
from numba import njit

from steps.problem import fresh_memory
from steps.rows import gates_and_state


def run(problem, lengths):
    z, c, h = fresh_memory(problem)
    forward(problem.x, problem.kernel, problem.bias, np.float32(problem.cell.forget_bias), z, c, h)
    return h[1:], c[-1]


@njit(cache=True, error_model="numpy")
def forward(x, kernel, bias, forget_bias, z, c, h):
    """Fill z with the gates, and c and h after their first, of every step and row."""
    T, B, D = x.shape
    # [x, h] W = x W_x + h W_h, and the first needs no state: one product for all steps.
    W_x, W_h = kernel[:D], kernel[D:]
    np.dot(x.reshape(T * B, D), W_x, z.reshape(T * B, len(bias)))
    from_h = np.empty((B, len(bias)), x.dtype)
    for t in range(T):
        np.dot(h[t], W_h, from_h)
        for b in range(B):
            z_row = z[t, b]
            for n in range(len(bias)):
                z_row[n] += from_h[b, n] + bias[n]
            gates_and_state(z_row, forget_bias, c[t, b], c[t + 1, b], h[t + 1, b])
