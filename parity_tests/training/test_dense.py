import numpy as np
import pytest

import tf_impl
from parity_tests.harness import assert_parity
from scratch import Dense, orthogonal
from scratch.gradient_check import complex_step, to_complex
from tf_impl.tensorflow import tf, v1


def draw(shape, dtype):
    rng = np.random.default_rng(0)
    params = {"kernel": rng.standard_normal((4, 3)), "bias": rng.standard_normal(3)}
    inputs, d_outputs = rng.standard_normal((*shape, 4)), rng.standard_normal((*shape, 3))
    return {key: leaf.astype(dtype) for key, leaf in params.items()}, inputs.astype(dtype), d_outputs.astype(dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(5,), (5, 6), (5, 6, 2)], ids=str)
def test_agrees_with_tensorflow(shape, dtype):
    params, inputs, d_outputs = draw(shape, dtype)
    results = []
    for layer in (Dense(3), tf_impl.Dense(Dense(3))):
        outputs, cache = layer.forward(params, inputs)
        results.append((outputs, *layer.backward(params, cache, d_outputs)))
    assert_parity(*results)


def test_gradients_agree_with_complex_steps():
    params, inputs, d_outputs = draw((5, 6), np.float64)
    _, cache = Dense(3).forward(params, inputs)

    def scalar(arguments):
        return (Dense(3).forward(arguments[1], arguments[0])[0] * d_outputs).sum()

    assert_parity(Dense(3).backward(params, cache, d_outputs), complex_step(scalar, to_complex((inputs, params))))


@pytest.mark.parametrize(("input_size", "units"), [(7, 3), (3, 7), (5, 5)])
def test_an_orthogonal_kernel_is_as_tensorflows(input_size, units):
    """Orthonormal columns, or rows where there are fewer, as TensorFlow's initialiser gives; the draw is our own."""
    kernel = Dense(units).init_params(np.random.default_rng(0), input_size, np.float64, orthogonal)["kernel"]
    with tf.Graph().as_default(), v1.Session() as session:
        witness = session.run(v1.orthogonal_initializer(seed=1)([input_size, units], tf.float64))
    for w in (kernel, witness):
        assert w.shape == (input_size, units)
        np.testing.assert_allclose(w.T @ w if input_size >= units else w @ w.T, np.eye(min(w.shape)), atol=1e-12)


def test_an_orthogonal_kernel_leans_nowhere():
    """QR alone makes every entry of the diagonal of R one sign, and so those of Q unfree: the mean must be 0."""
    rng = np.random.default_rng(0)
    kernels = np.array([Dense(3).init_params(rng, 3, np.float64, orthogonal)["kernel"] for _ in range(2000)])
    # The entries have variance 1/3, so the means of 2,000 of them the deviation 0.013.
    assert np.abs(kernels.mean(axis=0)).max() < 4 * 0.013


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_start_is_drawn_from_the_generator_and_the_bias_is_zero(dtype):
    one, same = (Dense(3).init_params(np.random.default_rng(7), 4, dtype, orthogonal) for _ in range(2))
    assert_parity(one, same, limit=0)
    assert one["kernel"].dtype == dtype
    assert not one["bias"].any()
    assert np.abs(Dense(3).init_params(np.random.default_rng(7), 4, dtype)["kernel"]).max() <= np.sqrt(6 / 7)


def test_refusals():
    params, inputs, d_outputs = draw((5,), np.float64)
    with pytest.raises(ValueError, match="units must be at least 1, but is 0"):
        Dense(0)
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator, but is int"):
        Dense(3).init_params(0, 4)
    with pytest.raises(ValueError, match="params/kernel must have shape \\[3, 3\\], but has \\[4, 3\\]"):
        Dense(3).forward(params, inputs[:, :3])
    with pytest.raises(ValueError, match="inputs must have shape \\[..., D\\], but has \\[\\]"):
        Dense(3).forward(params, np.array(1.0))
    with pytest.raises(TypeError, match="params/kernel is float64, but the inputs are float32"):
        Dense(3).forward(params, inputs.astype(np.float32))
    with pytest.raises(ValueError, match="d_outputs must have shape \\[5, 3\\], but has \\[3, 5\\]"):
        Dense(3).backward(params, inputs, d_outputs.T)
