"""Both forms of the GRU: ``gru.py`` and ``gru_reset_after.py``."""

import numpy as np
import pytest

from parity_tests.cases import GRU_CELLS, LENGTHS, sequences
from parity_tests.harness import Case
from parity_tests.jit.checks import check_against_numpy, check_against_tensorflow
from scratch import GRUCell

# Wider than one vector.
WIDE_CELLS = [GRUCell(17), GRUCell(17, reset_after=True)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", sequences(GRU_CELLS + WIDE_CELLS), ids=str)
def test_agrees_with_numpy(case, dtype):
    check_against_numpy(case, dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("cell", GRU_CELLS, ids=str)
def test_agrees_with_tensorflow(cell, dtype):
    check_against_tensorflow(Case(cell, LENGTHS[1]), dtype)
