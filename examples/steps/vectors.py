"""Step 5: σ, tanh and the state on registers of 16 numbers, with the engine's ``vector.py`` and ``activations.py``."""

import numpy as np

from scratch.compiling.compiler import compiled
from scratch.jit.machine.activations import sigmoid, tanh
from scratch.jit.machine.vector import lanes, load, store
from steps.problem import fresh_memory


def run(problem, lengths):
    z, c, h = fresh_memory(problem)
    forward(problem.x, problem.kernel, problem.bias.reshape(1, -1), problem.cell.forget_bias, z, c, h)
    return h[1:], c[-1]


@compiled
def gates_and_state(z, from_h, bias, forget_bias, c, c_new, h_new):
    """Turn the rows of z into their gates, and c into c' and h'."""
    rows, H = c.shape
    for r in range(rows):
        for k in range(0, H, lanes(c)):
            # z = [x, h] W + b
            z_i = load(z, r, k) + load(from_h, r, k) + load(bias, 0, k)
            z_j = load(z, r, H + k) + load(from_h, r, H + k) + load(bias, 0, H + k)
            z_f = load(z, r, 2 * H + k) + load(from_h, r, 2 * H + k) + load(bias, 0, 2 * H + k)
            z_o = load(z, r, 3 * H + k) + load(from_h, r, 3 * H + k) + load(bias, 0, 3 * H + k)
            # i = σ(z_i)    j = φ(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
            i, j, f, o = sigmoid(z_i), tanh(z_j), sigmoid(z_f + forget_bias), sigmoid(z_o)
            # c' = f ⊙ c + i ⊙ j       h' = o ⊙ φ(c')
            c_k = f * load(c, r, k) + i * j
            store(c_new, r, k, c_k)
            store(h_new, r, k, o * tanh(c_k))
            store(z, r, k, i)
            store(z, r, H + k, j)
            store(z, r, 2 * H + k, f)
            store(z, r, 3 * H + k, o)


@compiled
def forward(x, kernel, bias, forget_bias, z, c, h):
    """Fill z with the gates, and c and h after their first, of every step and row."""
    T, B, D = x.shape
    W_x, W_h = kernel[:D], kernel[D:]
    np.dot(x.reshape(T * B, D), W_x, z.reshape(T * B, z.shape[2]))
    from_h = np.empty((B, z.shape[2]), x.dtype)
    for t in range(T):
        np.dot(h[t], W_h, from_h)
        gates_and_state(z[t], from_h, bias, forget_bias, c[t], c[t + 1], h[t + 1])
