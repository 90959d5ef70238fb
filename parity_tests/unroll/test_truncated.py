import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import LSTM_CELLS, MULTI_CELLS, RNN_CELLS
from parity_tests.harness import Case, Results, assert_padding_is_zero, assert_parity, loss, run_dynamic
from scratch import (
    BasicLSTMCell,
    dynamic_rnn,
    last_window_backward,
    truncated_rnn,
    truncated_rnn_backward,
    windows,
)
from scratch.gradient_check import complex_step, to_complex
from scratch.tree import map_tree

CELLS = [RNN_CELLS[0], LSTM_CELLS[0], MULTI_CELLS[1]]
# In windows of 3: a row that ends inside the first, one at its border, one that never starts, two in the last.
CASES = [Case(cell, lengths, num_steps=8) for cell in CELLS for lengths in (None, (2, 3, 0, 8, 7))]


# Windows of unequal width, and gradients that reach back over none, some and all of the windows before.
WIDTHS = [([1, 4, 3], 1), ([1, 4, 3], 2), (2, 3), (3, 100)]


def run_truncated(backend, case, problem, length, reach=1, **options):
    # A graph must know what it cuts before it runs, ours only on the way back.
    forward, backward = ({"reach": reach}, {}) if backend is tf_impl else ({}, {"reach": reach})
    arguments = case.cell, problem.params, problem.inputs, length, case.sequence_length, problem.initial_state
    outputs, final_state, tapes = backend.truncated_rnn(*arguments, **forward, **options)
    gradients = backend.truncated_rnn_backward(tapes, problem.d_outputs, problem.d_final_state, **backward)
    return Results(outputs, final_state, *gradients)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_agrees_with_tensorflows_stop_gradient(case, dtype):
    problem = case.draw(dtype)
    expected = run_truncated(tf_impl, case, problem, 3)
    for engine in ("numpy", "numba"):
        actual = run_truncated(scratch, case, problem, 3, engine=engine)
        assert_parity(actual, expected)
        if case.sequence_length is not None:
            assert_padding_is_zero(case, actual)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_forward_pass_is_that_of_the_whole_series_and_only_the_gradient_is_cut(case):
    problem = case.draw(np.float64)
    whole, cut = run_dynamic(scratch, case, problem), run_truncated(scratch, case, problem, 3)
    assert_parity(tuple(cut[:2]), tuple(whole[:2]), limit=0)
    with pytest.raises(AssertionError, match="d_params.*DIFFERS"):
        assert_parity(cut, whole)
    # One window that holds the series cuts nothing.
    assert_parity(run_truncated(scratch, case, problem, 8), whole, limit=0)
    assert_parity(run_truncated(scratch, case, problem, 100), whole, limit=0)


@pytest.mark.parametrize(("widths", "reach"), WIDTHS, ids=str)
@pytest.mark.parametrize("case", [CASES[1], CASES[4]], ids=str)
def test_unequal_windows_and_a_longer_reach_agree_with_tensorflow(case, widths, reach):
    problem = case.draw(np.float64)
    expected = run_truncated(tf_impl, case, problem, widths, reach)
    for engine in ("numpy", "numba"):
        assert_parity(run_truncated(scratch, case, problem, widths, reach, engine=engine), expected)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_reach_over_all_windows_is_the_whole_gradient_and_one_less_is_not(case):
    problem = case.draw(np.float64)
    whole = run_dynamic(scratch, case, problem)
    for widths, count in ((3, 3), ([1, 2, 4, 1], 4)):
        assert_parity(run_truncated(scratch, case, problem, widths, count), whole)
        with pytest.raises(AssertionError, match="d_params.*DIFFERS"):
            assert_parity(run_truncated(scratch, case, problem, widths, count - 1), whole)


@pytest.mark.parametrize("reach", [1, 2, 3])
def test_the_gradient_of_one_output_ends_where_its_reach_does(reach):
    """Step 7 lies in the third window, steps 5 to 7; reach 2 is cut at step 1, reach 3 nowhere."""
    case = Case(BasicLSTMCell(4), num_steps=8)
    problem = case.draw(np.float64)
    _, _, tapes = truncated_rnn(case.cell, problem.params, problem.inputs, [1, 4, 3], None, problem.initial_state)
    d_outputs = np.zeros_like(problem.d_outputs)
    d_outputs[:, 7] = problem.d_outputs[:, 7]
    d_inputs, d_initial_state, _ = truncated_rnn_backward(tapes, d_outputs, reach=reach)
    start = {1: 5, 2: 1, 3: 0}[reach]
    assert (d_inputs[:, :start] == 0).all()
    assert (d_inputs[:, start:] != 0).all()
    assert (np.stack(d_initial_state) == 0).all() == (reach < 3)


def test_the_final_state_of_a_row_that_ended_in_an_earlier_window_is_taught_only_within_reach():
    """The state is copied through the dead windows, and the cut between them takes its gradient away."""
    case = Case(BasicLSTMCell(4), (2, 8, 4, 7, 6), num_steps=8)
    problem = case.draw(np.float64)
    problem = problem._replace(d_outputs=0 * problem.d_outputs)
    whole = run_dynamic(scratch, case, problem)
    for reach, taught in ((1, [1, 3]), (2, [1, 2, 3, 4]), (3, [0, 1, 2, 3, 4])):
        d_inputs = run_truncated(scratch, case, problem, [3, 3, 2], reach).d_inputs
        assert [row for row in range(5) if d_inputs[row].any()] == taught
        first = [0, 3, 6][3 - reach]
        assert_parity(d_inputs[taught, first:], whole.d_inputs[taught, first:])


