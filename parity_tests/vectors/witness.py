"""A vector is written when all agree on it: both engines within the bound, TensorFlow and complex steps in the limit.

What is written are 50 digits, rounded once. The cells that TensorFlow no longer ships are differentiated by it all the
same (``tf_impl``); where it has no loop for a case, the engines and complex steps are the witnesses.
"""

from dataclasses import replace
from functools import partial

import numpy as np

import scratch
import tf_impl
from parity_tests.cases import BLOCK_CELLS, DROPOUT_CELLS
from parity_tests.harness import LIMITS, Results, compare, run_static, verdicts
from parity_tests.report import block_lstm
from parity_tests.scoreboard.adapters.pytorch import answer
from parity_tests.scoreboard.engine import CannotSayError
from parity_tests.vectors.cases import run
from scratch.engines import ENGINES
from scratch.gradient_check import to_complex
from scratch.tree import map_named, map_tree, named_leaves
from tf_impl.keras_layers import keras_rnn

STEP = 1e-100


def check(case, problem, expected, bounds):
    """Return the names of the witnesses of a case, or fail with what one of them has otherwise."""
    found = []
    for engine in ("numpy", "numba") if is_compiled(case.cell) else ("numpy",):
        floats = run(scratch, case, problem, engine=engine)
        assert_within(f"{case.name}, {engine}", floats, expected, bounds)
        found.append(f"scratch {engine}")
    limit = LIMITS[np.dtype(case.dtype)]
    if (theirs := tensorflow(case, problem)) is not None:
        assert_near("TensorFlow", theirs, expected, bounds, limit)
        found.append("TensorFlow")
    if (rows := pytorch(case, problem)) is not None:
        taken, theirs = rows
        assert_near("PyTorch", theirs, of_rows(expected, taken), of_rows(bounds, taken), limit)
        found.append("PyTorch")
    if case.dtype == np.float64 and has_derivative(case):
        check_directions(case, problem, expected)
        found.append("complex steps")
    return found


def is_compiled(cell):
    """Return whether the compiled engine runs a cell."""
    try:
        ENGINES["numba"].check_cell(cell)
    except ValueError:
        return False
    return True


def has_derivative(case):
    """Return whether the gradients are derivatives, which the fused kernel's past its clipping are not.

    Nor are those at a kink: from a state of zeros, a unit whose candidate relu makes 0 has a memory of exactly 0. There
    every framework takes 0 for the slope, and so do the vectors; a complex step takes one side.
    """
    at_kink = case.zero_state and "relu" in repr(case.cell)
    return getattr(case.cell, "clipping_stops_gradients", True) and not at_kink


def assert_within(name, floats, expected, bounds):
    """Fail unless each number is as near to its witness as its bound says."""
    for (path, have), (_, want), (_, bound) in zip(*map(named_leaves, (floats, expected, bounds)), strict=True):
        # The witness is rounded, too, to float64.
        beyond = np.abs(have - want) > bound + np.spacing(np.abs(want))
        if beyond.any():
            raise AssertionError(f"{name}: {path} is beyond its bound in {beyond.sum()} of {beyond.size} numbers")


def assert_near(name, theirs, expected, bounds, limit):
    """Fail unless each quantity is within the limit of the parity tests, or, where that is wider, within its bound.

    The limit is of two floats of one width; the bound, of a float and what is written.
    """
    widest = {name: bound.max() for name, bound in named_leaves(bounds)}
    found = compare(map_tree(np.float64, theirs), expected, limit)
    beyond = [one for one in found if not (one.agrees or one.absolute <= widest[one.name])]
    if beyond:
        raise AssertionError(f"{name} has it otherwise:\n{verdicts(beyond)}")


def tensorflow(case, problem):
    """Return what TensorFlow has for a case, ``None`` where it has no such cell or loop."""
    if case.cell in BLOCK_CELLS:
        # The fused kernel: float32, every row full.
        fits = case.dtype == np.float32 and case.sequence_length is None
        return block_lstm(case, problem) if fits else None
    if case.cell in DROPOUT_CELLS:
        # Masks that are drawn in the loop cannot be fed; those of a static graph can, where all rows are full.
        return run_static(tf_impl, case, problem) if case.sequence_length is None else None
    if case.direction == "both" and (case.holes or case.repeated):
        # Its bidirectional loop takes no mask; the loop of each direction does.
        return one_direction_after_the_other(case, problem, partial(run, tf_impl))
    if getattr(case.cell, "recurrent_activation", "sigmoid") != "sigmoid":
        # The gates of its cells squash by σ alone; those of Keras's layers, by what they are told to.
        both = case.direction == "both"
        return one_direction_after_the_other(case, problem, keras) if both else keras(case, problem)
    return run(tf_impl, case, problem)


