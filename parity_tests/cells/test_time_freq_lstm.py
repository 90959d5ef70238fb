from dataclasses import replace

import numpy as np
import pytest

import tf_impl
from parity_tests.cases import TIME_FREQ_CELLS, one_step
from parity_tests.cells import checks
from parity_tests.harness import Case, Results, assert_parity
from scratch import LSTMCell, LSTMState, TimeFreqLSTMCell
from scratch.initializers import glorot_uniform

# Over more columns, not all of which are in a window.
WIDE = [
    Case(TimeFreqLSTMCell(4, True, 0.4, feature_size=3, frequency_skip=2, num_shifts=4), num_steps=1, input_size=10)
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", one_step(TIME_FREQ_CELLS) + WIDE, ids=str)
def test_step_agrees_with_tensorflow(case, dtype):
    checks.check_against_tensorflow(case, dtype)


@pytest.mark.parametrize("case", one_step(TIME_FREQ_CELLS) + WIDE, ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


@pytest.mark.parametrize("case", one_step(TIME_FREQ_CELLS) + WIDE, ids=str)
def test_every_place_is_a_step_of_tensorflows_own_lstm(case):
    """At place k, ``LSTMCell``, which TensorFlow ships, reads [x_k, h'_{k−1}] in the state (c_k, h_k)."""
    cell, problem = case.cell, case.draw(np.float64)
    params, x, size = problem.params, problem.inputs[:, 0], cell.num_units
    output, new_state, _ = cell.forward(params, x, problem.initial_state)
    lstm = LSTMCell(size, cell.use_peepholes, cell.cell_clip, forget_bias=cell.forget_bias)
    # Rows of W are x_k, h_k, h'_{k−1} here, and x_k, h'_{k−1}, h_k there.
    x_rows, h_rows, below_rows = np.split(params["W_0"], [cell.feature_size, -size])
    weights = {"kernel": np.concatenate([x_rows, below_rows, h_rows]), "bias": params["B"]}
    if cell.use_peepholes:
        weights |= {f"w_{gate}_diag": params[f"W_{gate.upper()}_diag"] for gate in "fio"}
    columns = np.split(problem.initial_state, cell.state_size // size, axis=1)
    below, expected = np.zeros((len(x), size)), []
    for k, (c, h) in enumerate(zip(columns[::2], columns[1::2], strict=True)):
        low = k * cell.frequency_skip
        heard = np.concatenate([x[:, low : low + cell.feature_size], below], axis=1)
        below, state, _ = tf_impl.forward(lstm, weights, heard, LSTMState(c, h))
        expected += [state.c, below]
    expected = np.concatenate(expected[1::2], axis=1), np.concatenate(expected, axis=1)
    assert_parity((output, new_state), expected)


def test_a_step_takes_any_number_of_places_where_none_is_named():
    """As in TensorFlow 1.15: ``state_size`` and ``output_size`` are of one place, and a step finds K in x and state."""
    case = WIDE[0]
    problem, open_cell = case.draw(np.float64), replace(case.cell, num_shifts=None)
    assert (open_cell.state_size, open_cell.output_size) == (8, 4)
    arguments = (problem.params, problem.inputs[:, 0], problem.initial_state, problem.d_outputs[:, 0])
    actual = checks.step(open_cell, *arguments, problem.d_final_state)
    assert_parity(actual, checks.step(case.cell, *arguments, problem.d_final_state), limit=0)
    output, new_state, tape = tf_impl.forward(open_cell, *arguments[:3])
    expected = Results(output, new_state, *tf_impl.backward(tape, arguments[3], problem.d_final_state))
    assert_parity(actual, expected)


def test_the_published_test():
    """``testTimeFreqLSTMCell`` of TensorFlow 1.15's ``rnn_cell_test.py``, which has shapes and no numbers."""
    cell = TimeFreqLSTMCell(num_units=8, feature_size=2, frequency_skip=1, forget_bias=1.0)
    params = {"W_0": np.full((18, 32), 0.5, np.float32), "B": np.zeros(32, np.float32)}
    x = np.repeat(np.array([[1], [2], [3]], np.float32), 4, axis=1)
    output, state, _ = cell.forward(params, x, np.full((3, 48), 0.1, np.float32))
    assert output.shape == (3, 24)
    assert state.shape == (3, 48)
    for row in (1, 2):
        assert np.linalg.norm(output[0] - output[row]) > 1e-6
        assert np.linalg.norm(state[0] - state[row]) > 1e-6


def test_a_gradient_passes_a_memory_at_its_bound_and_none_beyond():
    """With f = 1 and i = 0, c' is c: held at ±cell_clip it still hears its gradient, pushed beyond it does not."""
    cell = TimeFreqLSTMCell(5, cell_clip=0.5, feature_size=3)
    params = {"W_0": np.zeros((13, 20)), "B": np.repeat([-1000.0, 0, 1000, 0], 5)}
    x, state = np.zeros((1, 3)), np.array([[0.5, -0.5, 0.75, -0.75, 0.25, 0, 0, 0, 0, 0]])
    d_output, d_state = np.zeros((1, 5)), np.ones((1, 10))
    actual = checks.step(cell, params, x, state, d_output, d_state)
    assert (actual.final_state[:, :5] == [[0.5, -0.5, 0.5, -0.5, 0.25]]).all()
    assert ((actual.d_initial_state[:, :5] != 0) == [[True, True, False, False, True]]).all()
    output, new_state, tape = tf_impl.forward(cell, params, x, state)
    assert_parity(actual, Results(output, new_state, *tf_impl.backward(tape, d_output, d_state)))


def test_what_is_in_no_window_is_never_looked_at():
    cell = replace(TIME_FREQ_CELLS[3], num_shifts=None)
    case = Case(TIME_FREQ_CELLS[3], num_steps=1)
    problem = case.draw(np.float64)
    x, d_output = problem.inputs[:, 0].copy(), problem.d_outputs[:, 0]
    arguments = problem.initial_state, d_output, problem.d_final_state
    expected = checks.step(cell, problem.params, x.copy(), *arguments)
    x[:, 1] = np.nan
    assert_parity(checks.step(cell, problem.params, x, *arguments), expected, limit=0)
    assert (expected.d_inputs[:, 1] == 0).all()


def test_a_new_cell_starts_as_in_tensorflow():
    cell = TimeFreqLSTMCell(4, use_peepholes=True, feature_size=2)
    assert (cell.cell_clip, cell.forget_bias, cell.frequency_skip) == (None, 1.0, 1)
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    shapes = {name: array.shape for name, array in params.items()}
    assert shapes == {"W_0": (10, 16), "B": (16,), "W_F_diag": (4,), "W_I_diag": (4,), "W_O_diag": (4,)}
    assert (params["B"] == 0).all()
    assert 0 < np.abs(params["W_0"]).max() <= np.sqrt(6 / (10 + 16))
    assert cell.initializer("W_F_diag", glorot_uniform) is glorot_uniform
    assert cell.zero_state(5).shape == (5, 8)
    assert replace(cell, num_shifts=2).zero_state(5).shape == (5, 16)


def test_refusals():
    with pytest.raises(ValueError, match="num_units must be at least 1, but is 0"):
        TimeFreqLSTMCell(0, feature_size=2)
    with pytest.raises(TypeError, match="feature_size must be an integer, but is None"):
        TimeFreqLSTMCell(4)
    with pytest.raises(ValueError, match="frequency_skip must be at least 1, but is 0"):
        TimeFreqLSTMCell(4, feature_size=2, frequency_skip=0)
    with pytest.raises(ValueError, match="use_peepholes must be one of False, True, but is 1"):
        TimeFreqLSTMCell(4, use_peepholes=1, feature_size=2)
    with pytest.raises(ValueError, match="cell_clip must be greater than 0, but is -1"):
        TimeFreqLSTMCell(4, cell_clip=-1, feature_size=2)
    with pytest.raises(TypeError, match="forget_bias must be a number, but is None"):
        TimeFreqLSTMCell(4, forget_bias=None, feature_size=2)
    open_cell = TimeFreqLSTMCell(4, feature_size=2)
    open_params = open_cell.init_params(np.random.default_rng(0), 4)
    with pytest.raises(ValueError, match="num_shifts must be 3, as many as x has windows, but is None"):
        open_cell.forward(open_params, np.ones((5, 4), np.float32), open_cell.zero_state(5))
    with pytest.raises(ValueError, match="num_shifts must be at least 1, but is 0"):
        TimeFreqLSTMCell(4, feature_size=2, num_shifts=0)
    cell, x, state = TIME_FREQ_CELLS[0], np.ones((5, 3)), np.zeros((5, 16))
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    with pytest.raises(TypeError, match="x must be a NumPy array of shape \\[B, D\\], but is list"):
        cell.forward(params, x.tolist(), state)
    with pytest.raises(ValueError, match="x\\[:, 0:4\\] must hold 2 windows of feature_size 2, but holds 3"):
        cell.forward(params, np.ones((5, 4)), state)
    with pytest.raises(ValueError, match="x\\[:, 0:1\\] must hold some windows of feature_size 2, but holds 0"):
        TimeFreqLSTMCell(4, feature_size=2).init_params(np.random.default_rng(0), 1)
    with pytest.raises(ValueError, match="state must have shape \\[5, 16\\], but has \\[5, 8\\]"):
        cell.forward(params, x, state[:, :8])
    with pytest.raises(TypeError, match="state is float32, but the inputs are float64"):
        cell.forward(params, x, state.astype(np.float32))
    with pytest.raises(ValueError, match="params/W_0 must have shape \\[10, 16\\], but has \\[9, 16\\]"):
        cell.forward({**params, "W_0": params["W_0"][1:]}, x, state)
    with pytest.raises(ValueError, match="params has an unknown 'W_I_diag'; it takes 'W_0', 'B'"):
        cell.forward({**params, "W_I_diag": np.ones(4)}, x, state)
    output, new_state, cache = cell.forward(params, x, state)
    with pytest.raises(ValueError, match="d_output must have shape \\[5, 8\\], but has \\[5, 4\\]"):
        cell.backward(params, cache, output[:, :4], new_state)
    with pytest.raises(ValueError, match="d_new_state must have shape \\[5, 16\\], but has \\[1, 16\\]"):
        cell.backward(params, cache, output, new_state[:1])
