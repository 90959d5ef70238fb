import numpy as np
import pytest

from parity_tests.cases import COUPLED_LSTM_CELLS, LENGTHS, sequences
from parity_tests.harness import Case
from parity_tests.jit.checks import check_against_numpy, check_against_tensorflow
from scratch import CoupledInputForgetGateLSTMCell

# Wider than one vector, with a clip that the projection meets.
WIDE_CELLS = [CoupledInputForgetGateLSTMCell(19, True, 0.3, num_proj=17), CoupledInputForgetGateLSTMCell(17)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", sequences(COUPLED_LSTM_CELLS + WIDE_CELLS), ids=str)
def test_agrees_with_numpy(case, dtype):
    check_against_numpy(case, dtype)


@pytest.mark.parametrize("cell", COUPLED_LSTM_CELLS, ids=str)
def test_agrees_with_tensorflow(cell):
    check_against_tensorflow(Case(cell, LENGTHS[1]), np.float64)
