"""The flat buffer against the one that Keras 2 makes of its weights for cuDNN, and in the order of PyTorch's."""

import numpy as np
import pytest

from parity_tests.conversions.networks import NETWORKS, PROJECTIONS, D, H, draw
from parity_tests.harness import assert_parity
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMCell
from scratch.conversions import (
    from_cudnn,
    gradients_from_cudnn,
    gradients_to_cudnn,
    gradients_to_torch,
    to_cudnn,
    to_keras,
    to_torch,
)
from scratch.tree import map_tree
from tf_impl.tensorflow import tf, tf_keras


def keras_buffer(cell, params):
    """Return the buffer as Keras 2 makes it of a layer's weights in ``_cudnn_lstm`` and ``_cudnn_gru``."""
    layout = tf_keras.src.layers.rnn.gru_lstm_utils.canonical_to_params
    kernel, recurrent_kernel, bias = map(tf.constant, to_keras(cell, params))
    gates = 3 if isinstance(cell, GRUCell) else 4
    order = [1, 0, 2] if gates == 3 else range(4)
    weights = [tf.split(kernel, gates, 1)[g] for g in order] + [tf.split(recurrent_kernel, gates, 1)[g] for g in order]
    if gates == 4:
        bias = tf.stack([bias, tf.zeros_like(bias)])
    biases = [tf.split(row, gates)[g] for row in (bias[0], bias[1]) for g in order]
    return layout(weights, biases, tf.constant([-1]), transpose_weights=True).numpy()


@pytest.mark.parametrize(
    "cell", [BasicLSTMCell(H, forget_bias=0.0), LSTMCell(H, forget_bias=0.0), NETWORKS["gru"]], ids=str
)
def test_the_buffer_is_the_one_that_keras_makes(cell):
    params = draw(cell)[0]
    assert_parity(to_cudnn(cell, params), keras_buffer(cell, params), limit=0)


@pytest.mark.parametrize("name", NETWORKS)
def test_all_matrices_stand_before_all_biases(name):
    """In PyTorch's order of layers and directions; ``test_torch.py`` proves those weights."""
    cell = NETWORKS[name]
    params = draw(cell)[0]
    for flat, named in ((to_cudnn, to_torch), (gradients_to_cudnn, gradients_to_torch)):
        weights = named(cell, params)
        order = [name for kind in ("weight", "bias") for name in weights if name.startswith(kind)]
        assert_parity(flat(cell, params), np.concatenate([weights[name].ravel() for name in order]), limit=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", NETWORKS)
def test_there_and_back_is_bit_equal(name, dtype):
    cell = NETWORKS[name]
    params = draw(cell, dtype)[0]
    assert_parity(from_cudnn(cell, to_cudnn(cell, params), D), params, limit=0)
    assert_parity(gradients_from_cudnn(cell, gradients_to_cudnn(cell, params), D), params, limit=0)


def test_gradients_go_back_by_the_transpose():
    """⟨∂L/∂w, A dθ⟩ = ⟨Aᵀ ∂L/∂w, dθ⟩, where A dθ is the change of the buffer with the parameters."""
    for name in ("lstm_2_both", "gru_2"):
        cell = NETWORKS[name]
        params, other = draw(cell)[0], map_tree(lambda array: array[::-1].copy(), draw(cell)[0])
        change = to_cudnn(cell, map_tree(np.add, params, other)) - to_cudnn(cell, params)
        d_weights = np.random.default_rng(0).standard_normal(change.shape)
        d_params = gradients_from_cudnn(cell, d_weights, D)
        products = []
        map_tree(lambda d, v, found=products: found.append((d * v).sum()), d_params, other)
        assert_parity(np.array([np.sum(products)]), np.array([change @ d_weights]))


def test_results_share_no_memory_with_arguments():
    cell = NETWORKS["gru_2"]
    flat = to_cudnn(cell, draw(cell)[0])
    before = flat.copy()
    for convert in (from_cudnn, gradients_from_cudnn):
        map_tree(lambda array: array.fill(np.nan), convert(cell, flat, D))
    assert_parity(flat, before, limit=0)


def test_refusals():
    with pytest.raises(ValueError, match="cell must have num_proj=None to be converted, but has num_proj=2"):
        to_cudnn(PROJECTIONS["projected"], draw(PROJECTIONS["projected"])[0])
    with pytest.raises(ValueError, match="cell must have reset_after=True to be converted"):
        to_cudnn(GRUCell(H), draw(GRUCell(H))[0])
    with pytest.raises(ValueError, match="cell must have use_bias=True to be converted, but has use_bias=False"):
        to_cudnn(BasicRNNCell(H, use_bias=False), {})
    with pytest.raises(ValueError, match="weights must have shape \\[36\\], but has \\[35\\]"):
        from_cudnn(BasicRNNCell(H), np.ones(35), D)
    with pytest.raises(TypeError, match="weights must be a NumPy array of shape \\[36\\], but is list"):
        gradients_from_cudnn(BasicRNNCell(H), [1.0] * 36, D)
    with pytest.raises(ValueError, match="input_size must be at least 1, but is 0"):
        from_cudnn(BasicRNNCell(H), np.ones(36), 0)
