import numpy as np
import pytest

from parity_tests.cases import RNN_CELLS, one_step
from parity_tests.cells import checks
from scratch import BasicRNNCell, uniform


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", one_step(RNN_CELLS), ids=str)
def test_step_agrees_with_tensorflow(case, dtype):
    checks.check_against_tensorflow(case, dtype)


@pytest.mark.parametrize("case", one_step(RNN_CELLS), ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


def test_refusals():
    checks.check_refusals(BasicRNNCell(4))
    with pytest.raises(ValueError, match="num_units must be at least 1, but is 0"):
        BasicRNNCell(0)
    with pytest.raises(TypeError, match="num_units must be an integer, but is 4.0"):
        BasicRNNCell(4.0)
    with pytest.raises(ValueError, match="activation must be one of 'tanh', 'relu', .*, but is 'silu'"):
        BasicRNNCell(4, activation="silu")


def test_numpy_scalars_are_options_like_any_other():
    """Kept as Python's numbers: −np.uint8(4) would be 252, and np.float64(1) + z float64."""
    cell = BasicRNNCell(np.uint8(4))
    assert type(cell.num_units) is int
    params = cell.init_params(np.random.default_rng(0), np.int8(120))
    assert params["kernel"].shape == (124, 4)
    x = np.ones((5, 120), np.float32)
    output, state, cache = cell.forward(params, x, cell.zero_state(5))
    d_x, d_state, _ = cell.backward(params, cache, output, state)
    assert (d_x.shape, d_state.shape) == ((5, 120), (5, 4))


def test_relu_hides_no_nan():
    cell = BasicRNNCell(4, activation="relu")
    x = np.full((1, 3), np.nan, np.float32)
    assert np.isnan(cell.forward(cell.init_params(np.random.default_rng(0), 3), x, cell.zero_state(1))[0]).all()


def test_weights_start_as_in_tensorflow():
    params = BasicRNNCell(40).init_params(np.random.default_rng(0), 60)
    limit = np.sqrt(6 / (100 + 40))
    assert params["kernel"].dtype == np.float32
    assert params["kernel"].shape == (100, 40)
    assert np.abs(params["kernel"]).max() <= limit
    # A uniform draw of 4,000 numbers: its largest is near the limit, its variance near limit² / 3.
    assert np.abs(params["kernel"]).max() > 0.999 * limit
    assert params["kernel"].var() == pytest.approx(limit**2 / 3, rel=0.05)
    assert (params["bias"] == 0).all()
    kernel = BasicRNNCell(40).init_params(np.random.default_rng(0), 60, kernel_initializer=uniform)["kernel"]
    assert kernel.min() >= 0
    assert kernel.mean() == pytest.approx(0.5, abs=0.02)
