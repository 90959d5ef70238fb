import numpy as np
import pytest

import tf_impl
from parity_tests.harness import assert_parity, complex_step, to_complex
from scratch import Dense


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


def test_refusals():
    params, inputs, d_outputs = draw((5,), np.float64)
    with pytest.raises(ValueError, match="units must be at least 1, but is 0"):
        Dense(0)
    with pytest.raises(ValueError, match="params/kernel must have shape \\[3, 3\\], but has \\[4, 3\\]"):
        Dense(3).forward(params, inputs[:, :3])
    with pytest.raises(ValueError, match="inputs must have shape \\[..., D\\], but has \\[\\]"):
        Dense(3).forward(params, np.array(1.0))
    with pytest.raises(TypeError, match="params/kernel is float64, but the inputs are float32"):
        Dense(3).forward(params, inputs.astype(np.float32))
    with pytest.raises(ValueError, match="d_outputs must have shape \\[5, 3\\], but has \\[3, 5\\]"):
        Dense(3).backward(params, inputs, d_outputs.T)
