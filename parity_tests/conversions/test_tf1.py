"""Checkpoints' names against the variables that TensorFlow makes for the same cells."""

import numpy as np
import pytest

import scratch
from parity_tests.conversions.networks import B, D, H, T, draw
from parity_tests.harness import assert_parity
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMCell, MultiRNNCell
from scratch.conversions import from_tf1, to_tf1
from scratch.tree import map_tree
from tf_impl.tensorflow import tf

rnn_cell = tf.compat.v1.nn.rnn_cell

LSTM, GRU, RNN = BasicLSTMCell(H), GRUCell(5), BasicRNNCell(H)
FULL = LSTMCell(H, use_peepholes=True, num_proj=2)
CASES = {
    "cell": LSTM,
    "peepholes": FULL,
    "layers": MultiRNNCell([LSTM, GRU, FULL]),
    "wrapped": MultiRNNCell([scratch.DropoutWrapper(LSTM, output_keep_prob=0.5), scratch.ResidualWrapper(LSTM)]),
    "both": (LSTM, GRU),
    "both_of_layers": (MultiRNNCell([LSTM, FULL]), MultiRNNCell([GRU, LSTM])),
    "after": GRUCell(H, reset_after=True),
    "coupled": scratch.CoupledInputForgetGateLSTMCell(H, use_peepholes=True),
    "layers_of_both": ([LSTM, RNN], [GRU, RNN]),
}
MADE_BY_TENSORFLOW = ("cell", "peepholes", "layers", "wrapped", "both", "both_of_layers")


def cell_of_tensorflow(cell):
    if isinstance(cell, MultiRNNCell):
        return rnn_cell.MultiRNNCell([cell_of_tensorflow(part) for part in cell.cells])
    if isinstance(cell, scratch.DropoutWrapper):
        return rnn_cell.DropoutWrapper(cell_of_tensorflow(cell.cell), output_keep_prob=0.5)
    if isinstance(cell, scratch.ResidualWrapper):
        return rnn_cell.ResidualWrapper(cell_of_tensorflow(cell.cell))
    options = {"use_peepholes": True, "num_proj": cell.num_proj} if isinstance(cell, LSTMCell) else {}
    return getattr(rnn_cell, type(cell).__name__)(cell.num_units, **options)


@pytest.mark.parametrize("name", MADE_BY_TENSORFLOW)
def test_names_and_shapes_are_tensorflows(name):
    cell = CASES[name]
    with tf.Graph().as_default():
        inputs = tf.zeros([B, T, D])
        if isinstance(cell, tuple):
            tf.compat.v1.nn.bidirectional_dynamic_rnn(*map(cell_of_tensorflow, cell), inputs, dtype=tf.float32)
        else:
            tf.compat.v1.nn.dynamic_rnn(cell_of_tensorflow(cell), inputs, dtype=tf.float32)
        made = {v.op.name: tuple(v.shape) for v in tf.compat.v1.global_variables()}
    variables = to_tf1(cell, draw(cell, np.float32)[0])
    assert {name: array.shape for name, array in variables.items()} == made


@pytest.mark.parametrize("name", CASES)
def test_there_and_back_is_bit_equal(name):
    cell = CASES[name]
    params = draw(cell)[0]
    variables = to_tf1(cell, params)
    assert_parity(from_tf1(cell, variables), params, limit=0)
    more = {f"model/{name}": array for name, array in variables.items()} | {"other/dense/kernel": np.ones((2, 2))}
    assert_parity(from_tf1(cell, more, "model"), params, limit=0)
    map_tree(lambda array: array.fill(np.nan), from_tf1(cell, variables))
    assert_parity(to_tf1(cell, params), variables, limit=0)


def test_names_of_the_first_versions():
    cell = CASES["layers"].cells[0]
    params = draw(cell)[0]
    renamed = {"rnn/basic_lstm_cell/weights": params["kernel"], "rnn/basic_lstm_cell/biases": params["bias"]}
    assert_parity(from_tf1(cell, renamed), params, limit=0)


def test_refusals():
    variables = to_tf1(LSTM, draw(LSTM)[0])
    with pytest.raises(ValueError, match="variables has no 'bias', which cell has"):
        from_tf1(LSTM, {name: array for name, array in variables.items() if "bias" not in name})
    with pytest.raises(ValueError, match="variables has 2 names for 'kernel'"):
        from_tf1(LSTM, variables | {"other/kernel": np.ones((7, 16))})
    with pytest.raises(ValueError, match="variables/bias must have shape \\[16\\], but has \\[4\\]"):
        from_tf1(LSTM, variables | {"rnn/basic_lstm_cell/bias": np.ones(4)})
    with pytest.raises(TypeError, match="cell must be a BasicRNNCell .*, but is AttentionCellWrapper"):
        to_tf1(scratch.AttentionCellWrapper(LSTM, 2), {})
    with pytest.raises(TypeError, match="variables must be a dict"):
        from_tf1(LSTM, [])
    with pytest.raises(ValueError, match="params must have 'fw', 'bw', but has 'fw'"):
        to_tf1((LSTM, LSTM), {"fw": draw(LSTM)[0]})
