from dataclasses import replace

import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import BLOCK_CELLS
from parity_tests.harness import Case, Results, assert_parity, run_dynamic
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMBlockCell, LSTMCell
from scratch.conversions import (
    gru_from_keras,
    gru_to_keras,
    lstm_from_block_v2,
    lstm_from_keras,
    lstm_to_block_v2,
    lstm_to_keras,
    rnn_from_keras,
    rnn_to_keras,
)
from scratch.tree import map_tree
from tf_impl.cells.full_lstm import kernel_arguments
from tf_impl.keras_layers import LAYERS, keras, keras_rnn
from tf_impl.tensorflow import tf

CELLS = [
    BasicRNNCell(4),
    BasicRNNCell(4, activation="relu"),
    BasicLSTMCell(4),
    BasicLSTMCell(4, forget_bias=0.0),
    BasicLSTMCell(4, activation="relu"),
    LSTMCell(4),
    LSTMCell(4, forget_bias=0.5, activation="relu"),
    GRUCell(4),
    GRUCell(4, activation="relu"),
    GRUCell(4, reset_after=True),
    GRUCell(4, activation="relu", reset_after=True),
    BasicRNNCell(4, use_bias=False),
    BasicLSTMCell(4, forget_bias=0.0, use_bias=False),
    GRUCell(4, use_bias=False),
    GRUCell(4, reset_after=True, use_bias=False),
]
# The last with a row of length 0, of which Keras makes what TF1 makes: outputs 0, the initial state handed on.
LENGTHS = [None, (4, 1, 6, 2, 3), (4, 0, 6, 1, 3)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_converted_cell_is_the_keras_layer(cell, lengths, dtype):
    case = Case(cell, lengths)
    problem = case.draw(dtype)
    expected = Results(*keras_rnn(cell, *problem[:5], sequence_length=lengths))
    assert_parity(run_dynamic(scratch, case, problem), expected)


@pytest.mark.parametrize("reset_after", [False, True])
def test_a_keras_layer_is_the_converted_gru(reset_after):
    """The way back, from weights of which none is 0: with ``reset_after``, both biases of a gate count."""
    cell = GRUCell(4, reset_after=reset_after)
    problem = Case(cell).draw(np.float64)
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(array.shape) for array in gru_to_keras(cell, problem.params)]
    layer = keras.layers.GRU(4, reset_after=reset_after, return_sequences=True, dtype="float64")
    layer.build(problem.inputs.shape)
    for variable, array in zip(layer.trainable_variables, weights, strict=True):
        variable.assign(array)
    outputs, _, _ = scratch.dynamic_rnn(cell, gru_from_keras(cell, weights), problem.inputs)
    assert_parity(outputs, layer(problem.inputs).numpy())


def test_a_new_keras_lstm_has_the_forget_bias_in_its_bias():
    layer = keras.layers.LSTM(4, dtype="float64")
    layer.build((5, 6, 3))
    weights = [variable.value.numpy() for variable in layer.trainable_variables]
    assert (lstm_from_keras(BasicLSTMCell(4), weights)["bias"] == 0).all()
    bias = lstm_from_keras(BasicLSTMCell(4, forget_bias=0.0), weights)["bias"]
    assert bias.tolist() == [0] * 8 + [1] * 4 + [0] * 4


def test_keras_repeats_the_last_output_past_the_end_and_0_where_there_is_none():
    """As a Keras layer does it unless told otherwise; ``keras_rnn`` tells it to put 0 there, as TF1 does."""
    cell, lengths = GRUCell(4), np.array([4, 0, 6, 1, 3])
    problem = Case(cell, tuple(lengths)).draw(np.float64)
    layer = keras.layers.GRU(4, reset_after=False, return_sequences=True, return_state=True, dtype="float64")
    layer.build(problem.inputs.shape)
    for variable, array in zip(layer.trainable_variables, gru_to_keras(cell, problem.params), strict=True):
        variable.assign(array)
    live = np.arange(6) < lengths[:, None]
    actual, state = layer(problem.inputs, initial_state=problem.initial_state, mask=live)
    outputs, final_state, _ = scratch.dynamic_rnn(cell, problem.params, problem.inputs, lengths, problem.initial_state)
    assert_parity(state.numpy(), final_state)
    # Repeated is the output, not the state: of the row of length 0 that is not the initial state but nothing.
    last = np.where(lengths[:, None] > 0, final_state, 0)
    assert_parity(actual.numpy(), np.where(live[..., None], outputs, last[:, None]))


FUSED_CELLS = [LSTMBlockCell(4, forget_bias=0.0), *BLOCK_CELLS]


