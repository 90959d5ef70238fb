import numpy as np
import pytest

from parity_tests.cases import RNN_CELLS, sequences
from parity_tests.jit.checks import check_against_numpy_and_tensorflow


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", sequences(RNN_CELLS), ids=str)
def test_agrees_with_numpy_and_tensorflow(case, dtype):
    check_against_numpy_and_tensorflow(case, dtype)
