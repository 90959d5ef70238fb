"""Both directions in one ``Bidirectional``, layers without biases, and gradients that go to Keras and back."""

import numpy as np
import pytest

from parity_tests.conversions.networks import B, D, H, T, draw, run
from parity_tests.harness import assert_parity
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMCell, from_keras, gradients_from_keras, to_keras
from scratch.conversions import gradients_to_keras
from scratch.tree import map_tree
from tf_impl.keras_layers import LAYERS, keras, keras_state, tf

RNN, LSTM, GRU, AFTER = BasicRNNCell(H), BasicLSTMCell(H), GRUCell(H), GRUCell(H, reset_after=True)
PAIRS = [(RNN, RNN), (LSTM, LSTMCell(H, forget_bias=0.5)), (GRU, GRU), (AFTER, AFTER)]


def layer_of(cell, **options):
    kind = LAYERS[type(cell)][0]
    options |= {"reset_after": cell.reset_after} if kind is keras.layers.GRU else {}
    return kind(H, activation=cell.activation, return_sequences=True, dtype="float64", **options)


def outputs_and_gradients(layer, weights, inputs, d_outputs, state=None):
    """Return the outputs of a layer that is given these weights, and the gradients of the weights."""
    layer.build(inputs.shape)
    layer.set_weights([array.copy() for array in weights])
    with tf.GradientTape() as tape:
        outputs = layer(tf.constant(inputs), initial_state=state)
    variables = [variable.value for variable in layer.trainable_variables]
    return outputs.numpy(), [d.numpy() for d in tape.gradient(outputs, variables, tf.constant(d_outputs))]


def as_tree(arrays):
    return dict(zip(map(str, range(len(arrays))), arrays, strict=True))


@pytest.mark.parametrize("cell", PAIRS, ids=str)
def test_a_pair_is_a_bidirectional_layer(cell):
    params, inputs, state, d_outputs, d_state = draw(cell)
    layer = keras.layers.Bidirectional(layer_of(cell[0]), dtype="float64")
    start = [tensor for part in state for tensor in keras_state(part)]
    weights = to_keras(cell, params)
    outputs, d_weights = outputs_and_gradients(layer, weights, inputs, d_outputs, start)
    zeros = map_tree(np.zeros_like, d_state)
    actual = run(cell, (params, inputs, state, d_outputs, zeros))
    assert_parity(actual.outputs, outputs)
    assert_parity(actual.d_params, gradients_from_keras(cell, d_weights))
    assert_parity(as_tree(gradients_to_keras(cell, actual.d_params)), as_tree(d_weights))
    assert_parity(from_keras(cell, weights), params)
    assert (outputs.shape, len(weights)) == ((B, T, 2 * H), 6)


@pytest.mark.parametrize("cell", [RNN, BasicLSTMCell(H, forget_bias=0.0), GRU, AFTER], ids=str)
def test_a_layer_without_biases(cell):
    _, inputs, state, d_outputs, d_state = draw(cell)
    layer = layer_of(cell, use_bias=False)
    layer.build((B, T, D))
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(array.shape) for array in layer.get_weights()]
    assert len(weights) == 2
    outputs, d_weights = outputs_and_gradients(layer, weights, inputs, d_outputs, keras_state(state))
    zeros = map_tree(np.zeros_like, d_state)
    actual = run(cell, (from_keras(cell, weights), inputs, state, d_outputs, zeros))
    assert_parity(actual.outputs, outputs)
    assert_parity(as_tree(gradients_to_keras(cell, actual.d_params)[:2]), as_tree(d_weights))


def test_refusals():
    cell = (LSTM, LSTM)
    with pytest.raises(TypeError, match="weights must be a list of kernel, .*, bias, kernel, .* but is list of 3"):
        from_keras(cell, to_keras(LSTM, draw(LSTM)[0]))
    with pytest.raises(ValueError, match="params must have 'fw', 'bw', but has 'kernel', 'bias'"):
        to_keras(cell, draw(LSTM)[0])
    with pytest.raises(ValueError, match="params/bw/bias must have shape \\[16\\], but has \\[3\\]"):
        to_keras(cell, {"fw": draw(LSTM)[0], "bw": {**draw(LSTM)[0], "bias": np.ones(3)}})