@pytest.mark.parametrize("cell", FUSED_CELLS, ids=str)
def test_the_first_block_lstm_has_the_layout_of_tf1(cell):
    case = Case(cell)
    problem = case.draw(np.float32)
    expected = Results(*tf_impl.block_lstm(cell, *problem[:5]))
    assert_parity(run_dynamic(scratch, case, problem), expected)
    # Without peepholes and clipping the parameters are BasicLSTMCell's too.
    if cell in (LSTMBlockCell(4), LSTMBlockCell(4, forget_bias=0.0)):
        basic = Case(BasicLSTMCell(4, forget_bias=cell.forget_bias))
        assert_parity(run_dynamic(scratch, basic, problem), expected)


@pytest.mark.parametrize("cell", FUSED_CELLS, ids=str)
def test_a_converted_cell_is_block_lstm_v2(cell):
    case = Case(cell)
    problem = case.draw(np.float32)
    weights = lstm_to_block_v2(cell, problem.params)
    expected = Results(*tf_impl.block_lstm_v2(cell, weights, *problem[1:5]))
    # The forget bias is a constant, and so no part of a gradient.
    d_params = lstm_from_block_v2(replace(cell, forget_bias=0.0), expected.d_params)
    assert_parity(run_dynamic(scratch, case, problem), expected._replace(d_params=d_params))