@pytest.mark.parametrize("cell", [CELLS[1], CELLS[2]], ids=str)
def test_weights_that_change_between_windows_are_differentiated_where_they_were_used(cell):
    """An update after every window, its gradient reaching back two: against complex steps through both of them."""
    case = Case(cell, (2, 3, 0, 6, 5), num_steps=6)
    problem = case.draw(np.float64)
    lengths, slices = np.array(case.sequence_length), windows(6, [2, 4])
    changed = map_tree(lambda weights: 0.9 * weights, problem.params)

    def run(inputs, state, moved):
        tapes = []
        for window, params in zip(slices, (problem.params, changed), strict=True):
            params = map_tree(np.add, params, moved)
            left = np.clip(lengths - window.start, 0, window.stop - window.start)
            outputs, state, tape = dynamic_rnn(cell, params, inputs[:, window], left, state)
            tapes.append(tape)
        return outputs, state, tapes

    d_outputs = problem.d_outputs[:, 2:]

    def scalar(arguments):
        outputs, state, _ = run(*arguments)
        return loss(outputs, state, problem._replace(d_outputs=d_outputs))

    arguments = problem.inputs, problem.initial_state, map_tree(np.zeros_like, problem.params)
    tapes = run(*arguments)[2]
    actual = last_window_backward(tapes, d_outputs, problem.d_final_state)
    assert_parity(actual, complex_step(scalar, to_complex(arguments)))


def test_no_gradient_leaves_a_window_backwards():
    case = Case(BasicLSTMCell(4), num_steps=8)
    problem = case.draw(np.float64)
    _, _, tapes = truncated_rnn(case.cell, problem.params, problem.inputs, 3, None, problem.initial_state)
    only_last = problem.d_outputs.copy()
    only_last[:, :6] = 0
    d_inputs, d_initial_state, _ = truncated_rnn_backward(tapes, only_last, problem.d_final_state)
    assert (d_inputs[:, :6] == 0).all()
    assert (d_inputs[:, 6:] != 0).all()
    assert (np.stack(d_initial_state) == 0).all()


def test_windows():
    assert windows(8, 3) == [slice(0, 3), slice(3, 6), slice(6, 8)]
    assert windows(6, 3) == [slice(0, 3), slice(3, 6)]
    assert windows(2, 3) == [slice(0, 2)]
    with pytest.raises(ValueError, match="truncated_backprop_length must be at least 1, but is 0"):
        windows(8, 0)
    with pytest.raises(TypeError, match="truncated_backprop_length must be an integer, but is 1.5"):
        windows(8, 1.5)
    assert windows(8, [1, 4, 3]) == [slice(0, 1), slice(1, 5), slice(5, 8)]
    for widths in ([3, 4], (3, 4, 2), []):
        with pytest.raises(ValueError, match="must add up to 8 time steps, but \\[.*\\] add up to [790]"):
            windows(8, widths)
    with pytest.raises(ValueError, match="truncated_backprop_length\\[1\\] must be at least 1, but is 0"):
        windows(8, [4, 0, 4])
    with pytest.raises(TypeError, match="truncated_backprop_length\\[0\\] must be an integer, but is 4.0"):
        windows(8, [4.0, 4])


def test_time_major_tapes_and_what_is_no_cell_are_refused():
    cell, x = BasicLSTMCell(4), np.ones((6, 2, 3))
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    outputs, _, tape = dynamic_rnn(cell, params, x, time_major=True)
    for call in (last_window_backward, truncated_rnn_backward):
        with pytest.raises(ValueError, match="tapes\\[0\\] must be of batch-major inputs, but is of time-major ones"):
            call([tape], outputs)
    with pytest.raises(TypeError, match="cell must be a cell such as BasicLSTMCell\\(128\\), but is NoneType"):
        truncated_rnn(None, params, x, 2)


def test_refusals():
    case = Case(BasicLSTMCell(4), num_steps=8)
    problem = case.draw(np.float64)
    with pytest.raises(ValueError, match="sequence_length\\[0\\] is 9, but inputs have only 8 time steps"):
        truncated_rnn(case.cell, problem.params, problem.inputs, 3, [9, 1, 1, 1, 1])
    with pytest.raises(ValueError, match="inputs must have shape \\[B, T, D\\], but has \\[8, 3\\]"):
        truncated_rnn(case.cell, problem.params, problem.inputs[0], 3)
    with pytest.raises(ValueError, match="inputs must have at least one time step, but their shape is \\[5, 0, 3\\]"):
        truncated_rnn(case.cell, problem.params, problem.inputs[:, :0], 3)
    with pytest.raises(TypeError, match="tapes must be the list that truncated_rnn returned"):
        truncated_rnn_backward([], problem.d_outputs)
    assert windows(300, np.uint8(100))[-1] == slice(200, 300)
    _, _, tapes = truncated_rnn(case.cell, problem.params, problem.inputs, 3)
    with pytest.raises(TypeError, match="tapes\\[1\\] must be the DynamicTape"):
        truncated_rnn_backward([tapes[0], tapes], problem.d_outputs)
    with pytest.raises(ValueError, match="d_outputs must have shape \\[B, 8, 4\\], but has \\[5, 6, 4\\]"):
        truncated_rnn_backward(tapes, problem.d_outputs[:, :6])
    with pytest.raises(ValueError, match="reach must be at least 1, but is 0"):
        truncated_rnn_backward(tapes, problem.d_outputs, reach=0)
    with pytest.raises(TypeError, match="tapes must be the list that truncated_rnn returned"):
        last_window_backward(tuple(tapes), problem.d_outputs[:, 6:])
    with pytest.raises(ValueError, match="d_outputs must have shape \\[5, 2, 4\\], but has \\[5, 8, 4\\]"):
        last_window_backward(tapes, problem.d_outputs)
