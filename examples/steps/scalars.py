"""Step 2: one number after the other, compiled as one would write it down."""

import math

from numba import njit

from steps.problem import fresh_memory


def run(problem, lengths):
    z, c, h = fresh_memory(problem)
    forward(problem.x, problem.kernel, problem.bias, problem.cell.forget_bias, z, c, h)
    return h[1:], c[-1]


@njit(cache=True)
def sigmoid(z):
    """Return σ(z) = (1 + tanh(z / 2)) / 2."""
    return 0.5 + 0.5 * math.tanh(0.5 * z)


@njit(cache=True)
def forward(x, kernel, bias, forget_bias, z, c, h):
    """Fill z with the gates, and c and h after their first, of every step and row."""
    T, B, D = x.shape
    H = h.shape[2]
    for t in range(T):
        for b in range(B):
            # z = [x, h] W + b
            for n in range(4 * H):
                z_n = bias[n]
                for d in range(D):
                    z_n += x[t, b, d] * kernel[d, n]
                for d in range(H):
                    z_n += h[t, b, d] * kernel[D + d, n]
                z[t, b, n] = z_n
            for k in range(H):
                # i = σ(z_i)    j = φ(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
                i = sigmoid(z[t, b, k])
                j = math.tanh(z[t, b, H + k])
                f = sigmoid(z[t, b, 2 * H + k] + forget_bias)
                o = sigmoid(z[t, b, 3 * H + k])
                # c' = f ⊙ c + i ⊙ j
                c[t + 1, b, k] = f * c[t, b, k] + i * j
                # h' = o ⊙ φ(c')
                h[t + 1, b, k] = o * math.tanh(c[t + 1, b, k])
                z[t, b, k], z[t, b, H + k], z[t, b, 2 * H + k], z[t, b, 3 * H + k] = i, j, f, o
