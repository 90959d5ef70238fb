import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import (
    ATTENTION_CELLS,
    CELLS,
    CONTRIB_CELLS,
    COUPLED_LSTM_CELLS,
    GRID_CELLS,
    JIT_CELLS,
    LENGTHS,
    TIME_FREQ_CELLS,
    in_dtypes,
    sequences,
)
from parity_tests.harness import Case, assert_padding_is_zero, assert_parity, run_static
from scratch import BasicLSTMCell, LSTMState, static_rnn, static_rnn_backward

# All patterns and both dtypes for the basic cells; for the others one, and of those of tf.contrib one cell a kind, as
# TensorFlow takes seconds over each. It unrolls every cell in test_dynamic.py, and the two unrolls are one loop.
ONE_A_KIND = [COUPLED_LSTM_CELLS[0], TIME_FREQ_CELLS[0], GRID_CELLS[3], ATTENTION_CELLS[0]]
REST = [cell for cell in CELLS if cell not in JIT_CELLS + CONTRIB_CELLS] + ONE_A_KIND
OTHERS = [(Case(cell, LENGTHS[1]), np.float64) for cell in REST]


@pytest.mark.parametrize(("case", "dtype"), in_dtypes(sequences(JIT_CELLS)) + OTHERS, ids=str)
def test_agrees_with_tensorflow(case, dtype):
    problem = case.draw(dtype)
    actual = run_static(scratch, case, problem)
    assert_parity(actual, run_static(tf_impl, case, problem))
    if case.sequence_length is not None:
        assert_padding_is_zero(case, actual)


def test_gradients_not_given_are_zeros():
    case = Case(BasicLSTMCell(4), (4, 0, 6, 1, 3))
    problem = case.draw(np.float64)
    _, _, tape = static_rnn(case.cell, problem.params, list(problem.inputs.swapaxes(0, 1)))
    d_outputs, d_state = list(problem.d_outputs.swapaxes(0, 1)), problem.d_final_state
    nothing, no_state = [0 * d for d in d_outputs], LSTMState(0 * d_state.c, 0 * d_state.h)
    pairs = [((None, d_state), (nothing, d_state)), ((d_outputs, None), (d_outputs, no_state))]
    for missing, given in pairs:
        actual, expected = static_rnn_backward(tape, *missing), static_rnn_backward(tape, *given)
        assert_parity((np.stack(actual[0]), *actual[1:]), (np.stack(expected[0]), *expected[1:]), limit=0)


def test_refusals():
    cell, xs = BasicLSTMCell(4), [np.zeros((5, 3))] * 6
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    with pytest.raises(TypeError, match="inputs must be a list of arrays \\[B, D\\], one a time step, but is ndarray"):
        static_rnn(cell, params, np.zeros((6, 5, 3)))
    with pytest.raises(ValueError, match="inputs must hold at least one time step, but is empty"):
        static_rnn(cell, params, [])
    with pytest.raises(ValueError, match="inputs\\[2\\] must have shape \\[5, 3\\], but has \\[4, 3\\]"):
        static_rnn(cell, params, [xs[0], xs[0], xs[0][:4]])
    with pytest.raises(TypeError, match="inputs\\[1\\] is float32, but the inputs are float64"):
        static_rnn(cell, params, [xs[0], xs[0].astype(np.float32)])
    with pytest.raises(TypeError, match="cell must be a cell such as BasicLSTMCell\\(128\\), but is type"):
        static_rnn(BasicLSTMCell, params, xs)
    _, _, tape = static_rnn(cell, params, xs)
    with pytest.raises(ValueError, match="d_outputs must be a list of 6 arrays, one for each output"):
        static_rnn_backward(tape, [np.zeros((5, 4))] * 5)
    with pytest.raises(ValueError, match="d_outputs\\[0\\] must have shape \\[5, 4\\], but has \\[5, 3\\]"):
        static_rnn_backward(tape, xs)
    with pytest.raises(TypeError, match="d_final_state must be LSTMState\\(c, h\\), but is ndarray"):
        static_rnn_backward(tape, d_final_state=np.zeros((5, 4)))
