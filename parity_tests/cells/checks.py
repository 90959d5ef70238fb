"""The three proofs that every cell has to pass; each test file of this folder calls them on its cells."""

import numpy as np
import pytest

import tf_impl
from parity_tests.harness import Results, assert_parity, loss
from scratch.gradient_check import complex_step, to_complex
from scratch.tree import map_tree


def step(cell, params, x, state, d_output, d_new_state):
    """Return the ``Results`` of one step of a scratch cell, forward and back."""
    output, new_state, cache = cell.forward(params, x, state)
    return Results(output, new_state, *cell.backward(params, cache, d_output, d_new_state))


def check_against_tensorflow(case, dtype):
    """One step, its output, its state and every gradient, against TensorFlow's own cell."""
    problem = case.draw(dtype)
    x, d_output = problem.inputs[:, 0], problem.d_outputs[:, 0]
    actual = step(case.cell, problem.params, x, problem.initial_state, d_output, problem.d_final_state)
    output, new_state, tape = tf_impl.forward(case.cell, problem.params, x, problem.initial_state)
    expected = Results(output, new_state, *tf_impl.backward(tape, d_output, problem.d_final_state))
    assert_parity(actual, expected)


def check_against_complex_steps(case):
    """Every derivative of one step against the forward pass alone, differentiated by complex steps."""
    problem = case.draw(np.float64)
    x, d_output = problem.inputs[:, 0], problem.d_outputs[:, 0]
    actual = step(case.cell, problem.params, x, problem.initial_state, d_output, problem.d_final_state)

    def scalar(arguments):
        x, state, params = arguments
        output, new_state, _ = case.cell.forward(params, x, state)
        return loss(output, new_state, problem._replace(d_outputs=d_output))

    expected = complex_step(scalar, to_complex((x, problem.initial_state, problem.params)))
    assert_parity(tuple(actual[2:]), expected)


def check_arguments_are_left_alone(case):
    """Forward and backward are pure: no argument is written to, and calling again gives the same bits."""
    problem = case.draw(np.float32)
    arguments = (problem.params, problem.inputs[:, 0], problem.initial_state, problem.d_outputs[:, 0])
    before = map_tree(np.copy, arguments)
    first = step(case.cell, *arguments, problem.d_final_state)
    assert_parity(arguments, before, limit=0)
    assert_parity(step(case.cell, *arguments, problem.d_final_state), first, limit=0)


def check_refusals(cell):
    """What does not fit the cell is refused by name, before anything is computed."""
    params, x = cell.init_params(np.random.default_rng(0), 3, np.float64), np.ones((5, 3))
    state = cell.zero_state(5, np.float64)
    with pytest.raises(TypeError, match="x must be a NumPy array of shape \\[B, D\\], but is list"):
        cell.forward(params, x.tolist(), state)
    with pytest.raises(TypeError, match="x must be float32 or float64, but is int64"):
        cell.forward(params, x.astype(int), state)
    with pytest.raises(ValueError, match="x must have shape \\[B, D\\], but has \\[5, 1, 3\\]"):
        cell.forward(params, x[:, None], state)
    with pytest.raises(ValueError, match="state.* must have shape \\[5, .\\], but has \\[1, .\\]"):
        cell.forward(params, x, cell.zero_state(1, np.float64))
    with pytest.raises(TypeError, match="state.* is float32, but the inputs are float64"):
        cell.forward(params, x, cell.zero_state(5, np.float32))
    with pytest.raises(ValueError, match="params.*/kernel must have shape"):
        cell.forward(params, np.ones((5, 2)), state)
    with pytest.raises(ValueError, match="params has no '"):
        cell.forward({}, x, state)
    with pytest.raises(ValueError, match="params has an unknown 'weight'"):
        cell.forward({**params, "weight": x}, x, state)
    output, new_state, cache = cell.forward(params, x, state)
    with pytest.raises(ValueError, match="d_output must have shape \\[5, .\\], but has \\[5\\]"):
        cell.backward(params, cache, output[:, 0], new_state)
    with pytest.raises(ValueError, match="d_new_state.* must have shape"):
        cell.backward(params, cache, output, cell.zero_state(1, np.float64))
    with pytest.raises(TypeError, match="dtype must be float32 or float64, but is <class 'int'>"):
        cell.init_params(np.random.default_rng(0), 3, int)
    with pytest.raises(TypeError, match="dtype must be float32 or float64, but is 'single precision'"):
        cell.zero_state(5, "single precision")
    with pytest.raises(TypeError, match="dtype must be float32 or float64, but is None"):
        cell.zero_state(5, None)
    with pytest.raises(ValueError, match="batch_size must be at least 0, but is -1"):
        cell.zero_state(-1)
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator, but is int"):
        cell.init_params(0, 3)
    with pytest.raises(ValueError, match="input_size must be at least 1, but is 0"):
        cell.init_params(np.random.default_rng(0), 0)
