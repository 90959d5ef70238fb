"""Converted cells are TensorFlow's fused kernels, which compute in float32; ``test_keras.py`` has ``BlockLSTMV2``."""

import numpy as np
import pytest

from parity_tests.conversions.networks import B, D, H, draw
from parity_tests.harness import assert_parity
from scratch import BasicLSTMCell, GRUCell, LSTMBlockCell, LSTMCell, LSTMState
from scratch.conversions import (
    gru_from_block,
    gru_to_block,
    lstm_from_block,
    lstm_gradients_from_block_v2,
    lstm_gradients_to_block_v2,
    lstm_to_block,
    lstm_to_block_v2,
)
from scratch.tree import map_tree
from tf_impl.tensorflow import tf

LSTMS = [BasicLSTMCell(H), LSTMCell(H, use_peepholes=True, forget_bias=0.5), LSTMBlockCell(H, cell_clip=0.4)]


@pytest.mark.parametrize("cell", LSTMS, ids=str)
def test_one_step_of_the_lstm(cell):
    params, inputs, state, *_ = draw(cell, np.float32)
    x = inputs[:, 0].copy()
    weights = lstm_to_block(cell, params)
    zeros = {name: np.zeros(H, np.float32) for name in ("wci", "wcf", "wco")}
    clip = getattr(cell, "cell_clip", None) or -1.0
    options = {"forget_bias": cell.forget_bias, "cell_clip": clip, "use_peephole": "wci" in weights}
    made = tf.raw_ops.LSTMBlockCell(x=x, cs_prev=state.c, h_prev=state.h, **{**zeros, **weights}, **options)
    output, new_state, _ = cell.forward(params, x, state)
    assert_parity((output, new_state), (made.h.numpy(), LSTMState(made.cs.numpy(), made.h.numpy())))
    assert_parity(lstm_from_block(cell, weights), params, limit=0)


def test_one_step_of_the_gru():
    cell = GRUCell(H)
    params, inputs, state, *_ = draw(cell, np.float32)
    x = inputs[:, 0].copy()
    made = tf.raw_ops.GRUBlockCell(x=x, h_prev=state, **gru_to_block(cell, params))
    output, _, _ = cell.forward(params, x, state)
    assert_parity(output, made.h.numpy())
    assert_parity(gru_from_block(cell, gru_to_block(cell, params)), params, limit=0)


def test_gradients_know_no_forget_bias():
    cell = LSTMS[1]
    d_params = draw(cell)[0]
    d_weights = lstm_gradients_to_block_v2(cell, d_params)
    assert_parity(lstm_gradients_from_block_v2(cell, d_weights), d_params, limit=0)
    difference = lstm_to_block_v2(cell, d_params)["bias"] - d_weights["bias"]
    assert_parity(difference, np.repeat([0, 0.5, 0, 0], H), limit=1e-15)


def test_results_share_no_memory_with_arguments():
    for cell, to, back in ((LSTMS[1], lstm_to_block, lstm_from_block), (GRUCell(H), gru_to_block, gru_from_block)):
        params = draw(cell)[0]
        weights = to(cell, params)
        before = map_tree(np.copy, (params, weights))
        map_tree(lambda array: array.fill(np.nan), (to(cell, params), back(cell, weights)))
        assert_parity((params, weights), before, limit=0)


def test_refusals():
    gru = GRUCell(H)
    for convert in (gru_to_block, gru_from_block):
        with pytest.raises(ValueError, match="cell must have reset_after=False to be converted"):
            convert(GRUCell(H, reset_after=True), {})
        with pytest.raises(ValueError, match="cell must have activation='tanh' to be converted"):
            convert(GRUCell(H, "relu"), {})
        with pytest.raises(TypeError, match="cell must be a GRUCell, but is BasicLSTMCell"):
            convert(LSTMS[0], {})
    for convert in (lstm_to_block, lstm_from_block):
        with pytest.raises(ValueError, match="cell must have num_proj=None to be converted"):
            convert(LSTMCell(H, num_proj=2), {})
    weights = gru_to_block(gru, draw(gru)[0])
    with pytest.raises(ValueError, match="weights/b_ru must have shape \\[8\\], but has \\[4\\]"):
        gru_from_block(gru, {**weights, "b_ru": np.ones(4)})
    with pytest.raises(ValueError, match="weights/w_c must have shape \\[7, 4\\], but has \\[6, 4\\]"):
        gru_from_block(gru, {**weights, "w_c": np.ones((D + H - 1, H))})
    with pytest.raises(ValueError, match="weights has no 'w_ru'"):
        gru_from_block(gru, {})
    with pytest.raises(ValueError, match="weights has no 'b'"):
        lstm_from_block(LSTMS[0], {"w": np.ones((7, 16))})
    with pytest.raises(ValueError, match="weights/w must have shape \\[D \\+ H, 16\\], but has \\[7, 12\\]"):
        lstm_from_block(LSTMS[0], {"w": np.ones((7, 12)), "b": np.ones(16)})
    assert B == 5
