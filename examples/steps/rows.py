"""Step 3: the same sums in the order in which the weights lie in memory."""

import math

import numpy as np
from numba import njit

from steps.problem import fresh_memory

# Python's numbers are float64, and beside one of them a float32 becomes one.
HALF = np.float32(0.5)


def run(problem, lengths):
    z, c, h = fresh_memory(problem)
    forward(problem.x, problem.kernel, problem.bias, np.float32(problem.cell.forget_bias), z, c, h)
    return h[1:], c[-1]


@njit(cache=True, error_model="numpy")
def sigmoid(z):
    """Return σ(z) = (1 + tanh(z / 2)) / 2."""
    return HALF + HALF * math.tanh(HALF * z)


@njit(cache=True, error_model="numpy")
def add_scaled(total, scale, row):
    """Add ``scale`` times a row to a row: neighbours in memory, so the compiler takes a vector of them at once."""
    for n in range(len(total)):
        total[n] += scale * row[n]


@njit(cache=True, error_model="numpy")
def gates_and_state(z, forget_bias, c, c_new, h_new):
    """Turn a row of z into its gates, and c into c' and h'."""
    H = len(c)
    z_i, z_j, z_f, z_o = z[:H], z[H : 2 * H], z[2 * H : 3 * H], z[3 * H :]
    for k in range(H):
        # i = σ(z_i)    j = φ(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
        i, j, f, o = sigmoid(z_i[k]), math.tanh(z_j[k]), sigmoid(z_f[k] + forget_bias), sigmoid(z_o[k])
        # c' = f ⊙ c + i ⊙ j       h' = o ⊙ φ(c')
        c_new[k] = f * c[k] + i * j
        h_new[k] = o * math.tanh(c_new[k])
        z_i[k], z_j[k], z_f[k], z_o[k] = i, j, f, o


@njit(cache=True, error_model="numpy")
def forward(x, kernel, bias, forget_bias, z, c, h):
    """Fill z with the gates, and c and h after their first, of every step and row."""
    T, B, D = x.shape
    for t in range(T):
        for b in range(B):
            # z = [x, h] W + b
            z_row = z[t, b]
            z_row[:] = bias
            for d in range(D):
                add_scaled(z_row, x[t, b, d], kernel[d])
            for d in range(h.shape[2]):
                add_scaled(z_row, h[t, b, d], kernel[D + d])
            gates_and_state(z_row, forget_bias, c[t, b], c[t + 1, b], h[t + 1, b])
