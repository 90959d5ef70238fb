"""What no implementation can be expected to beat: the machine's matrix product, its caches, and bare arithmetic.

For networks of some size the limit is the product: so many operations at the rate measured here. One row alone uses
each weight once a step, so its limit is to read the weights once a step from whatever cache they fit into. The echo
task has no product worth the name, so its limit is a plain loop over scalars, compiled, with nothing around it: no
checks, no results handed out, no call from Python. It is a loop as one would write it, not the best there can be.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

from peers.problem import GATES, STREAMING, TRAINING, DoesNotRun, name_results

SIZE = 2048
# Numbers that ``WeightReads`` reads at least: some milliseconds.
ENOUGH = 1 << 27
# A division by 0 is not looked for, and sums may be taken in any order, as a vector does.
OPTIONS = {"error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"}}
plain, inlined = njit(**OPTIONS), njit(**OPTIONS, inline="always")
beside = njit(**OPTIONS, nogil=True)


class MatrixProduct:
    """One product of two square matrices in float32, by NumPy's BLAS: 2 · ``SIZE``³ operations."""

    def __init__(self, problem, threads):
        rng = np.random.default_rng(0)
        self.a, self.b = rng.standard_normal((2, SIZE, SIZE), np.float32)
        self.product = np.empty_like(self.a)

    def step(self):
        np.matmul(self.a, self.b, out=self.product)

    def results(self):
        return {}


