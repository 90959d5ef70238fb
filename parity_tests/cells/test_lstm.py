import numpy as np
import pytest

from parity_tests.cases import LSTM_CELLS, one_step
from parity_tests.cells import checks
from scratch import BasicLSTMCell, LSTMState


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", one_step(LSTM_CELLS), ids=str)
def test_step_agrees_with_tensorflow(case, dtype):
    checks.check_against_tensorflow(case, dtype)


@pytest.mark.parametrize("case", one_step(LSTM_CELLS), ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


def test_refusals():
    checks.check_refusals(BasicLSTMCell(4))
    with pytest.raises(ValueError, match="num_units must be at least 1, but is -4"):
        BasicLSTMCell(-4)
    with pytest.raises(TypeError, match="forget_bias must be a number, but is '1'"):
        BasicLSTMCell(4, forget_bias="1")
    with pytest.raises(ValueError, match="forget_bias must be finite, but is nan"):
        BasicLSTMCell(4, forget_bias=float("nan"))
    with pytest.raises(ValueError, match="activation must be one of 'tanh', 'relu', .*, but is None"):
        BasicLSTMCell(4, activation=None)
    cell, x = BasicLSTMCell(4), np.zeros((5, 3), np.float32)
    params = cell.init_params(np.random.default_rng(0), 3)
    with pytest.raises(TypeError, match="state must be LSTMState\\(c, h\\), but is ndarray"):
        cell.forward(params, x, np.zeros((5, 4), np.float32))
    with pytest.raises(ValueError, match="state.c must have shape \\[5, 4\\], but has \\[5, 3\\]"):
        cell.forward(params, x, LSTMState(np.zeros((5, 3), np.float32), np.zeros((5, 4), np.float32)))


def test_a_numpy_scalar_as_forget_bias_leaves_float32_alone():
    cell = BasicLSTMCell(4, forget_bias=np.float64(1))
    params = cell.init_params(np.random.default_rng(0), 3)
    output, state, _ = cell.forward(params, np.ones((5, 3), np.float32), cell.zero_state(5))
    assert output.dtype == state.c.dtype == np.float32


def test_a_new_cell_starts_as_in_tensorflow():
    cell = BasicLSTMCell(4)
    assert cell.forget_bias == 1.0
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    assert params["kernel"].shape == (7, 16)
    assert np.abs(params["kernel"]).max() <= np.sqrt(6 / (7 + 16))
    # The forget bias is added at run time and is no part of the variable.
    assert (params["bias"] == 0).all()
    state = cell.zero_state(5, np.float64)
    assert state.c.shape == state.h.shape == (5, 4)
    assert not state.c.any()
    assert not state.h.any()


def test_saturated_gates_neither_overflow_nor_leak():
    """With every gate forced open or shut by ±1000, the step is the copy, the reset or the overwrite it should be."""
    cell = BasicLSTMCell(1, forget_bias=0.0)
    x, state = np.zeros((1, 1)), LSTMState(np.array([[0.3]]), np.array([[0.0]]))
    gates = {
        "copy": (-1000, 1000, 1000, 1000),
        "reset": (-1000, 0, -1000, 1000),
        "overwrite": (1000, 1000, -1000, 1000),
    }
    for name, c in {"copy": 0.3, "reset": 0.0, "overwrite": 1.0}.items():
        params = {"kernel": np.zeros((2, 4)), "bias": np.array(gates[name], np.float64)}
        output, new_state, _ = cell.forward(params, x, state)
        assert new_state.c == c
        assert output == np.tanh(c)
