import numpy as np
import pytest

import scratch
from parity_tests.harness import assert_parity
from parity_tests.training.networks import DROPPED, LENGTHS, B, D, T
from scratch.cells.dropout import without_dropout
from scratch.cells.lstm import BasicLSTMCell
from scratch.layer import Given
from scratch.training.layers import RNN, Bidirectional, Dropout, LastOutput
from scratch.tree import named_leaves

X = np.random.default_rng(0).standard_normal((B, T, D))


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_an_rnn_is_dynamic_rnn(engine):
    layer, rng = RNN(BasicLSTMCell(4)), np.random.default_rng(1)
    params = layer.init_params(rng, D, np.float64)
    state = scratch.LSTMState(*rng.standard_normal((2, B, 4)))
    y, kept = layer.forward(params, X, Given(state, None, None, LENGTHS, engine=engine))
    outputs, final, tape = scratch.dynamic_rnn(layer.cell, params, X, LENGTHS, state, engine=engine)
    d_y = rng.standard_normal(y.shape)
    d_x, _, d_params = scratch.dynamic_rnn_backward(tape, d_y)
    assert_parity((y, kept.state, layer.backward(params, kept, d_y)), (outputs, final, (d_x, d_params)), limit=0)


def test_both_directions_may_differ_in_width():
    layer, rng = Bidirectional(BasicLSTMCell(4), BasicLSTMCell(2)), np.random.default_rng(1)
    params = layer.init_params(rng, D, np.float64)
    y, kept = layer.forward(params, X, Given(sequence_length=LENGTHS))
    assert y.shape == layer.output_shape(X.shape) == (B, T, 6)
    outputs, states, tape = scratch.bidirectional_dynamic_rnn(layer.cell_fw, layer.cell_bw, params, X, LENGTHS)
    d_y = rng.standard_normal(y.shape)
    d_x, _, d_params = scratch.bidirectional_dynamic_rnn_backward(tape, (d_y[..., :4], d_y[..., 4:]))
    expected = np.concatenate(outputs, axis=2), states, (d_x, d_params)
    assert_parity((y, kept.state, layer.backward(params, kept, d_y)), expected, limit=0)
    assert_parity(layer.zero_state(B, np.float64)[1], scratch.BasicLSTMCell(2).zero_state(B, np.float64))


def test_the_last_output_is_that_of_each_rows_own_length():
    layer = LastOutput()
    y, kept = layer.forward({}, X, Given(sequence_length=LENGTHS))
    for row, length in enumerate(LENGTHS):
        np.testing.assert_array_equal(y[row], X[row, length - 1] if length else 0)
    d_x, d_params = layer.backward({}, kept, np.ones_like(y))
    expected = np.zeros_like(X)
    for row, length in enumerate(LENGTHS):
        expected[row, max(length - 1, 0)] = 1 if length else 0
    np.testing.assert_array_equal(d_x, expected)
    assert d_params == {}
    np.testing.assert_array_equal(layer.forward({}, X)[0], X[:, -1])
    # Of no step at all there is none either.
    y, kept = layer.forward({}, X[:, :0])
    np.testing.assert_array_equal(y, np.zeros((B, X.shape[2])))
    assert layer.backward({}, kept, y)[0].shape == (B, 0, X.shape[2])


def test_dropout_keeps_and_scales_where_the_mask_says():
    layer = Dropout(0.5)
    masks = layer.draw_masks(np.random.default_rng(0), (4, 5))
    x = np.arange(1.0, 21).reshape(4, 5)
    y, kept = layer.forward({}, x, Given(masks=masks, training=True))
    np.testing.assert_array_equal(y, np.where(masks, 2 * x, 0))
    np.testing.assert_array_equal(layer.backward({}, kept, x)[0], y)
    assert 0 < masks.sum() < masks.size
    y, kept = layer.forward({}, x)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(layer.backward({}, kept, x)[0], x)
    drawn = Dropout(0.9).draw_masks(np.random.default_rng(0), (100, 100))
    assert 0.88 < drawn.mean() < 0.92


def test_a_cell_without_its_dropout_is_the_cell():
    plain = BasicLSTMCell(4)
    assert without_dropout(plain) is plain
    assert without_dropout(DROPPED) == scratch.MultiRNNCell([BasicLSTMCell(4), BasicLSTMCell(2)])
    wrapped = scratch.ResidualWrapper(scratch.DropoutWrapper(BasicLSTMCell(3), input_keep_prob=0.5))
    assert without_dropout(wrapped) == scratch.ResidualWrapper(BasicLSTMCell(3))
    assert not any(named_leaves(without_dropout(DROPPED).mask_sizes(D)))


def test_refusals():
    with pytest.raises(TypeError, match="cell must be a cell"):
        RNN(None)
    with pytest.raises(TypeError, match="cell_bw must be a cell"):
        Bidirectional(BasicLSTMCell(4), "cell")
    with pytest.raises(ValueError, match="x must have shape"):
        LastOutput().forward({}, np.zeros((2, 3)))
    with pytest.raises(ValueError, match="sequence_length\\[0\\] is 7, but inputs have only 6 time steps"):
        LastOutput().forward({}, X, Given(sequence_length=[7, 1, 1, 1, 1]))
    with pytest.raises(ValueError, match="masks must have shape \\[5, 6, 3\\], but has \\[5, 6, 2\\]"):
        Dropout(0.5).forward({}, X, Given(masks=np.ones((5, 6, 2), bool)))
