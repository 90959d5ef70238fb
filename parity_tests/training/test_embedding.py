import numpy as np
import pytest

import tf_impl
from parity_tests.harness import assert_parity
from scratch import Embedding
from scratch.gradient_check import complex_step, to_complex

LAYER = Embedding(7, 4)


def draw(shape, dtype):
    """Return a table, numbers of which some come often and one, 2, never, and a gradient."""
    rng = np.random.default_rng(0)
    params = {"embeddings": rng.standard_normal((7, 4)).astype(dtype)}
    numbers = rng.choice([0, 1, 3, 4, 5, 6], size=shape)
    return params, numbers, rng.standard_normal((*shape, 4)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(11,), (5, 6), (5, 6, 2)], ids=str)
def test_agrees_with_tensorflow(shape, dtype):
    params, numbers, d_vectors = draw(shape, dtype)
    results = []
    for layer in (LAYER, tf_impl.Embedding(LAYER)):
        vectors, cache = layer.forward(params, numbers)
        results.append((vectors, layer.backward(params, cache, d_vectors)))
    assert_parity(*results)
    assert not results[0][1]["embeddings"][2].any()


def test_gradients_agree_with_complex_steps():
    params, numbers, d_vectors = draw((5, 6), np.float64)
    _, cache = LAYER.forward(params, numbers)

    def scalar(params):
        return (LAYER.forward(params, numbers)[0] * d_vectors).sum()

    assert_parity(LAYER.backward(params, cache, d_vectors), complex_step(scalar, to_complex(params)))


def test_it_is_the_product_with_one_hot_rows():
    params, numbers, _ = draw((5, 6), np.float64)
    assert_parity(LAYER.forward(params, numbers)[0], np.eye(7)[numbers] @ params["embeddings"], limit=0)


def test_its_start():
    params = LAYER.init_params(np.random.default_rng(0))
    assert params["embeddings"].shape == (7, 4)
    assert params["embeddings"].dtype == np.float32


def test_refusals():
    params, numbers, d_vectors = draw((5, 6), np.float64)
    with pytest.raises(ValueError, match="vocabulary_size must be at least 1, but is 0"):
        Embedding(0, 4)
    with pytest.raises(TypeError, match="embedding_size must be an integer, but is 4.0"):
        Embedding(7, 4.0)
    with pytest.raises(ValueError, match="params/embeddings must have shape \\[8, 4\\], but has \\[7, 4\\]"):
        Embedding(8, 4).forward(params, numbers)
    numbers[3, 2] = 7
    with pytest.raises(ValueError, match="numbers\\[3, 2\\] is 7, but the table has rows 0 to 6"):
        LAYER.forward(params, numbers)
    with pytest.raises(ValueError, match="numbers\\[0\\] is -1, but the table has rows 0 to 6"):
        LAYER.forward(params, np.array([-1, 9]))
    with pytest.raises(TypeError, match="numbers must be an array of integers, but is float64"):
        LAYER.forward(params, d_vectors)
    with pytest.raises(TypeError, match="numbers must be an array of integers, but is list"):
        LAYER.forward(params, [1, 2])
    with pytest.raises(ValueError, match="cache\\[3, 2\\] is 7, but the table has rows 0 to 6"):
        LAYER.backward(params, numbers, d_vectors)
    with pytest.raises(ValueError, match="d_vectors must have shape \\[5, 6, 4\\], but has \\[6, 5, 4\\]"):
        LAYER.backward(params, numbers % 7, d_vectors.swapaxes(0, 1))
