"""Inputs of a width that the parameters are not for: the refusal names the inputs, in every place that takes both."""

import re

import numpy as np
import pytest

from scratch import (
    AttentionCellWrapper,
    BasicLSTMCell,
    BasicRNNCell,
    BatchNormalization,
    CoupledInputForgetGateLSTMCell,
    Dense,
    GRUCell,
    LSTMCell,
    MultiRNNCell,
    TimeFreqLSTMCell,
    Vocabulary,
    bidirectional_dynamic_rnn,
    bidirectional_params,
    dynamic_rnn,
    stack_bidirectional_dynamic_rnn,
    stack_bidirectional_params,
    static_rnn,
    truncated_rnn,
)
from scratch.shown import shown

CELLS = [
    BasicRNNCell(4),
    BasicLSTMCell(4),
    LSTMCell(4, num_proj=2),
    GRUCell(4),
    GRUCell(4, reset_after=True),
    CoupledInputForgetGateLSTMCell(4),
    MultiRNNCell([BasicLSTMCell(4), GRUCell(2)]),
    AttentionCellWrapper(GRUCell(4), attn_length=2),
]
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("width", [1, 3, 9])
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_wrong_width_is_said_of_the_inputs(cell, width):
    params, inputs = cell.init_params(RNG, 5, np.float64), np.ones((2, 6, width))
    words = f"of width {width} and params for a width of 5 do not fit: params/"
    for unroll in (
        lambda: dynamic_rnn(cell, params, inputs),
        lambda: static_rnn(cell, params, list(inputs.swapaxes(0, 1))),
        lambda: truncated_rnn(cell, params, inputs, 3),
    ):
        with pytest.raises(ValueError, match=f"^inputs {re.escape(words)}.* must have shape .* but has"):
            unroll()
    with pytest.raises(ValueError, match=f"^x {re.escape(words)}"):
        cell.forward(params, inputs[:, 0], cell.zero_state(2, np.float64))


def test_params_for_inputs_of_one_column_are_known_as_such():
    cell = BasicLSTMCell(4)
    params = cell.init_params(RNG, 1, np.float64)
    with pytest.raises(ValueError, match="^inputs of width 3 and params for a width of 1 do not fit: params/kernel"):
        dynamic_rnn(cell, params, np.ones((2, 6, 3)))
    # No cell has inputs of no width: with a kernel as high as h alone, it is the kernel that is wrong.
    with pytest.raises(ValueError, match="^params/kernel must have shape \\[7, 16\\], but has \\[4, 16\\]"):
        dynamic_rnn(cell, {**params, "kernel": params["kernel"][1:]}, np.ones((2, 6, 3)))


def test_a_wrong_width_is_said_of_both_directions_of_layers_and_of_a_dense_layer():
    cells, inputs = (GRUCell(3), BasicLSTMCell(2)), np.ones((2, 6, 4))
    words = "^inputs of width 4 and params for a width of 5 do not fit: params/"
    with pytest.raises(ValueError, match=words + "fw/gates/kernel must have shape"):
        bidirectional_dynamic_rnn(*cells, bidirectional_params(RNG, *cells, 5, np.float64), inputs)
    params = stack_bidirectional_params(RNG, [cells[0]] * 2, [cells[1]] * 2, 5, np.float64)
    with pytest.raises(ValueError, match=words + "cell_0/fw/gates/kernel must have shape"):
        stack_bidirectional_dynamic_rnn([cells[0]] * 2, [cells[1]] * 2, params, inputs)
    with pytest.raises(ValueError, match=words + r"kernel must have shape \[4, 2\], but has \[5, 2\]"):
        Dense(2).forward(Dense(2).init_params(RNG, 5, np.float64), inputs)
    layer = BatchNormalization()
    with pytest.raises(ValueError, match="^x of width 4 and params for a width of 5 do not fit: params/"):
        layer.forward(layer.init_params(5, np.float64), layer.init_moving(4, np.float64), inputs, training=True)


def test_parameters_that_suit_no_width_are_what_is_wrong():
    cell, inputs = BasicLSTMCell(4), np.ones((2, 6, 3))
    params = cell.init_params(RNG, 3, np.float64)
    for changed, words in (
        ({"bias": np.ones(15)}, r"^params/bias must have shape \[16\], but has \[15\]$"),
        ({"kernel": np.ones((9, 15))}, r"^params/kernel must have shape \[7, 16\], but has \[9, 15\]$"),
        ({"kernel": np.ones((4, 16))}, r"^params/kernel must have shape \[7, 16\], but has \[4, 16\]$"),
        ({"other": np.ones(2)}, "^params has an unknown 'other'"),
    ):
        with pytest.raises(ValueError, match=words):
            dynamic_rnn(cell, params | changed, inputs)
    with pytest.raises(TypeError, match="^params/kernel must be a NumPy array of shape"):
        dynamic_rnn(cell, params | {"kernel": [1.0]}, inputs)
    # Over windows of frequencies the width counts otherwise, and is in no kernel.
    windows = TimeFreqLSTMCell(2, feature_size=2, frequency_skip=1)
    with pytest.raises(ValueError, match="^params/W_0 must have shape"):
        windows.forward({"W_0": np.ones((3, 8)), "B": np.ones(8)}, np.ones((2, 2)), windows.zero_state(2, np.float64))


@pytest.mark.parametrize(
    "value", ["x" * 10**6, b"x" * 10**6, ["word"] * 10**6, np.zeros((300, 300)), {n: n for n in range(999)}, 10**3000]
)
def test_a_long_value_is_shown_in_part(value):
    assert len(shown(value)) < 300
    assert "\n" not in shown(value)
    assert "..." in shown(value)


def test_a_value_is_shown_on_one_line():
    assert shown(np.eye(2)) == "array([[1., 0.],        [0., 1.]])"


def test_a_short_value_is_shown_whole():
    for value in ("a word", 'both \' and "', b"\0", 1.5, None, np.float64(0.1), [1, "two"], {"a": 1}, np.arange(3)):
        assert shown(value) == repr(value)


def test_a_text_given_for_a_list_of_words_is_not_printed_whole():
    with pytest.raises(TypeError, match="words must be a list of strings, but is the string 'a b a b .*'$") as raised:
        Vocabulary(("a", "b")).numbers("a b " * 10**5)
    assert len(str(raised.value)) < 150
