"""``Bidirectional``, ``StackedRNNCells``, layers without biases, and gradients that go to Keras and back."""

import numpy as np
import pytest

from parity_tests.conversions.networks import B, D, H, T, draw, run
from parity_tests.harness import assert_parity
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    GRUCell,
    LSTMCell,
    MultiRNNCell,
    from_keras,
    gradients_from_keras,
    to_keras,
)
from scratch.conversions import gradients_to_keras
from scratch.tree import map_tree
from tf_impl.keras_layers import LAYERS, keras, keras_state, tf

RNN, LSTM, GRU, AFTER = BasicRNNCell(H), BasicLSTMCell(H), GRUCell(H), GRUCell(H, reset_after=True)
PAIRS = [(RNN, RNN), (LSTM, LSTMCell(H, forget_bias=0.5)), (GRU, GRU), (AFTER, AFTER)]
# The layers of a pair read their own direction alone.
STACKS = [
    MultiRNNCell([BasicLSTMCell(5), AFTER, BasicRNNCell(2, use_bias=False)]),
    (MultiRNNCell([LSTM, GRUCell(5)]),) * 2,
]


def layer_of(cell, **options):
    kind = LAYERS[type(cell)][0]
    options |= {"reset_after": cell.reset_after} if kind is keras.layers.GRU else {}
    return kind(H, activation=cell.activation, return_sequences=True, dtype="float64", **options)


def stacked_cells(cell):
    """Return Keras's cell of these layers."""
    cells = []
    for one in cell.cells:
        kind = getattr(keras.layers, LAYERS[type(one)][0].__name__ + "Cell")
        options = {"reset_after": one.reset_after} if isinstance(one, GRUCell) else {}
        cells.append(kind(one.num_units, use_bias=one.use_bias, dtype="float64", **options))
    return keras.layers.StackedRNNCells(cells, dtype="float64")


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


@pytest.mark.parametrize("cell", STACKS, ids=str)
def test_layers_are_stacked_cells(cell):
    params, inputs, state, d_outputs, d_state = draw(cell)
    layer = keras.layers.RNN(
        stacked_cells(cell[0] if isinstance(cell, tuple) else cell), return_sequences=True, dtype="float64"
    )
    layer = keras.layers.Bidirectional(layer, dtype="float64") if isinstance(cell, tuple) else layer
    weights = to_keras(cell, params)
    outputs, d_weights = outputs_and_gradients(layer, weights, inputs, d_outputs)
    zeros = map_tree(np.zeros_like, (state, d_state))
    actual = run(cell, (params, inputs, zeros[0], d_outputs, zeros[1]))
    assert_parity(actual.outputs, outputs)
    assert_parity(actual.d_params, gradients_from_keras(cell, d_weights))
    assert_parity(as_tree(gradients_to_keras(cell, actual.d_params)), as_tree(d_weights))
    assert_parity(from_keras(cell, weights), params)


def test_refusals_of_layers():
    cell = MultiRNNCell([BasicLSTMCell(5), LSTM])
    weights = to_keras(cell, draw(cell)[0])
    with pytest.raises(ValueError, match="weights/kernel must have shape \\[5, 16\\], but has \\[3, 16\\]"):
        from_keras(cell, weights[:3] + to_keras(LSTM, draw(LSTM)[0]))
    with pytest.raises(ValueError, match="params/cell_1/kernel must have shape \\[9, 16\\], but has \\[7, 16\\]"):
        to_keras(cell, draw(cell)[0] | {"cell_1": draw(LSTM)[0]})
    with pytest.raises(ValueError, match="cell must be one layer or a pair of MultiRNNCell, but is a pair of lists"):
        from_keras(([LSTM, LSTM], [LSTM, LSTM]), weights * 2)


def test_refusals():
    cell = (LSTM, LSTM)
    with pytest.raises(TypeError, match="weights must be a list of kernel, .*, bias, kernel, .* but is list of 3"):
        from_keras(cell, to_keras(LSTM, draw(LSTM)[0]))
    with pytest.raises(ValueError, match="params must have 'fw', 'bw', but has 'kernel', 'bias'"):
        to_keras(cell, draw(LSTM)[0])
    with pytest.raises(ValueError, match="params/bw/bias must have shape \\[16\\], but has \\[3\\]"):
        to_keras(cell, {"fw": draw(LSTM)[0], "bw": {**draw(LSTM)[0], "bias": np.ones(3)}})
