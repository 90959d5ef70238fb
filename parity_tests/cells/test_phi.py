"""Every activation in the cells that take one, for the state and for the gates: Keras's layers and TF1's cells."""

import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cells import checks
from parity_tests.harness import Case, Results, assert_parity, run_dynamic
from scratch import BasicLSTMCell, BasicRNNCell, CoupledInputForgetGateLSTMCell, GRUCell, LSTMBlockCell, LSTMCell
from scratch.activations import NAMES
from tf_impl.keras_layers import keras, keras_rnn
from tf_impl.tensorflow import tf

WITH_NUMBERS = [("onnx_hard_sigmoid", 0.3), ("elu", 0.5), ("leaky_relu", 0.01), ("affine", 0.7, 0.1)]
WITH_NUMBERS += [("scaled_tanh", 1.7, 0.6), ("thresholded_relu", 0.1)]
LENGTHS = (4, 0, 6, 1, 3)
GATED = [
    BasicLSTMCell(4, activation="softsign", recurrent_activation="hard_sigmoid"),
    LSTMCell(4, activation="sigmoid", recurrent_activation="onnx_hard_sigmoid"),
    GRUCell(4, activation=("leaky_relu", 0.01), recurrent_activation="hard_sigmoid"),
    GRUCell(4, activation="elu", reset_after=True, recurrent_activation=("scaled_tanh", 0.9, 0.5)),
]
COUPLED = CoupledInputForgetGateLSTMCell(4, use_peepholes=True, recurrent_activation="hard_sigmoid", activation="selu")


@pytest.mark.parametrize("phi", [*NAMES, *WITH_NUMBERS], ids=str)
def test_each_agrees_with_keras_and_complex_steps(phi):
    cell = BasicRNNCell(4, activation=phi)
    problem = Case(cell, num_steps=2).draw(np.float64)
    assert_parity(run_dynamic(scratch, Case(cell), problem), Results(*keras_rnn(cell, *problem[:5])))
    checks.check_against_complex_steps(Case(cell, num_steps=1))


@pytest.mark.parametrize("case", [Case(cell, LENGTHS) for cell in GATED], ids=str)
def test_gates_agree_with_keras(case):
    problem = case.draw(np.float64)
    expected = Results(*keras_rnn(case.cell, *problem[:5], sequence_length=LENGTHS))
    assert_parity(run_dynamic(scratch, case, problem), expected)


@pytest.mark.parametrize("cell", [*GATED, COUPLED, LSTMCell(4, True, 0.4, 2, recurrent_activation="softsign")], ids=str)
def test_gates_agree_with_complex_steps(cell):
    checks.check_against_complex_steps(Case(cell, num_steps=1))
    single = Case(cell).draw(np.float32)
    outputs, _, _ = scratch.dynamic_rnn(cell, single.params, single.inputs)
    assert outputs.dtype == np.float32


def test_the_coupled_cell_agrees_with_tensorflow():
    case = Case(COUPLED, LENGTHS)
    problem = case.draw(np.float64)
    assert_parity(run_dynamic(scratch, case, problem), run_dynamic(tf_impl, case, problem))


def test_the_two_hard_sigmoids():
    """Keras 3's rises by 1/6; that of ONNX, and of Keras 2, by 1/5."""
    z = np.linspace(-4, 4, 101)
    three, two = scratch.activations.ACTIVATIONS["hard_sigmoid"], scratch.activations.ACTIVATIONS["onnx_hard_sigmoid"]
    np.testing.assert_allclose(three.value(z), keras.activations.hard_sigmoid(z), rtol=1e-12, atol=1e-15)
    keras_2 = tf.keras.activations.hard_sigmoid(tf.constant(z)).numpy()
    np.testing.assert_allclose(two.value(z), keras_2, rtol=1e-12, atol=1e-15)
    assert np.abs(three.value(z) - two.value(z)).max() > 0.08


def test_an_engine_that_has_them_not_says_so():
    for cell, words in [
        (BasicRNNCell(4, activation="elu"), "'tanh' and 'relu' for activation, but not 'elu'; engine 'numpy' has them"),
        (GATED[0], "'tanh' and 'relu' for activation, but not 'softsign'"),
        (GRUCell(4, recurrent_activation="hard_sigmoid"), "'sigmoid' for recurrent_activation, but not 'hard_sigmoid'"),
        (scratch.MultiRNNCell([BasicLSTMCell(4), BasicRNNCell(4, activation=("elu", 0.5))]), "not \\('elu', 0.5\\)"),
    ]:
        problem = Case(cell).draw(np.float64)
        with pytest.raises(ValueError, match=f"engine 'numba' has .*{words}"):
            scratch.dynamic_rnn(cell, problem.params, problem.inputs, engine="numba")
    with pytest.raises(TypeError, match="TF1's gates are sigmoid, but recurrent_activation is 'hard_sigmoid'"):
        tf_impl.genuine(GATED[0], np.float64)


def test_what_an_activation_is():
    assert BasicRNNCell(4, activation=("elu", 1)).activation == ("elu", 1.0)
    assert BasicRNNCell(4, activation=["elu"]).activation == "elu"
    assert hash(BasicRNNCell(4, activation=["leaky_relu", 0])) == hash(BasicRNNCell(4, activation=("leaky_relu", 0.0)))
    for wrong, words in [
        ("silu", "activation must be one of 'tanh', 'relu', .* but is 'silu'"),
        (np.tanh, "activation must be one of 'tanh', 'relu'"),
        ((), "activation must be a name, or a name and numbers"),
        (("tanh", 1.0), "activation\\[0\\] must be one of 'onnx_hard_sigmoid', .* but is 'tanh'"),
        (("elu", 1.0, 2.0), "activation must have 1 numbers after 'elu'"),
        (("elu", -1.0), "activation\\[1\\] must be at least 0.0, but is -1.0"),
        (("scaled_tanh", 0.0), "activation\\[1\\] must be greater than 0.0"),
        (("affine", np.nan), "activation\\[1\\] must be finite"),
        (("affine", "1"), "activation\\[1\\] must be a number"),
    ]:
        with pytest.raises((TypeError, ValueError), match=words):
            BasicRNNCell(4, activation=wrong)
    with pytest.raises(ValueError, match="recurrent_activation is no option of LSTMBlockCell"):
        LSTMBlockCell(4, recurrent_activation="hard_sigmoid")
