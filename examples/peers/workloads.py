"""What is computed: the table of workloads, the numbers they are drawn from, and the products none can do without."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from peers.problem import GATES, INFERENCE, STREAMING, TRAINING, Problem
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell
from scratch.tree import map_tree, named_leaves


@dataclass(frozen=True)
class Workload:
    """One shape of recurrent network: ``layers`` of ``kind`` on inputs [T, B, D], each of H units."""

    title: str
    kind: str
    B: int
    T: int
    D: int
    H: int
    layers: int = 1
    reset_after: bool = False
    padded: bool = False
    mode: str = TRAINING
    # What the times are held against: the necessary products; to read the weights, where there is one row; or a bare
    # loop, where there is next to nothing to multiply.
    limit: str = "products"

    def cells(self):
        """Return for each layer its cell."""
        kinds = {"rnn": BasicRNNCell, "lstm": BasicLSTMCell, "gru": lambda H: GRUCell(H, reset_after=self.reset_after)}
        return [kinds[self.kind](self.H)] * self.layers

    def describe(self):
        sizes = f"{self.title}: B {self.B}, T {self.T}, D {self.D}, H {self.H}"
        return sizes + (f", {self.layers} layers" if self.layers > 1 else "")


def lstm(title, B, T, D, H, **options):
    return Workload(title, "lstm", B, T, D, H, **options)


WORKLOADS = {
    "W1": lstm("echo, LSTM", 5, 15, 1, 4, layers=3, limit="loop"),
    "W2": lstm("MNIST by rows, LSTM", 128, 28, 28, 128),
    "W3": Workload("MNIST by pixels, GRU, reset before the product", "gru", 128, 784, 1, 128),
    "W3r": Workload("MNIST by pixels, GRU, reset after the product", "gru", 128, 784, 1, 128, reset_after=True),
    "W4": lstm("padded rows, LSTM", 64, 100, 128, 256, padded=True),
    "W5": Workload("vanilla RNN", "rnn", 32, 200, 64, 64),
    **{f"T{T}": lstm("longer and longer, LSTM", 32, T, 64, 128) for T in (100, 200, 400, 800, 1600, 3200)},
    **{f"H{H}": lstm("wider and wider, LSTM", 32, 100, 64, H) for H in (32, 64, 128, 256, 512, 1024)},
    "inference": lstm("forward only, LSTM", 1, 100, 64, 256, mode=INFERENCE, limit="weights"),
    "streaming": lstm("100 steps, one at a time, LSTM", 1, 100, 64, 256, mode=STREAMING, limit="weights"),
    # One row at a time, whole and, with "-stream", step by step.
    **{
        f"batch1-{name}-{H}{f'x{layers}' * (layers > 1)}{end}": Workload(
            title, kind, 1, 100, 64, H, layers, reset_after, mode=mode, limit="weights"
        )
        for name, title, kind, reset_after in (
            ("lstm", "one row, LSTM", "lstm", False),
            ("gru", "one row, GRU, reset before the product", "gru", False),
            ("gru-after", "one row, GRU, reset after the product", "gru", True),
            ("rnn", "one row, vanilla RNN", "rnn", False),
        )
        for layers in (1, 3)
        for H in (4, 16, 64, 128, 256, 512)
        for end, mode in (("", INFERENCE), ("-stream", STREAMING))
    },
    "try": lstm("a small one to try the program, LSTM", 3, 7, 2, 4, padded=True),
    "try-gru": Workload("a small one to try the program, GRU", "gru", 3, 7, 2, 4),
}
GROUPS = {
    "W": ["W1", "W2", "W3", "W3r", "W4", "W5"],
    "T": [name for name in WORKLOADS if name[0] == "T"],
    "H": [name for name in WORKLOADS if name[0] == "H"],
    "batch1": ["inference", "streaming"],
}
GROUPS["all"] = [name for names in GROUPS.values() for name in names]
GROUPS["one-row"] = [name for name in WORKLOADS if name.startswith("batch1-")]


def draw(workload, seed):
    """Return ``(problem, params)``: float32, the weights both in the layout of ``scratch`` and, by layer, as params.

    The weights are as a cell starts them, but no bias and, where there are gradients, no initial state is 0.
    """
    rng = np.random.default_rng(seed)
    widths = [workload.D, *[workload.H] * workload.layers]

    def normal(*shape, scale=1):
        return scale * rng.standard_normal(shape, np.float32)

    params = []
    for cell, (width, _) in zip(workload.cells(), pairwise(widths), strict=True):
        layer = cell.init_params(rng, width, np.float32)
        params.append(
            map_tree(lambda array: array + normal(*array.shape, scale=0.1) if array.ndim == 1 else array, layer)
        )
    parts = 2 if workload.kind == "lstm" else 1
    # A stream starts from zeros.
    scale = 0.3 if workload.mode == TRAINING else 0
    states = [[normal(workload.B, workload.H, scale=scale) for _ in range(parts)] for _ in params]
    inputs = normal(workload.T, workload.B, workload.D)
    d_outputs = normal(workload.T, workload.B, workload.H)
    lengths = draw_lengths(rng, workload) if workload.padded else None
    weights = [[leaf for _, leaf in named_leaves(layer)] for layer in params]
    problem = Problem(
        workload.kind, workload.reset_after, workload.H, workload.mode, inputs, d_outputs, lengths, states, weights
    )
    if lengths is not None:
        d_outputs *= problem.live()[..., None]
    return problem, params


def draw_lengths(rng, workload):
    """Return lengths from a twentieth of T to T, most of them short, unsorted: of T = 100, 39 in the mean."""
    least = max(1, workload.T // 20)
    # Evenly spaced quantiles, one a row: the mean of lengths drawn one by one would differ from seed to seed.
    quantiles = rng.permutation((np.arange(workload.B) + 0.5) / workload.B)
    lengths = least + np.round((workload.T - least) * quantiles**1.8).astype(np.int32)
    # The longest row is as long as the batch, or the padding would be longer than anybody would make it.
    lengths[quantiles.argmax()] = workload.T
    return lengths


def necessary_flops(workload, problem):
    """Return the operations of the matrix products that no implementation can do without.

    A step that counts multiplies [x, h] of width D + H by H columns for each gate, and a product of [m, k] and [k, n]
    is 2 m k n operations. The gradients of [x, h] and of the weights are two more products of the same size. Where the
    limit is to read the weights, what is left are the products of the inputs, for which all steps can wait.
    """
    steps = workload.B * workload.T if problem.lengths is None else int(problem.lengths.sum())
    width = workload.D + workload.H + (workload.layers - 1) * 2 * workload.H
    if workload.limit == "weights":
        width = workload.D + (workload.layers - 1) * workload.H if workload.mode == INFERENCE else 0
    passes = 3 if workload.mode == TRAINING else 1
    return 2 * steps * width * GATES[workload.kind] * workload.H * passes
