import numpy as np
import pytest

from parity_tests.training.steps import assert_steps_agree, draw
from scratch import AdamOptimizer
from scratch.training.adam import next_power
from scratch.tree import map_tree

OPTIMIZERS = [AdamOptimizer(), AdamOptimizer(0.002, beta1=0.1), AdamOptimizer(0.3, 0.7, 0.95, epsilon=0.2)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_a_hundred_steps_agree_with_tensorflow(optimizer, dtype):
    assert_steps_agree(optimizer, dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_powers_are_float32_and_rounded_at_every_step(dtype):
    """So they are TensorFlow's variables, which a checkpoint holds, and not what β to the power of t would be."""
    optimizer = AdamOptimizer()
    params, gradients = draw(dtype, 50)
    slots = optimizer.init_slots(params)
    for gradient in gradients:
        params, slots = optimizer.apply_gradients(params, gradient, slots)
    power = slots["beta1_power"]
    assert isinstance(power, np.ndarray)
    assert power.dtype == np.float32
    assert power != np.float32(np.float64(np.float32(0.9)) ** 51)
    np.testing.assert_allclose(power, 0.9**51, rtol=1e-5)


def test_a_power_is_kept_as_long_as_float32_has_all_its_digits():
    tiny = np.finfo(np.float32).tiny
    assert next_power(np.float32(2 * tiny), 0.5) == tiny
    assert next_power(np.float32(1.99 * tiny), 0.5) == 0
    assert next_power(np.float32(0), 0.5) == 0


def test_the_first_step_is_as_long_as_the_learning_rate_whatever_the_gradient():
    optimizer = AdamOptimizer(0.01, epsilon=1e-12)
    params = {"w": np.zeros(3)}
    new, _ = optimizer.apply_gradients(params, {"w": np.array([1e-6, -1.0, 1e6])}, optimizer.init_slots(params))
    np.testing.assert_allclose(new["w"], [-0.01, 0.01, -0.01], rtol=1e-4)


def test_a_gradient_of_zeros_moves_nothing():
    params, _ = draw(np.float32, 0)
    optimizer = AdamOptimizer()
    new, _ = optimizer.apply_gradients(params, map_tree(np.zeros_like, params), optimizer.init_slots(params))
    np.testing.assert_array_equal(new["b"], params["b"])


def test_refusals():
    with pytest.raises(ValueError, match="beta1 must be at least 0, but is -0.1"):
        AdamOptimizer(beta1=-0.1)
    with pytest.raises(ValueError, match="beta2 must be below 1 in float32, but is 0.99999999"):
        AdamOptimizer(beta2=0.99999999)
    with pytest.raises(ValueError, match="epsilon must be greater than 0, but is 0.0"):
        AdamOptimizer(epsilon=0)
    with pytest.raises(TypeError, match="learning_rate must be a number, but is '0.1'"):
        AdamOptimizer("0.1")
    optimizer = AdamOptimizer()
    params, (gradient,) = draw(np.float64, 1)
    slots = optimizer.init_slots(params)
    with pytest.raises(TypeError, match="slots/beta1_power must be float32, but is float64"):
        optimizer.apply_gradients(params, gradient, {**slots, "beta1_power": np.array(0.9)})
    with pytest.raises(ValueError, match="slots has no 'beta2_power'"):
        optimizer.apply_gradients(params, gradient, {key: slots[key] for key in ("m", "v", "beta1_power")})
