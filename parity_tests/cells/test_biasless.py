"""Cells without a bias: the same equations with b = 0, and no ``bias`` among parameters and gradients."""

from dataclasses import replace

import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cells import checks
from parity_tests.harness import Case, Results, assert_parity, run_dynamic, run_static
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    CoupledInputForgetGateLSTMCell,
    GRUCell,
    LSTMBlockCell,
    LSTMCell,
    MultiRNNCell,
)
from scratch.tree import named_leaves
from tf_impl.keras_layers import keras_rnn

LENGTHS = (4, 0, 6, 1, 3)
KERAS_CELLS = [
    BasicRNNCell(4, use_bias=False),
    BasicLSTMCell(4, forget_bias=0.0, use_bias=False),
    LSTMCell(4, forget_bias=0.0, activation="relu", use_bias=False),
    GRUCell(4, use_bias=False),
    GRUCell(4, reset_after=True, use_bias=False),
]
CELLS = [
    *KERAS_CELLS,
    BasicLSTMCell(4, use_bias=False),
    LSTMCell(4, use_peepholes=True, cell_clip=0.4, num_proj=2, use_bias=False),
    CoupledInputForgetGateLSTMCell(4, use_peepholes=True, num_proj=7, use_bias=False),
    MultiRNNCell([BasicLSTMCell(4, use_bias=False), BasicLSTMCell(4)]),
]


def with_zeros(params, shapes):
    """Return ``params`` with zeros for each bias that is not there."""
    filled = {}
    for name, shape in shapes.items():
        if isinstance(shape, dict):
            filled[name] = with_zeros(params[name], shape)
        else:
            filled[name] = params.get(name, np.zeros(shape))
    return filled


def without_biases(params):
    return {
        name: without_biases(branch) if isinstance(branch, dict) else branch
        for name, branch in params.items()
        if name != "bias"
    }


@pytest.mark.parametrize("case", [Case(cell, LENGTHS) for cell in CELLS], ids=str)
def test_agrees_with_tensorflow_on_both_engines(case):
    problem = case.draw(np.float64)
    expected = run_dynamic(tf_impl, case, problem)
    actual = run_dynamic(scratch, case, problem)
    assert_parity(actual, expected)
    assert_parity(run_static(scratch, case, problem), actual, limit=0)
    assert_parity(run_dynamic(scratch, case, problem, engine="numba"), expected)


@pytest.mark.parametrize("case", [Case(cell, LENGTHS) for cell in KERAS_CELLS], ids=str)
def test_agrees_with_keras(case):
    problem = case.draw(np.float64)
    expected = Results(*keras_rnn(case.cell, *problem[:5], sequence_length=LENGTHS))
    assert_parity(run_dynamic(scratch, case, problem), expected)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("cell", CELLS[:-1], ids=str)
def test_a_bias_of_zeros_gives_the_same_bits(cell, engine):
    case = Case(cell, LENGTHS)
    problem = case.draw(np.float64)
    biased = replace(cell, use_bias=True)
    zeros = scratch.tree.map_tree(np.zeros_like, biased.init_params(np.random.default_rng(0), 3, np.float64))
    assert not any(name.rpartition("/")[2] in ("bias", "B") for name, _ in named_leaves(problem.params))
    if "B" in zeros:
        filled = problem.params | {"B": zeros["B"]}
    else:
        filled = with_zeros(problem.params, biased.param_shapes(3))
    other = run_dynamic(scratch, Case(biased, LENGTHS), problem._replace(params=filled), engine=engine)
    d_params = without_biases({name: d for name, d in other.d_params.items() if name != "B"})
    actual = run_dynamic(scratch, case, problem, engine=engine)
    assert_parity(actual, other._replace(d_params=d_params), limit=0)


@pytest.mark.parametrize("case", [Case(cell, num_steps=1) for cell in CELLS[:-1]], ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


def test_streams_and_a_small_network_run_without_a_bias():
    """The kernel of small networks knows no such cell: the walk of all others takes it."""
    cell = BasicLSTMCell(4, use_bias=False)
    problem = Case(cell).draw(np.float32)
    expected, _, _ = scratch.dynamic_rnn(cell, problem.params, problem.inputs)
    for time_major in (False, True):
        inputs = np.ascontiguousarray(problem.inputs.swapaxes(0, 1)) if time_major else problem.inputs
        outputs, _, _ = scratch.dynamic_rnn(cell, problem.params, inputs, time_major=time_major, engine="numba")
        assert_parity(outputs.swapaxes(0, 1) if time_major else outputs, expected)
    for engine in ("numpy", "numba"):
        stream = scratch.Stream(cell, problem.params, engine=engine)
        steps = [stream.step(problem.inputs[:, t]) for t in range(problem.inputs.shape[1])]
        assert_parity(np.stack(steps, axis=1), expected)


def test_refusals():
    cell, inputs = BasicRNNCell(4, use_bias=False), np.zeros((5, 6, 3), np.float32)
    params = BasicRNNCell(4).init_params(np.random.default_rng(0), 3)
    with pytest.raises(ValueError, match="params has an unknown 'bias'; it takes 'kernel'"):
        scratch.dynamic_rnn(cell, params, inputs)
    del params["bias"]
    with pytest.raises(ValueError, match="params has no 'bias'"):
        scratch.dynamic_rnn(BasicRNNCell(4), params, inputs)
    with pytest.raises(ValueError, match="use_bias is no option of LSTMBlockCell, but is False"):
        LSTMBlockCell(4, use_bias=False)
