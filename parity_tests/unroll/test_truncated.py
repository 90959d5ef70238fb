import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import LSTM_CELLS, MULTI_CELLS, RNN_CELLS
from parity_tests.harness import Case, Results, assert_padding_is_zero, assert_parity, run_dynamic
from scratch import BasicLSTMCell, truncated_rnn, truncated_rnn_backward, windows

CELLS = [RNN_CELLS[0], LSTM_CELLS[0], MULTI_CELLS[1]]
# In windows of 3: a row that ends inside the first, one at its border, one that never starts, two in the last.
CASES = [Case(cell, lengths, num_steps=8) for cell in CELLS for lengths in (None, (2, 3, 0, 8, 7))]


def run_truncated(backend, case, problem, length, **options):
    outputs, final_state, tapes = backend.truncated_rnn(
        case.cell, problem.params, problem.inputs, length, case.sequence_length, problem.initial_state, **options
    )
    gradients = backend.truncated_rnn_backward(tapes, problem.d_outputs, problem.d_final_state)
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
    with pytest.raises(TypeError, match="truncated_backprop_length must be a whole number, but is 1.5"):
        windows(8, 1.5)


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
