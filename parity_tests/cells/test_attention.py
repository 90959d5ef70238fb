import numpy as np
import pytest

import tf_impl
from parity_tests.cases import ATTENTION_CELLS, one_step
from parity_tests.cells import checks
from scratch import (
    AttentionCellWrapper,
    BasicLSTMCell,
    BasicRNNCell,
    CoupledInputForgetGateLSTMCell,
    LSTMState,
    MultiRNNCell,
    dynamic_rnn,
    dynamic_rnn_backward,
)
from scratch.tree import named_leaves
from tf_impl.tensorflow import tf, v1


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", one_step(ATTENTION_CELLS), ids=str)
def test_step_agrees_with_tensorflow(case, dtype):
    checks.check_against_tensorflow(case, dtype)


@pytest.mark.parametrize("case", one_step(ATTENTION_CELLS), ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


def test_published_constants():
    """The numbers of ``testAttentionCellWrapperCorrectResult`` in TensorFlow 1.15's ``rnn_cell_test.py``.

    That test lets TensorFlow draw everything, and TensorFlow still draws the same. The seeds of the arrays that it
    feeds are written there; that of a weight was the number of its operation in the graph, which is written nowhere.
    The six numbers below were found by trying: all up to 4,000, and for the three of ``attention`` all in between. With
    these, and with no others, what was published comes out. Its output is of the first draw of the arrays, its state of
    the second.
    """

    def draw(shape, seed):
        return v1.random_uniform(shape, seed=seed)

    def glorot(shape, seed):
        limit = np.sqrt(6 / (shape[0 if len(shape) < 4 else 2] + shape[-1]))
        return v1.random_uniform(shape, -limit, limit, seed=seed)

    with tf.Graph().as_default(), v1.Session() as session:
        v1.set_random_seed(12345)
        weights = {
            "kernel": glorot((8, 4), 51),
            "basic_lstm_cell": {"kernel": glorot((8, 16), 71)},
            "attention": {
                "attn_w": glorot((1, 1, 4, 4), 104),
                "attn_v": glorot((4,), 114),
                "kernel": glorot((8, 4), 127),
            },
            "attn_output_projection": {"kernel": glorot((8, 4), 161)},
        }
        c, h, u = (draw((2, 4), 12345 + offset) for offset in (1, 2, 3))
        arrays = draw((2, 4), 12345 + 5), (LSTMState(c, h), u, draw((2, 24), 12345 + 4))
        weights = session.run(weights)
        first, second = session.run(arrays), session.run(arrays)
    weights["bias"] = np.zeros(4, np.float32)
    weights["basic_lstm_cell"]["bias"] = np.zeros(16, np.float32)
    for part in ("attention", "attn_output_projection"):
        weights[part]["bias"] = np.zeros(4, np.float32)
    cell = AttentionCellWrapper(BasicLSTMCell(4), attn_length=6)
    output, _, _ = cell.forward(weights, *first)
    _, ((c, h), u, attn_states), _ = cell.forward(weights, *second)
    published_output = [[1.068372, 0.45496, -0.678277, 0.340538], [1.018088, 0.378983, -0.572179, 0.268591]]
    published_c = [[0.74946702, 0.34681597, 0.26474735, 1.06485605], [0.5179342, 0.48682183, -0.25426468, 0.96810579]]
    published_h = [[0.38465962, 0.11420801, 0.10272158, 0.30925757], [0.28809637, 0.13607743, -0.11446252, 0.26792109]]
    published_u = [[0.63899988, 0.7181077, 0.47534478, 0.33715725], [0.78047138, 0.63460857, 0.49122369, 0.52007174]]
    # Of the window, the oldest and the newest. The others, too, are the draws, moved up by one.
    oldest = [[0.58086717, 0.49446869, 0.7641536, 0.12814975], [0.73000264, 0.66986895, 0.73576689, 0.86301267]]
    newest = [[1.14606023, 0.34370938, -0.79251152, 0.51843399], [1.1362772, 0.34361625, -0.78150457, 0.70582712]]
    published_state = published_c, published_h, published_u, oldest, newest
    np.testing.assert_allclose(output, published_output, rtol=1e-6, atol=1e-6)
    for actual, published in zip((c, h, u, attn_states[:, :4], attn_states[:, -4:]), published_state, strict=True):
        np.testing.assert_allclose(actual, published, rtol=1e-6, atol=1e-6)
    assert (attn_states[:, :-4] == second[1][2][:, 4:]).all()


def test_zeros_stay_zeros():
    """As ``testAttentionCellWrapperZeros`` in TensorFlow 1.15's ``rnn_cell_test.py``: new biases are zero."""
    cell = AttentionCellWrapper(BasicLSTMCell(8), attn_length=16)
    params = cell.init_params(np.random.default_rng(0), 4)
    results = cell.forward(params, np.zeros((3, 4), np.float32), cell.zero_state(3))[:2]
    shapes = {name: leaf.shape for name, leaf in named_leaves(results)}
    assert shapes == {"[0]": (3, 8), "[1][0].c": (3, 8), "[1][0].h": (3, 8), "[1][1]": (3, 8), "[1][2]": (3, 128)}
    assert not any(leaf.any() for _, leaf in named_leaves(results))


def test_large_scores_neither_overflow_nor_spread():
    """With scores thousands apart, attention is a choice: u' is one vector of the window, and no gradient is NaN."""
    cell = AttentionCellWrapper(BasicRNNCell(1), attn_length=3)
    params = cell.init_params(np.random.default_rng(0), 1, np.float64)
    params["attention"] |= {"attn_w": np.full((1, 1, 1, 1), 3.0), "attn_v": np.full(1, 9000.0)}
    state = np.zeros((1, 1)), np.zeros((1, 1)), np.array([[0.1, 0.7, -0.4]])
    output, new_state, cache = cell.forward(params, np.zeros((1, 1)), state)
    assert new_state[1] == 0.7
    d_x, d_state, d_params = cell.backward(params, cache, output, new_state)
    assert all(np.isfinite(leaf).all() for _, leaf in named_leaves((d_x, d_state, d_params)))


def test_an_empty_batch_is_a_batch():
    cell = AttentionCellWrapper(BasicLSTMCell(4), attn_length=2)
    params = cell.init_params(np.random.default_rng(0), 3)
    outputs, _, tape = dynamic_rnn(cell, params, np.zeros((0, 5, 3), np.float32))
    assert outputs.shape == (0, 5, 4)
    _, _, d_params = dynamic_rnn_backward(tape, outputs)
    assert not any(leaf.any() for _, leaf in named_leaves(d_params))


def test_refusals():
    checks.check_refusals(AttentionCellWrapper(BasicLSTMCell(4), attn_length=2))
    # As testAttentionCellWrapperFailures in TensorFlow 1.15's rnn_cell_test.py.
    with pytest.raises(TypeError, match="cell must be a cell such as BasicLSTMCell\\(128\\), but is NoneType"):
        AttentionCellWrapper(None, 0)
    for length in (0, -1):
        with pytest.raises(ValueError, match=f"attn_length must be at least 1, but is {length}"):
            AttentionCellWrapper(BasicLSTMCell(4), length)
    for name in ("attn_size", "attn_vec_size", "input_size"):
        with pytest.raises(ValueError, match=f"{name} must be at least 1, but is 0"):
            AttentionCellWrapper(BasicLSTMCell(4), 2, **{name: 0})
        with pytest.raises(TypeError, match=f"{name} must be an integer, but is 2.0"):
            AttentionCellWrapper(BasicLSTMCell(4), 2, **{name: 2.0})
    cell, x = AttentionCellWrapper(BasicLSTMCell(4), attn_length=2, attn_size=3), np.zeros((5, 3), np.float32)
    params, state = cell.init_params(np.random.default_rng(0), 3), cell.zero_state(5)
    with pytest.raises(
        TypeError, match="state must be a tuple of \\(LSTMState\\(c, h\\), array, array\\), but is LSTM"
    ):
        cell.forward(params, x, state[0])
    with pytest.raises(ValueError, match="state\\[2\\] must have shape \\[5, 6\\], but has \\[5, 3\\]"):
        cell.forward(params, x, (state[0], state[1], state[1]))
    with pytest.raises(ValueError, match="params has no 'basic_lstm_cell'"):
        cell.forward({name: part for name, part in params.items() if name != "basic_lstm_cell"}, x, state)


def test_a_new_cell_starts_as_in_tensorflow():
    cell = AttentionCellWrapper(BasicLSTMCell(4), attn_length=6, attn_size=2, attn_vec_size=7, input_size=5)
    assert cell.state_size == (LSTMState(4, 4), 2, 12)
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    shapes = {name: leaf.shape for name, leaf in named_leaves(params)}
    assert shapes == {
        "kernel": (5, 5),
        "bias": (5,),
        "basic_lstm_cell/kernel": (9, 16),
        "basic_lstm_cell/bias": (16,),
        "attention/attn_w": (1, 1, 2, 7),
        "attention/attn_v": (7,),
        "attention/kernel": (8, 7),
        "attention/bias": (7,),
        "attn_output_projection/kernel": (6, 2),
        "attn_output_projection/bias": (2,),
    }
    for name, leaf in named_leaves(params):
        assert leaf.any() != name.endswith("bias")
    # Over all draws of a weight, the largest comes close to its limit: that of a matrix [2, 7], that of a vector.
    draws = [cell.init_params(np.random.default_rng(seed), 3, np.float64)["attention"] for seed in range(50)]
    for name, limit in {"attn_w": 6 / (2 + 7), "attn_v": 6 / (7 + 7)}.items():
        largest = max(np.abs(draw[name]).max() for draw in draws)
        assert 0.98 * np.sqrt(limit) < largest <= np.sqrt(limit)
    # The wrapped cell has the say on its own weights: B is a bias by another name.
    cell = AttentionCellWrapper(MultiRNNCell([CoupledInputForgetGateLSTMCell(4)]), attn_length=2)
    params = dict(named_leaves(cell.init_params(np.random.default_rng(0), 3)))
    assert [name for name, leaf in params.items() if not leaf.any()] == [
        "bias",
        "multi_rnn_cell/cell_0/B",
        "attention/bias",
        "attn_output_projection/bias",
    ]


def test_tensorflow_puts_the_variables_under_the_same_names():
    cell = AttentionCellWrapper(MultiRNNCell([BasicLSTMCell(4), BasicRNNCell(2)]), attn_length=2)
    assert cell.cell.scope == "multi_rnn_cell"
    with tf.Graph().as_default():
        tf_cell = tf_impl.genuine(cell, np.float32)
        v1.nn.dynamic_rnn(tf_cell, tf.zeros([5, 6, 3]), dtype=tf.float32)
        names = {variable.op.name for variable in tf_cell.trainable_variables}
    assert names == {
        f"rnn/attention_cell_wrapper/{scope}{name}"
        for scope, own in {
            "": ("kernel", "bias"),
            "multi_rnn_cell/cell_0/basic_lstm_cell/": ("kernel", "bias"),
            "multi_rnn_cell/cell_1/basic_rnn_cell/": ("kernel", "bias"),
            "attention/": ("attn_w", "attn_v", "kernel", "bias"),
            "attn_output_projection/": ("kernel", "bias"),
        }.items()
        for name in own
    }
