import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import GRU_CELLS, one_step
from parity_tests.cells import checks
from parity_tests.harness import Case, Results, assert_padding_is_zero, assert_parity, run_dynamic
from scratch import GRUCell
from scratch.tree import named_leaves
from tf_impl.cells.gru import gru_block_cell
from tf_impl.program import match
from tf_impl.tensorflow import tf, v1


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", one_step(GRU_CELLS), ids=str)
def test_step_agrees_with_tensorflow(case, dtype):
    checks.check_against_tensorflow(case, dtype)


@pytest.mark.parametrize("case", one_step(GRU_CELLS), ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", [Case(cell, (4, 0, 6, 1, 3)) for cell in GRU_CELLS], ids=str)
def test_dynamic_rnn_agrees_with_tensorflow(case, dtype):
    problem = case.draw(dtype)
    actual = run_dynamic(scratch, case, problem)
    assert_parity(actual, run_dynamic(tf_impl, case, problem))
    assert_padding_is_zero(case, actual)


def test_step_agrees_with_the_fused_kernel():
    case = Case(GRUCell(4), num_steps=1)
    problem = case.draw(np.float32)
    arguments = problem.params, problem.inputs[:, 0], problem.initial_state, problem.d_outputs[:, 0]
    actual = checks.step(case.cell, *arguments, problem.d_final_state)
    assert_parity(actual, Results(*gru_block_cell(case.cell, *arguments, problem.d_final_state)))
    for cell in GRU_CELLS[1:]:
        with pytest.raises(ValueError, match="GRUBlockCell has neither reset_after nor an activation other than tanh"):
            gru_block_cell(cell, *arguments, problem.d_final_state)


def test_refusals():
    checks.check_refusals(GRUCell(4))
    checks.check_refusals(GRUCell(4, reset_after=True))
    with pytest.raises(ValueError, match="num_units must be at least 1, but is 0"):
        GRUCell(0)
    with pytest.raises(ValueError, match="activation must be one of 'tanh', 'relu', .*, but is 'silu'"):
        GRUCell(4, activation="silu")
    with pytest.raises(ValueError, match="reset_after must be one of False, True, but is 1"):
        GRUCell(4, reset_after=1)
    before, after, x = GRUCell(4), GRUCell(4, reset_after=True), np.zeros((5, 3), np.float32)
    params = before.init_params(np.random.default_rng(0), 3)
    with pytest.raises(ValueError, match="params/candidate has no '.*'; it needs 'input_projection', 'hidden_proj"):
        after.forward(params, x, after.zero_state(5))
    with pytest.raises(TypeError, match="state must be a NumPy array of shape \\[5, 4\\], but is tuple"):
        before.forward(params, x, (before.zero_state(5), before.zero_state(5)))


@pytest.mark.parametrize("cell", [GRUCell(4), GRUCell(4, reset_after=True)], ids=str)
def test_a_new_cell_starts_as_in_tensorflow(cell):
    params = dict(named_leaves(cell.init_params(np.random.default_rng(0), 3, np.float64)))
    with tf.Graph().as_default(), v1.Session() as session:
        tf_cell = tf_impl.genuine(cell, np.float64)
        tf_cell.build((None, 3))
        session.run(v1.global_variables_initializer())
        started = session.run(match(list(params), tf_cell.trainable_variables))
    # Neither to reset nor to update: both gates start at σ(1).
    assert (params["gates/bias"] == 1).all()
    for name, leaf in params.items():
        assert leaf.shape == started[name].shape
        if name.endswith("bias"):
            assert (leaf == started[name]).all(), name
        else:
            limit = np.sqrt(6 / sum(leaf.shape))
            assert 0 < np.abs(leaf).max() <= limit, name
            assert 0 < np.abs(started[name]).max() <= limit, name
    assert not cell.zero_state(5).any()


@pytest.mark.parametrize(("input_size", "published"), [(2, 0.175991), (3, 0.156736)])
def test_the_published_numbers(input_size, published):
    """``testGRUCell`` of TensorFlow 1.15: every weight 0.5, the biases as they start, x = 1, h = 0.1."""
    cell = GRUCell(2)
    params = cell.init_params(
        np.random.default_rng(0), input_size, np.float64, lambda rng, shape, dtype: np.full(shape, 0.5)
    )
    output, _, _ = cell.forward(params, np.ones((1, input_size)), np.full((1, 2), 0.1))
    assert output == pytest.approx(published, abs=1e-6)


@pytest.mark.parametrize("reset_after", [False, True])
def test_saturated_gates_neither_overflow_nor_leak(reset_after):
    """With both gates forced open or shut by ±1000, the step copies h, or starts from x with h or without it."""

    def layer(*rows):
        return {"kernel": np.array(rows), "bias": np.array([0.1])}

    candidate = layer([2.0], [3.0])
    if reset_after:
        candidate = {"input_projection": layer([2.0]), "hidden_projection": layer([3.0])}
    x, h = np.array([[0.5]]), np.array([[0.3]])
    from_x = 0.5 * 2 + 0.1
    # What r shuts off after the product is the product's bias, too.
    from_h = 0.3 * 3 + (0.1 if reset_after else 0)
    for bias, expected in [
        ((0, 1000), 0.3),
        ((1000, -1000), np.tanh(from_x + from_h)),
        ((-1000, -1000), np.tanh(from_x)),
    ]:
        params = {"gates": {"kernel": np.zeros((2, 2)), "bias": np.array(bias, np.float64)}, "candidate": candidate}
        output, _, _ = GRUCell(1, reset_after=reset_after).forward(params, x, h)
        assert output == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(("num_units", "r_bias", "same"), [(4, 1000.0, True), (1, 0.0, True), (4, 0.0, False)])
def test_the_two_forms_are_one_where_the_order_cannot_matter(num_units, r_bias, same):
    """Where r is open, or W_h a single number, r ⊙ (h W_h) is (r ⊙ h) W_h; else the two cells are not the same."""
    before, after = Case(GRUCell(num_units), num_steps=1), GRUCell(num_units, reset_after=True)
    problem = before.draw(np.float64)
    gates, candidate = problem.params["gates"], problem.params["candidate"]
    gates["bias"][:num_units] = r_bias
    kernel_x, kernel_h = np.split(candidate["kernel"], [before.input_size])
    projections = {
        "input_projection": {"kernel": kernel_x, "bias": candidate["bias"]},
        "hidden_projection": {"kernel": kernel_h, "bias": np.zeros(num_units)},
    }
    x, state = problem.inputs[:, 0], problem.initial_state
    one, _, _ = before.cell.forward(problem.params, x, state)
    other, _, _ = after.forward({"gates": gates, "candidate": projections}, x, state)
    assert (np.abs(one - other).max() < 1e-14) == same
