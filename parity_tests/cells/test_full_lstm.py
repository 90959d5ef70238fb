import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import BLOCK_CELLS, FULL_LSTM_CELLS, one_step
from parity_tests.cells import checks
from parity_tests.harness import Case, Results, assert_parity, run_dynamic
from scratch import BasicLSTMCell, LSTMBlockCell, LSTMCell
from scratch.activations import clip, clip_slope


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", one_step(FULL_LSTM_CELLS), ids=str)
def test_step_agrees_with_tensorflow(case, dtype):
    checks.check_against_tensorflow(case, dtype)


@pytest.mark.parametrize("case", one_step(FULL_LSTM_CELLS), ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


@pytest.mark.parametrize("cell", [BasicLSTMCell(4, 0.3), *BLOCK_CELLS], ids=str)
def test_agrees_with_the_fused_kernels(cell):
    """A whole sequence against BlockLSTM and its gradient, one step against LSTMBlockCell; float32, as they are."""
    case = Case(cell)
    problem = case.draw(np.float32)
    full = cell if isinstance(cell, LSTMCell) else LSTMBlockCell(4, forget_bias=cell.forget_bias)
    expected = tf_impl.block_lstm(full, *(problem._asdict()[name] for name in ARGUMENTS))
    assert_parity(run_dynamic(scratch, case, problem), Results(*expected))
    output, new_state, _ = cell.forward(problem.params, problem.inputs[:, 0], problem.initial_state)
    expected = tf_impl.lstm_block_cell(full, problem.params, problem.inputs[:, 0], problem.initial_state)
    assert_parity((output, new_state), expected)


ARGUMENTS = ("params", "inputs", "initial_state", "d_outputs", "d_final_state")


def test_the_fused_kernel_lets_gradients_through_its_clipping():
    """Forward, LSTMCell and LSTMBlockCell are one; back, only LSTMCell's is the true derivative."""
    options = {"num_units": 4, "cell_clip": 0.4}
    case = Case(LSTMCell(**options))
    problem = case.draw(np.float64)
    true, passed = (run_dynamic(scratch, Case(kind(**options)), problem) for kind in (LSTMCell, LSTMBlockCell))
    assert_parity(tuple(passed[:2]), tuple(true[:2]), limit=0)
    assert (np.abs(true.outputs) <= np.tanh(0.4)).all()
    with pytest.raises(AssertionError, match="d_params/kernel.*DIFFERS"):
        assert_parity(passed, true)


@pytest.mark.parametrize("cell", [LSTMCell(4), LSTMBlockCell(4)], ids=str)
def test_without_its_options_it_is_the_basic_cell(cell):
    problem = Case(BasicLSTMCell(4)).draw(np.float64)
    actual = run_dynamic(scratch, Case(cell), problem)
    assert_parity(actual, run_dynamic(scratch, Case(BasicLSTMCell(4)), problem), limit=1e-15)


def test_clipping_passes_the_gradient_at_the_bound_and_stops_it_beyond():
    z = np.array([-0.5, -0.4, 0.1, 0.4, 0.5])
    assert clip(z, 0.4).tolist() == [-0.4, -0.4, 0.1, 0.4, 0.4]
    assert clip_slope(z, 0.4).tolist() == [0, 1, 1, 1, 0]
    assert clip(z, None) is z


def test_refusals():
    checks.check_refusals(LSTMCell(4, use_peepholes=True, num_proj=2))
    for name, value, words in [
        ("use_peepholes", 1.5, "use_peepholes must be one of False, True, but is 1.5"),
        ("cell_clip", 0, "cell_clip must be greater than 0, but is 0"),
        ("cell_clip", "3", "cell_clip must be a number, but is '3'"),
        ("num_proj", 0, "num_proj must be at least 1, but is 0"),
        ("proj_clip", 0.2, "proj_clip clips the projection, so it needs num_proj, which is None"),
        ("forget_bias", None, "forget_bias must be a number, but is None"),
        ("activation", "gelu", "activation must be one of 'tanh', 'relu', .*, but is 'gelu'"),
    ]:
        with pytest.raises((TypeError, ValueError), match=words):
            LSTMCell(4, **{name: value})
    with pytest.raises(ValueError, match="num_proj is no option of LSTMBlockCell, but is 2"):
        LSTMBlockCell(4, num_proj=2)
    with pytest.raises(TypeError, match="LSTMBlockCell is an operation, not a TF1 cell"):
        tf_impl.genuine(LSTMBlockCell(4), np.float32)


def test_peepholes_start_as_in_tensorflow():
    params = LSTMCell(100, use_peepholes=True, num_proj=7).init_params(np.random.default_rng(0), 3, np.float64)
    for name in ("w_i_diag", "w_f_diag", "w_o_diag"):
        assert np.abs(params[name]).max() <= np.sqrt(6 / (100 + 100))
        assert params[name].any()
    assert params["projection"]["kernel"].shape == (100, 7)
    assert not params["bias"].any()