def keras(case, problem):
    """Return the ``Results`` of one direction of Keras 3's layer, whose outputs are in the order of computing."""
    turn = slice(None, None, -1 if case.direction == "reverse" else 1)
    given = *problem[:3], problem.d_outputs[:, turn], problem.d_final_state, case.sequence_length
    results = Results(*keras_rnn(case.cell, *given, go_backwards=case.direction == "reverse"))
    return results._replace(outputs=results.outputs[:, turn])


def one_direction_after_the_other(case, problem, run_one):
    """Return the ``Results`` of two directions, each run by itself."""
    found = []
    for side, (scope, direction) in enumerate({"fw": "forward", "bw": "reverse"}.items()):
        own = {name: getattr(problem, name)[side] for name in ("initial_state", "d_outputs", "d_final_state")}
        one = replace(case, direction=direction)
        found.append(run_one(one, problem._replace(params=problem.params[scope], **own)))
    outputs, finals, d_inputs, d_starts, d_params = zip(*found, strict=True)
    return Results(outputs, finals, sum(d_inputs), d_starts, dict(zip(("fw", "bw"), d_params, strict=True)))


def pytorch(case, problem):
    """Return ``(rows, results)`` of PyTorch, which packs no row of length 0; ``None`` where it has no such module."""
    if case.holes or case.repeated or case.direction == "reverse":
        return None
    lengths = np.array(case.sequence_length or [case.num_steps] * case.batch_size)
    rows = np.flatnonzero(lengths)
    if case.sequence_length is not None:
        case = replace(case, sequence_length=tuple(lengths[rows].tolist()), batch_size=len(rows))
    parts = map_tree(lambda leaf: leaf[rows], problem._replace(params=(), masks=()))
    try:
        return rows, answer(case, parts._replace(params=problem.params, masks=problem.masks))
    except CannotSayError:
        return None


def of_rows(results, rows):
    """Return results without those of other rows; gradients of weights are sums over all, to which such add 0."""
    return map_tree(lambda leaf: leaf[rows], results._replace(d_params=()))._replace(d_params=results.d_params)


def check_directions(case, problem, expected):
    """Hold each gradient to a complex step in a direction that is drawn: one run of the forward pass for each.

    The imaginary part of L(x + iεv) / ε is the sum of the gradient times v: an error in any entry of it shows.
    """
    arguments = {"params": problem.params, "inputs": problem.inputs, "initial_state": problem.initial_state}
    gradients = (expected.d_params, expected.d_inputs, expected.d_initial_state)
    named = dict(named_leaves(dict(zip(arguments, gradients, strict=True))))
    rng = np.random.default_rng(0)
    for moved, gradient in named.items():
        direction = rng.standard_normal(gradient.shape)

        def step(path, leaf, moved=moved, direction=direction):
            return leaf + 1j * STEP * direction if path == moved else leaf

        given = problem._replace(**map_named(step, to_complex(arguments)))
        derivative = loss_of(case, given, problem).imag / STEP
        scale = np.abs(gradient * direction).sum()
        limit = LIMITS[np.dtype(np.float64)]
        assert abs(derivative - (gradient * direction).sum()) <= limit * max(scale, 1), f"{case.name}: d of {moved}"


def loss_of(case, given, problem):
    """Return Σ outputs ⊙ d_outputs + Σ final_state ⊙ d_final_state of a forward pass in complex numbers."""
    zeros = map_tree(np.zeros_like, to_complex((problem.d_outputs, problem.d_final_state)))
    results = run(scratch, case, given._replace(d_outputs=zeros[0], d_final_state=zeros[1]))
    pairs = zip(
        named_leaves((results.outputs, results.final_state)),
        named_leaves((problem.d_outputs, problem.d_final_state)),
        strict=True,
    )
    return sum((result * weight).sum() for (_, result), (_, weight) in pairs)