def test_the_gradient_that_tensorflow_registers_for_block_lstm_v2_is_that_of_the_first_version():
    """It reads f for j and j for f; where a later TensorFlow has it right, ``block_lstm_v2`` can be simpler."""
    cell = LSTMBlockCell(4)
    problem = Case(cell).draw(np.float32)
    weights = lstm_to_block_v2(cell, problem.params)
    x = tf.constant(problem.inputs.swapaxes(0, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        state = {"cs_prev": problem.initial_state.c, "h_prev": problem.initial_state.h}
        length = tf.constant(problem.inputs.shape[1], tf.int64)
        h = tf.raw_ops.BlockLSTMV2(seq_len_max=length, x=x, **state, **kernel_arguments(cell, weights)).h
    registered = tape.gradient(h, x, problem.d_outputs.swapaxes(0, 1)).numpy().swapaxes(0, 1)
    d_final_state = map_tree(np.zeros_like, problem.d_final_state)
    _, _, d_inputs, _, _ = tf_impl.block_lstm_v2(cell, weights, *problem[1:4], d_final_state)
    with pytest.raises(AssertionError, match="DIFFERS"):
        assert_parity(registered, d_inputs)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("cell", [*CELLS, *FUSED_CELLS], ids=str)
def test_there_and_back_is_where_it_began(cell, dtype):
    there, back = conversions_of(cell)
    params = Case(cell).draw(dtype).params
    weights = there(cell, params)
    # Only where a forget bias was added and subtracted is there anything to round.
    limit = None if getattr(cell, "forget_bias", 0) else 0
    assert_parity(back(cell, weights), params, limit)
    assert_parity(as_tree(there(cell, back(cell, weights))), as_tree(weights), limit)


@pytest.mark.parametrize("cell", [*CELLS, *FUSED_CELLS], ids=str)
def test_results_share_no_memory_with_arguments(cell):
    there, back = conversions_of(cell)
    params = Case(cell).draw(np.float64).params
    for convert, argument in ((there, params), (back, there(cell, params))):
        before = map_tree(np.copy, as_tree(argument))
        map_tree(lambda array: array.fill(np.nan), as_tree(convert(cell, argument)))
        assert_parity(as_tree(argument), before, limit=0)


@pytest.mark.parametrize("cell", [LSTMCell(4, forget_bias=0.5), LSTMBlockCell(4, forget_bias=0.5)], ids=str)
def test_every_cell_that_is_a_basic_lstm_is_converted_as_one(cell):
    basic = BasicLSTMCell(4, forget_bias=0.5)
    params = Case(basic).draw(np.float64).params
    for there, back in ((lstm_to_keras, lstm_from_keras), (lstm_to_block_v2, lstm_from_block_v2)):
        weights = there(basic, params)
        assert_parity(as_tree(there(cell, params)), as_tree(weights), limit=0)
        assert_parity(back(cell, weights), back(basic, weights), limit=0)


def conversions_of(cell):
    """Return the pair of functions for the cell: that of its Keras layer, or else that of the fused kernel."""
    return LAYERS[type(cell)][1:] if type(cell) in LAYERS else (lstm_to_block_v2, lstm_from_block_v2)


def as_tree(weights):
    return tuple(weights) if isinstance(weights, list) else weights


def test_refusals():
    cell, gru = BasicLSTMCell(4), GRUCell(4, reset_after=True)
    params = cell.init_params(np.random.default_rng(0), 3)
    weights = lstm_to_keras(cell, params)
    with pytest.raises(TypeError, match="cell must be a GRUCell, but is BasicLSTMCell"):
        gru_to_keras(cell, params)
    with pytest.raises(TypeError, match="cell must be a BasicRNNCell, but is GRUCell"):
        rnn_from_keras(gru, weights)
    with pytest.raises(TypeError, match="cell must be a BasicLSTMCell or LSTMCell, but is str"):
        lstm_to_block_v2("LSTM", params)
    with pytest.raises(TypeError, match="cell must be a BasicLSTMCell or LSTMCell, but is GRUCell"):
        lstm_from_keras(gru, weights)
    for convert in (lstm_to_block_v2, lstm_from_block_v2, lstm_to_keras, lstm_from_keras):
        with pytest.raises(ValueError, match="cell must have num_proj=None to be converted, but has num_proj=2"):
            convert(LSTMCell(4, num_proj=2), params)
    for convert in (lstm_to_keras, lstm_from_keras):
        with pytest.raises(ValueError, match="cell must have use_peepholes=False to be converted, but has use_pee"):
            convert(LSTMCell(4, use_peepholes=True), params)
        with pytest.raises(ValueError, match=r"cell must have cell_clip=None to be converted, but has cell_clip=3\.0"):
            convert(LSTMBlockCell(4, cell_clip=3.0), params)
    for convert in (lstm_to_block_v2, lstm_from_block_v2):
        with pytest.raises(ValueError, match="cell must have activation='tanh' to be converted, but has activation='r"):
            convert(BasicLSTMCell(4, activation="relu"), params)
    with pytest.raises(TypeError, match="params must be a dict with 'kernel', 'bias', but is list"):
        lstm_to_keras(cell, weights)
    with pytest.raises(ValueError, match="params has no 'bias'"):
        rnn_to_keras(BasicRNNCell(4), {"kernel": np.ones((7, 4))})
    with pytest.raises(ValueError, match="params/kernel must have shape \\[5, 16\\], but has \\[4, 16\\]"):
        lstm_to_keras(cell, {"kernel": np.ones((4, 16)), "bias": np.ones(16)})
    candidate = {"kernel": np.ones((7, 4)), "bias": np.ones(4)}
    with pytest.raises(ValueError, match="params/gates/bias must have shape \\[8\\], but has \\[4\\]"):
        gru_to_keras(GRUCell(4), {"gates": {"kernel": np.ones((7, 8)), "bias": np.ones(4)}, "candidate": candidate})
    with pytest.raises(TypeError, match="params/bias is float64, but the inputs are float32"):
        lstm_to_keras(cell, {**params, "bias": np.ones(16)})
    with pytest.raises(TypeError, match="params/kernel must be a NumPy array of shape \\[5, 16\\], but is list"):
        lstm_to_keras(cell, {"kernel": [[1.0]], "bias": np.ones(16)})
    with pytest.raises(ValueError, match="weights/kernel must have shape \\[7, 16\\], but has \\[7, 12\\]"):
        lstm_from_block_v2(cell, {"kernel": np.ones((7, 12)), "bias": np.ones(16)})
    with pytest.raises(
        TypeError, match="weights must be a list of kernel, recurrent_kernel, bias, .* but is list of 1"
    ):
        lstm_from_keras(cell, weights[:1])
    with pytest.raises(TypeError, match="weights must be a list of kernel, recurrent_kernel, bias, .* but is dict$"):
        lstm_from_keras(cell, params)
    with pytest.raises(ValueError, match="weights/kernel must have shape \\[D, 16\\], but has \\[3, 12\\]"):
        lstm_from_keras(cell, [np.ones((3, 12)), *weights[1:]])
    with pytest.raises(ValueError, match="weights/recurrent_kernel must have shape \\[4, 16\\], but has \\[3, 16\\]"):
        lstm_from_keras(cell, [weights[0], weights[0], weights[2]])
    with pytest.raises(TypeError, match="weights/bias is float64, but the inputs are float32"):
        lstm_from_keras(cell, [*weights[:2], weights[2].astype(np.float64)])
    # A layer with the other ``reset_after`` has another bias, and computes something else.
    with pytest.raises(ValueError, match="weights/bias must have shape \\[2, 12\\], but has \\[12\\]"):
        gru_from_keras(gru, [np.ones((3, 12)), np.ones((4, 12)), np.ones(12)])
    with pytest.raises(TypeError, match="Keras has no layer for LSTMBlockCell"):
        keras_rnn(LSTMBlockCell(4), params, *[None] * 4)