class WeightReads:
    """The weights that every step needs, read so often that the time to begin and end does not count; no sum is used.

    Each thread reads a share of its own, as where each has its own columns, which may stay in its core's cache.
    """

    def __init__(self, problem, threads):
        numbers, _ = weights_read(problem)
        self.count = read_times(problem)
        self.shares = np.ones((threads, -(-numbers // threads)), np.float32)
        self.pool = ThreadPoolExecutor(threads)

    def step(self):
        list(self.pool.map(read, self.shares, [self.count] * len(self.shares)))

    def results(self):
        return {}


def weights_read(problem):
    """Return ``(numbers, times)``: how many weights are read over and over, and how often for all steps.

    In a stream a step needs all weights of all layers. A whole sequence can go through one layer after the other, and
    needs at each step those of the state of one.
    """
    H, steps, layers = problem.num_units, len(problem.inputs), len(problem.weights)
    columns = GATES[problem.kind] * H
    if problem.mode == STREAMING:
        return (problem.inputs.shape[2] + (2 * layers - 1) * H) * columns, steps
    return H * columns, steps * layers


def read_times(problem):
    """Return how often ``WeightReads`` reads them: as often as all steps need, so many times over."""
    numbers, times = weights_read(problem)
    return times * -(-ENOUGH // (times * numbers))


class BareLoop:
    """The LSTM, forward and backward, one number after the other."""

    def __init__(self, problem, threads):
        if problem.kind != "lstm" or problem.mode != TRAINING or problem.lengths is not None:
            raise DoesNotRun("the bare loop is written for the LSTM without padding")
        T, B, _ = problem.inputs.shape
        H, dtype = problem.num_units, problem.inputs.dtype
        self.layers = tuple(
            (
                *weights,
                np.stack([c] * (T + 1)),
                np.stack([h] * (T + 1)),
                np.empty((T, B, 4 * H), dtype),
                np.empty((T, B, H), dtype),
            )
            for weights, (c, h) in zip(problem.weights, problem.states, strict=True)
        )
        self.gradients = tuple(
            (
                np.empty_like(kernel),
                np.empty_like(bias),
                *np.empty((2, B, H), dtype),
                np.empty((T, B, len(kernel) - H), dtype),
            )
            for kernel, bias, *_ in self.layers
        )
        self.inputs, self.d_outputs = problem.inputs, problem.d_outputs

    def step(self):
        self.run(1)

    def run(self, steps):
        repeat(steps, self.inputs, self.d_outputs, self.layers, self.gradients)

    def results(self):
        d_weights = [[d_kernel, d_bias] for d_kernel, d_bias, *_ in self.gradients]
        d_states = [[d_c, d_h] for _, _, d_c, d_h, _ in self.gradients]
        return name_results(self.layers[-1][3][1:], self.gradients[0][4], d_states, d_weights)


@beside
def read(numbers, times):
    """Return the sum of all numbers, taken so often."""
    total = np.float32(0)
    for _ in range(times):
        for k in range(len(numbers)):
            total += numbers[k]
    return total


@plain
def repeat(steps, inputs, d_outputs, layers, gradients):
    """Compute ``steps`` training steps of all layers."""
    for _ in range(steps):
        x = inputs
        for kernel, bias, c, h, gates, tanh_c in layers:
            forward(x, kernel, bias, c, h, gates, tanh_c)
            x = h[1:]
        d_x = d_outputs
        for layer in range(len(layers) - 1, -1, -1):
            kernel, _, c, h, gates, tanh_c = layers[layer]
            x = layers[layer - 1][3][1:] if layer > 0 else inputs
            backward(x, kernel, c, h, gates, tanh_c, d_x, *gradients[layer])
            d_x = gradients[layer][4]


@plain
def tanh(x):
    """Return tanh x by Lambert's continued fraction at x / 4 and, twice, tanh 2y = 2 tanh y / (1 + tanh² y)."""
    one, two = np.float32(1), np.float32(2)
    # From here on tanh is 1 to the last bit.
    y = min(max(x, np.float32(-9.1)), np.float32(9.1)) * np.float32(0.25)
    q = y * y
    top = y * (np.float32(135135) + q * (np.float32(17325) + q * (np.float32(378) + q)))
    bottom = np.float32(135135) + q * (np.float32(62370) + q * (np.float32(3150) + q * np.float32(28)))
    value = top / bottom
    value = two * value / (one + value * value)
    return two * value / (one + value * value)


@plain
def forward(x, kernel, bias, c, h, gates, tanh_c):
    """Run a layer over x [T, B, D]: fill c and h [T + 1, B, H] after their first, tanh c', and the gates i, j, f, o."""
    T, B, D = x.shape
    H = h.shape[2]
    half, one = np.float32(0.5), np.float32(1)
    for t in range(T):
        for b in range(B):
            z, memory, old = gates[t, b], c[t + 1, b], c[t, b]
            phi, output = tanh_c[t, b], h[t + 1, b]
            # z = [x, h] W + b
            z[:] = bias
            for d in range(D):
                add_scaled(z, x[t, b, d], kernel[d])
            for d in range(H):
                add_scaled(z, h[t, b, d], kernel[D + d])
            # σ(z) = ½ + ½ tanh ½z: so one loop over tanh is enough for all gates.
            z_i, z_j, z_f, z_o = z[:H], z[H : 2 * H], z[2 * H : 3 * H], z[3 * H :]
            for k in range(H):
                z_i[k], z_f[k], z_o[k] = half * z_i[k], half * (z_f[k] + one), half * z_o[k]
            for k in range(4 * H):
                z[k] = tanh(z[k])
            for k in range(H):
                z_i[k], z_f[k], z_o[k] = half + half * z_i[k], half + half * z_f[k], half + half * z_o[k]
                # c' = f c + i j       h' = o tanh c'
                memory[k] = z_f[k] * old[k] + z_i[k] * z_j[k]
                phi[k] = tanh(memory[k])
                output[k] = z_o[k] * phi[k]


@plain
def backward(x, kernel, c, h, gates, tanh_c, d_outputs, d_kernel, d_bias, d_c, d_h, d_x):
    """Fill the gradients of a layer, from ``d_outputs``; ``docs/cells/lstm.md`` derives them."""
    T, B, D = x.shape
    H = h.shape[2]
    one = np.float32(1)
    d_z = np.empty(4 * H, x.dtype)
    d_i, d_j, d_f, d_o = d_z[:H], d_z[H : 2 * H], d_z[2 * H : 3 * H], d_z[3 * H :]
    d_kernel[:], d_bias[:], d_c[:], d_h[:] = 0, 0, 0, 0
    for t in range(T - 1, -1, -1):
        for b in range(B):
            z, old, phi = gates[t, b], c[t, b], tanh_c[t, b]
            z_i, z_j, z_f, z_o = z[:H], z[H : 2 * H], z[2 * H : 3 * H], z[3 * H :]
            for k in range(H):
                i, j, f, o = z_i[k], z_j[k], z_f[k], z_o[k]
                d_out = d_outputs[t, b, k] + d_h[b, k]
                d_memory = d_c[b, k] + d_out * o * (one - phi[k] * phi[k])
                d_i[k] = d_memory * j * i * (one - i)
                d_j[k] = d_memory * i * (one - j * j)
                d_f[k] = d_memory * old[k] * f * (one - f)
                d_o[k] = d_out * phi[k] * o * (one - o)
                d_c[b, k] = d_memory * f
            add_scaled(d_bias, one, d_z)
            for d in range(D):
                add_scaled(d_kernel[d], x[t, b, d], d_z)
                d_x[t, b, d] = dot(kernel[d], d_z)
            for d in range(H):
                add_scaled(d_kernel[D + d], h[t, b, d], d_z)
                d_h[b, d] = dot(kernel[D + d], d_z)


@inlined
def add_scaled(total, scale, row):
    for k in range(len(total)):
        total[k] += scale * row[k]


@inlined
def dot(a, b):
    total = np.float32(0)
    for k in range(len(a)):
        total += a[k] * b[k]
    return total
