import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import COUPLED_LSTM_CELLS, one_step
from parity_tests.cells import checks
from parity_tests.harness import Case, Results, assert_parity, run_dynamic
from scratch import CoupledInputForgetGateLSTMCell, LSTMCell, LSTMState
from scratch.tree import named_leaves
from tf_impl.tensorflow import tf, v1


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", one_step(COUPLED_LSTM_CELLS), ids=str)
def test_step_agrees_with_tensorflow(case, dtype):
    checks.check_against_tensorflow(case, dtype)


@pytest.mark.parametrize("case", one_step(COUPLED_LSTM_CELLS), ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


@pytest.mark.parametrize("case", [Case(cell, (4, 0, 6, 1, 3)) for cell in COUPLED_LSTM_CELLS], ids=str)
def test_an_uncoupled_lstm_with_opposite_weights_is_the_same(case):
    """σ(−z) = 1 − σ(z): with the weights of f, negated, for i, TensorFlow's own ``LSTMCell`` is a coupled one."""
    cell, problem = case.cell, case.draw(np.float64)
    options = {name: getattr(cell, name) for name in ("use_peepholes", "num_proj", "proj_clip", "forget_bias")}
    z_j, z_f, z_o = np.split(problem.params["W_0"], 3, axis=1)
    b_j, b_f, b_o = np.split(problem.params["B"], 3)
    # The forget bias is added to f at run time, so it is taken off i here, and once more for it to be −z.
    weights = {"kernel": np.concatenate([-z_f, z_j, z_f, z_o], axis=1)}
    weights["bias"] = np.concatenate([-b_f - cell.forget_bias, b_j, b_f, b_o])
    if cell.use_peepholes:
        w_f, w_o = problem.params["W_F_diag"], problem.params["W_O_diag"]
        weights |= {"w_f_diag": w_f, "w_i_diag": -w_f, "w_o_diag": w_o}
    if cell.num_proj:
        weights["projection"] = {"kernel": problem.params["W_P_0"]}
    uncoupled = Case(LSTMCell(cell.num_units, activation=cell.activation, **options), case.sequence_length)
    witness = run_dynamic(tf_impl, uncoupled, problem._replace(params=weights))

    def coupled(d):
        d_i, d_j, d_f, d_o = np.split(d, 4, axis=-1)
        return np.concatenate([d_j, d_f - d_i, d_o], axis=-1)

    d = witness.d_params
    d_params = {"W_0": coupled(d["kernel"]), "B": coupled(d["bias"])}
    if cell.use_peepholes:
        d_params |= {"W_F_diag": d["w_f_diag"] - d["w_i_diag"], "W_O_diag": d["w_o_diag"]}
    if cell.num_proj:
        d_params["W_P_0"] = d["projection"]["kernel"]
    assert_parity(run_dynamic(scratch, case, problem), Results(*witness[:4], d_params))


def test_published_constants():
    """The numbers of ``testCoupledInputForgetGateLSTMCell`` in TensorFlow 1.15's ``rnn_cell_test.py``."""
    cell = CoupledInputForgetGateLSTMCell(2)
    params = {"W_0": np.full((6, 6), 0.5), "B": np.zeros(6)}
    x = np.repeat([[1.0], [2.0], [3.0]], 4, axis=1)
    output, state, _ = cell.forward(params, x, LSTMState(np.full((3, 2), 0.1), np.full((3, 2), 0.1)))
    for column in (0, 1):
        np.testing.assert_allclose(output[:, column], [0.121753, 0.103349, 0.100178], rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(state.c[:, column], [0.137523, 0.105450, 0.100742], rtol=1e-6, atol=1e-6)
    assert (state.h == output).all()


def test_the_gradient_flows_up_to_and_at_the_bounds_of_the_clipping():
    """A projection of exactly ±proj_clip is not clipped: its weight still learns, in TensorFlow and here."""
    cell = CoupledInputForgetGateLSTMCell(1, proj_clip=0.5, num_proj=5, activation="relu")
    # f = 0, i = 1, o = 1 and j = 0.5, all exactly, so m = 0.5.
    params = {"W_0": np.zeros((6, 3)), "B": np.array([0.5, -1000, 1000])}
    params["W_P_0"] = np.array([[1.0, -1.0, 2.0, -2.0, 0.5]])
    x, state, d_output = np.zeros((1, 1)), cell.zero_state(1, np.float64), np.ones((1, 5))
    output, _, cache = cell.forward(params, x, state)
    assert output.tolist() == [[0.5, -0.5, 0.5, -0.5, 0.25]]
    actual = cell.backward(params, cache, d_output, state)
    assert actual[2]["W_P_0"].tolist() == [[0.5, 0.5, 0, 0, 0.5]]
    *_, tape = tf_impl.forward(cell, params, x, state)
    assert_parity(actual, tf_impl.backward(tape, d_output, state), limit=0)


def test_refusals():
    for options, words in [
        ({"num_units": 0}, "num_units must be at least 1, but is 0"),
        ({"use_peepholes": 1.5}, "use_peepholes must be one of False, True, but is 1.5"),
        ({"num_proj": 0}, "num_proj must be at least 1, but is 0"),
        ({"num_proj": 2, "proj_clip": 0.0}, "proj_clip must be greater than 0, but is 0.0"),
        ({"proj_clip": 0.5}, "proj_clip clips the projection, so it needs num_proj, which is None"),
        ({"forget_bias": float("inf")}, "forget_bias must be finite, but is inf"),
        ({"activation": "gelu"}, "activation must be one of 'tanh', 'relu', .*, but is 'gelu'"),
    ]:
        with pytest.raises(ValueError, match=words):
            CoupledInputForgetGateLSTMCell(**({"num_units": 4} | options))
    with pytest.raises(TypeError, match="layer_norm"):
        CoupledInputForgetGateLSTMCell(4, layer_norm=True)
    cell, x = CoupledInputForgetGateLSTMCell(4, use_peepholes=True, num_proj=2), np.ones((5, 3))
    params, state = cell.init_params(np.random.default_rng(0), 3, np.float64), cell.zero_state(5, np.float64)
    with pytest.raises(TypeError, match="x must be a NumPy array of shape \\[B, D\\], but is list"):
        cell.forward(params, x.tolist(), state)
    with pytest.raises(ValueError, match="params/W_0 must have shape \\[4, 12\\], but has \\[5, 12\\]"):
        cell.forward(params, x[:, :2], state)
    with pytest.raises(ValueError, match="params has no 'W_O_diag'"):
        cell.forward({name: array for name, array in params.items() if name != "W_O_diag"}, x, state)
    with pytest.raises(ValueError, match="state.h must have shape \\[5, 2\\], but has \\[5, 4\\]"):
        cell.forward(params, x, LSTMState(state.c, state.c))
    output, new_state, cache = cell.forward(params, x, state)
    with pytest.raises(ValueError, match="d_output must have shape \\[5, 2\\], but has \\[5, 4\\]"):
        cell.backward(params, cache, state.c, new_state)
    with pytest.raises(TypeError, match="d_new_state must be LSTMState\\(c, h\\), but is ndarray"):
        cell.backward(params, cache, output, output)


def test_a_new_cell_starts_as_in_tensorflow():
    cell = CoupledInputForgetGateLSTMCell(4, use_peepholes=True, num_proj=2)
    assert cell.forget_bias == 1.0
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    shapes = {name: leaf.shape for name, leaf in named_leaves(params)}
    assert shapes == {"W_0": (5, 12), "B": (12,), "W_F_diag": (4,), "W_O_diag": (4,), "W_P_0": (4, 2)}
    assert (params["B"] == 0).all()
    for name, limit in {"W_0": 6 / (5 + 12), "W_F_diag": 6 / (4 + 4), "W_P_0": 6 / (4 + 2)}.items():
        assert params[name].any()
        assert np.abs(params[name]).max() <= np.sqrt(limit)
    with tf.Graph().as_default():
        tf_cell = tf_impl.genuine(cell, np.float32)
        v1.nn.dynamic_rnn(tf_cell, tf.zeros([5, 6, 3]), dtype=tf.float32)
        names = {variable.op.name for variable in tf_cell.trainable_variables}
    assert names == {f"rnn/coupled_input_forget_gate_lstm_cell/{name}" for name in shapes}
