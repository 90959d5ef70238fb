import numpy as np
import pytest

from parity_tests.cases import RESIDUAL_CELLS, one_step
from parity_tests.cells import checks
from scratch import BasicLSTMCell, ResidualWrapper


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", one_step(RESIDUAL_CELLS), ids=str)
def test_step_agrees_with_tensorflow(case, dtype):
    checks.check_against_tensorflow(case, dtype)


@pytest.mark.parametrize("case", one_step(RESIDUAL_CELLS), ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


def test_refusals():
    with pytest.raises(TypeError, match="cell must be a cell such as BasicLSTMCell\\(128\\), but is int"):
        ResidualWrapper(4)
    cell = ResidualWrapper(BasicLSTMCell(4))
    words = "adds the input to the output, but the input is 3 wide and the output of BasicLSTMCell 4"
    with pytest.raises(ValueError, match=words):
        cell.init_params(np.random.default_rng(0), 3)
    params = cell.init_params(np.random.default_rng(0), 4)
    with pytest.raises(ValueError, match=words):
        cell.forward(params, np.zeros((5, 3), np.float32), cell.zero_state(5))
    with pytest.raises(TypeError, match="state must be LSTMState"):
        cell.forward(params, np.zeros((5, 4), np.float32), np.zeros((5, 4), np.float32))
