import numpy as np
import pytest

import tf_impl
from parity_tests.cases import BLOCK_CELLS, FULL_LSTM_CELLS, LENGTHS, sequences
from parity_tests.harness import Case, Results, assert_parity
from parity_tests.jit.checks import check_against_numpy, check_against_tensorflow, run_numba
from scratch import BasicLSTMCell, LSTMBlockCell, LSTMCell

# With a clip that the projection meets and one that it does not, and wider than one vector.
WIDE_CELLS = [LSTMCell(19, True, 0.4, num_proj=17, proj_clip=0.3), LSTMBlockCell(17, True, cell_clip=0.4)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", sequences(FULL_LSTM_CELLS + BLOCK_CELLS + WIDE_CELLS), ids=str)
def test_agrees_with_numpy(case, dtype):
    check_against_numpy(case, dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("cell", FULL_LSTM_CELLS, ids=str)
def test_agrees_with_tensorflow(cell, dtype):
    check_against_tensorflow(Case(cell, LENGTHS[1]), dtype)


@pytest.mark.parametrize("cell", BLOCK_CELLS, ids=str)
def test_agrees_with_the_fused_kernels(cell):
    case = Case(cell)
    problem = case.draw(np.float32)
    arrays = (problem.params, problem.inputs, problem.initial_state, problem.d_outputs, problem.d_final_state)
    assert_parity(run_numba(case, problem), Results(*tf_impl.block_lstm(cell, *arrays)))


def test_clipping_stops_the_gradient_of_one_cell_and_not_of_the_other():
    problem = Case(LSTMCell(4, cell_clip=0.4)).draw(np.float64)
    true, passed = (run_numba(Case(kind(4, cell_clip=0.4)), problem) for kind in (LSTMCell, LSTMBlockCell))
    assert_parity(tuple(passed[:2]), tuple(true[:2]), limit=0)
    with pytest.raises(AssertionError, match="d_params/kernel.*DIFFERS"):
        assert_parity(passed, true)


def test_without_its_options_it_is_the_basic_cell():
    problem = Case(BasicLSTMCell(4)).draw(np.float64)
    actual = run_numba(Case(LSTMCell(4)), problem)
    assert_parity(actual, run_numba(Case(BasicLSTMCell(4)), problem), limit=1e-15)
