"""Drawn cases: how near the engines come to the bounds, and whether one is ever exceeded.

A case is a plain RNN, an LSTM or a GRU; its size, length and the scale of its weights are drawn, too. It is computed
by both engines, in 50 digits, and in numbers that know their bound. Case k of a seed is the same whoever draws it.
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

import scratch
from parity_tests.bounds.derived import run_bounds
from parity_tests.bounds.exact import exact_array, rounded, run_exact
from parity_tests.bounds.running import KinkError
from parity_tests.harness import Case, Results
from scratch.tree import named_leaves

LARGEST = {"batch_size": 2, "num_steps": 6, "input_size": 3, "num_units": 4}
ENGINES = ("numpy", "numba")


class Worst(NamedTuple):
    """Of one quantity, over all cases: the largest error as a part of its bound, and how many numbers were held."""

    part: float = 0.0
    numbers: int = 0

    def and_also(self, parts):
        return Worst(max(self.part, float(parts.max())), self.numbers + parts.size)


def run_plain(backend, case, problem, **options):
    """Return the ``Results`` of ``dynamic_rnn`` and its backward pass in any backend."""
    arguments = case.cell, problem.params, problem.inputs, case.sequence_length, problem.initial_state
    outputs, final_state, tape = backend.dynamic_rnn(*arguments, **options)
    return Results(outputs, final_state, *backend.dynamic_rnn_backward(tape, problem.d_outputs, problem.d_final_state))


def draw_cell(rng, size):
    """Return a cell of ``size`` units: a plain RNN, an LSTM with any of its options, or a GRU of either kind."""
    kind, options = int(rng.integers(3)), {"activation": "relu" if rng.random() < 0.2 else "tanh"}
    if kind == 0:
        return scratch.BasicRNNCell(size, **options)
    if kind == 1:
        return scratch.GRUCell(size, reset_after=bool(rng.integers(2)), **options)
    options["forget_bias"] = float(rng.choice([0.0, 1.0, 0.3]))
    if rng.integers(2):
        return scratch.BasicLSTMCell(size, **options)
    options |= {"use_peepholes": bool(rng.integers(2)), "cell_clip": 0.4 if rng.random() < 0.3 else None}
    return scratch.LSTMCell(size, num_proj=int(rng.integers(1, 4)) if rng.integers(2) else None, **options)


def draw(seed, number):
    """Return ``(case, problem, dtype)`` of a number."""
    rng = np.random.default_rng([seed, number])
    sizes = {name: int(rng.integers(1, most + 1)) for name, most in LARGEST.items()}
    dtype = (np.float32, np.float64)[number % 2]
    cell, batch_size, num_steps = draw_cell(rng, sizes.pop("num_units")), sizes["batch_size"], sizes["num_steps"]
    lengths = tuple(rng.integers(0, num_steps + 1, batch_size).tolist()) if rng.integers(2) else None
    case, scale = Case(cell, lengths, **sizes), dtype(10 ** rng.uniform(-1, 0.5))
    problem = case.draw(dtype)
    params = {name: scale * leaf for name, leaf in named_leaves(problem.params)}
    return case, problem._replace(params=scratch.params_from_variables(problem.params, params)), dtype


def in_two_parts(exact):
    """Return 50 digits as the sum of two arrays of float64, which has 32 of them: enough to take a float from."""
    high = rounded(exact)
    return high, rounded(exact - exact_array(high))


def parts_of(exact, bounds, floats):
    """Return ``{quantity: each number's error as a part of its bound}``; of a bound of 0, 0 or infinity."""
    found = {}
    bounds = named_leaves(bounds)
    for (name, (high, low)), (_, bound), (_, have) in zip(exact, bounds, named_leaves(floats), strict=True):
        # The difference of two floats as near as these is itself one, with no rounding.
        error = np.abs((high - have) + low)
        with np.errstate(divide="ignore", invalid="ignore"):
            found[name.lstrip(".")] = np.where(error == 0, 0.0, error / bound)
    return found


def measure(seed, numbers, found=None):
    """Return ``({(cell, dtype, quantity): Worst}, cases near a kink)``; cases near one are held to nothing."""
    found, near = defaultdict(Worst, found or {}), 0
    for number in numbers:
        case, problem, dtype = draw(seed, number)
        try:
            bounds = run_bounds(run_plain, case, problem, dtype)
        except KinkError:
            near += 1
            continue
        exact = [(name, in_two_parts(leaf)) for name, leaf in named_leaves(run_exact(run_plain, case, problem))]
        for engine in ENGINES:
            floats = run_plain(scratch, case, problem, engine=engine)
            for name, parts in parts_of(exact, bounds, floats).items():
                if parts.size:
                    key = type(case.cell).__name__, np.dtype(dtype).name, name
                    found[key] = found[key].and_also(parts)
    return dict(found), near
