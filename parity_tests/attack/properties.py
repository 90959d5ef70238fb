"""Drawn configurations: cell × options × sizes × lengths × layout × dtype, engine against engine and against witnesses.

Every way to run a case must give the results of the loop in float64: the same bits where nothing is summed otherwise.
Independent of the loop are each row run alone at its own length, the derivative by a complex step along a direction,
and PyTorch where it has the cell.
"""

import time
import warnings

import numpy as np

import scratch
from parity_tests.attack._counts import Counts
from parity_tests.attack._drawn import as_dtype, draw_case, nan_past_the_end
from parity_tests.harness import LIMITS, Results, loss, run_dynamic, run_static
from scratch.engines import ENGINES
from scratch.gradient_check import to_complex
from scratch.tree import map_tree, named_leaves

STEP = 1e-100


def vectors(results):
    """Return outputs and states as one vector, all gradients as another: a small one alone may be all rounding."""
    return [np.concatenate([leaf.ravel() for _, leaf in named_leaves(tuple(p))]) for p in (results[:2], results[2:])]


def apart(actual, expected):
    """Return by how much results differ from others, as a part of the limit of the dtype of the first."""
    parts = [0.0]
    for have, want in zip(vectors(actual), vectors(expected), strict=True):
        if want.size:
            scale = max(float(np.abs(want).max()), 1e-300)
            parts.append(float(np.abs(have - want).max()) / scale / LIMITS[have.dtype])
    return np.nan if np.isnan(parts).any() else max(parts)


def covered(cell):
    try:
        ENGINES["numba"].check_cell(cell)
    except ValueError:
        return False
    return True


def row_alone(case, problem, row):
    """Return the results of one row without its padding, in the shape of all its steps."""
    length = case.num_steps if case.sequence_length is None else case.sequence_length[row]
    state, d_state = (map_tree(lambda s: s[row : row + 1], s) for s in (problem.initial_state, problem.d_final_state))
    outputs, d_inputs = np.zeros_like(problem.d_outputs[row : row + 1]), np.zeros_like(problem.inputs[row : row + 1])
    if length == 0:
        return Results(outputs, state, d_inputs, d_state, map_tree(np.zeros_like, problem.params))
    own = problem._replace(
        inputs=problem.inputs[row : row + 1, :length],
        d_outputs=problem.d_outputs[row : row + 1, :length],
        initial_state=state,
        d_final_state=d_state,
        masks=map_tree(lambda mask: mask[:length, row : row + 1], problem.masks),
    )
    found = run_dynamic(scratch, type(case)(case.cell, None, 1, length, case.input_size), own)
    outputs[:, :length], d_inputs[:, :length] = found.outputs, found.d_inputs
    return found._replace(outputs=outputs, d_inputs=d_inputs)


def rows_alone(case, problem):
    """Return the results of every row alone, put together."""
    found = [row_alone(case, problem, row) for row in range(case.batch_size)]
    rows = zip(*(one[:4] for one in found), strict=True)
    parts = [map_tree(lambda *leaves: np.concatenate(leaves), *part) for part in rows]
    return Results(*parts, map_tree(lambda *leaves: np.sum(leaves, axis=0), *(one.d_params for one in found)))


def slope_apart(case, problem, results, rng):
    """Return how far the gradient is from the derivative by a complex step along a drawn direction, as above."""
    tree = (problem.params, problem.inputs, problem.initial_state)
    direction = map_tree(lambda leaf: rng.standard_normal(leaf.shape), tree)
    moved = map_tree(lambda leaf, d: leaf + STEP * 1j * d, to_complex(tree), direction)
    plain = problem._replace(params=moved[0], inputs=moved[1], initial_state=moved[2])
    outputs, final_state, _ = scratch.dynamic_rnn(
        case.cell, *moved[:2], case.sequence_length, moved[2], **plain.options()
    )
    slope = loss(outputs, final_state, problem).imag / STEP
    gradient = (results.d_params, results.d_inputs, results.d_initial_state)
    pairs = [
        (g.ravel(), d.ravel()) for (_, g), (_, d) in zip(named_leaves(gradient), named_leaves(direction), strict=True)
    ]
    terms = np.concatenate([g * d for g, d in pairs])
    # Of a sum, rounding is a part of its terms' magnitudes.
    return abs(slope - terms.sum()) / max(np.abs(terms).sum(), 1e-300) / LIMITS[np.dtype(np.float64)]


def ways(case, problem, expected, rng):
    """Yield ``(name, how far from the loop as a part of what is allowed)``; 0 is the same bits."""
    layout, every = bool(rng.integers(2)), int(rng.integers(1, 5))
    single = as_dtype(problem, np.float32)
    exact = {
        "time-major": run_dynamic(scratch, case, problem, time_major=True),
        "static": run_static(scratch, case, problem),
        "checkpointed": run_dynamic(scratch, case, problem, checkpoint_every=every),
    }
    near = {"float32": run_dynamic(scratch, case, single), "rows alone": rows_alone(case, problem)}
    nan = None if case.sequence_length is None else nan_past_the_end(case, problem)
    if nan:
        exact["NaN past the end"] = run_dynamic(scratch, case, nan)
    if covered(case.cell):
        near["compiled"] = run_dynamic(scratch, case, problem, time_major=layout, engine="numba")
        near["compiled float32"] = run_dynamic(scratch, case, single, time_major=layout, engine="numba")
        if nan:
            near["compiled, NaN past the end"] = run_dynamic(scratch, case, nan, engine="numba")
    for name, results in exact.items():
        same = all(np.array_equal(have, want) for have, want in zip(vectors(results), vectors(expected), strict=True))
        yield name, 0.0 if same else np.inf
    for name, results in near.items():
        yield name, apart(results, expected)
    if not clipped_block(case.cell):
        yield "complex step", slope_apart(case, problem, expected, rng)


def clipped_block(cell):
    """Return whether a cell has the gradient of TensorFlow's fused kernel, no derivative: it skips the clip."""
    if isinstance(cell, scratch.LSTMBlockCell):
        return cell.cell_clip is not None
    return any(map(clipped_block, getattr(cell, "cells", [cell.cell] if hasattr(cell, "cell") else [])))


def run(rng, seconds):
    """Draw configurations until the time is over; a warning counts as wrong."""
    counts, until = {}, time.monotonic() + seconds
    while time.monotonic() < until:
        case, problem = draw_case(rng)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                expected = run_dynamic(scratch, case, problem)
                told = list(ways(case, problem, expected, rng))
            except Exception as error:
                told = [("all", f"{type(error).__name__}: {error}")]
        for name, part in told:
            found = counts.setdefault(name, Counts("properties", name))
            good = not isinstance(part, str) and part <= 1
            found.add("right" if good else "wrong", f"{case} D={case.input_size} B={case.batch_size}: {part}")
    return [found.record() for found in counts.values()]
