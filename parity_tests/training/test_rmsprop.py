import numpy as np
import pytest

from parity_tests.training.steps import assert_steps_agree, draw
from scratch import RMSPropOptimizer
from scratch.tree import map_tree

OPTIMIZERS = [
    RMSPropOptimizer(0.02),
    RMSPropOptimizer(0.02, decay=0.8, momentum=0.6, epsilon=0.3),
    RMSPropOptimizer(0.02, decay=0.95, momentum=0.5, epsilon=0.01, centered=True),
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_a_hundred_steps_agree_with_tensorflow(optimizer, dtype):
    assert_steps_agree(optimizer, dtype)


def test_a_gradient_of_zeros_moves_nothing():
    params, _ = draw(np.float64, 0)
    optimizer = RMSPropOptimizer(0.02, momentum=0.9)
    zeros = map_tree(np.zeros_like, params)
    new, slots = optimizer.apply_gradients(params, zeros, optimizer.init_slots(params))
    np.testing.assert_array_equal(new["b"], params["b"])
    np.testing.assert_array_equal(slots["rms"]["b"], np.full(5, float(np.float32(0.9))))


def test_the_first_step_is_of_the_size_that_starting_at_one_gives():
    """From 0 it would be η / √(1 − ρ) for every gradient: more than three times the learning rate."""
    optimizer = RMSPropOptimizer(0.02)
    params = {"w": np.zeros(3)}
    new, _ = optimizer.apply_gradients(params, {"w": np.array([1e-3, 1.0, 1e3])}, optimizer.init_slots(params))
    np.testing.assert_allclose(-new["w"] / 0.02, [1e-3 / np.sqrt(0.9), 1, 1 / np.sqrt(0.1)], rtol=1e-5)


def test_refusals():
    with pytest.raises(TypeError, match="learning_rate must be a number, but is None"):
        RMSPropOptimizer(None)
    with pytest.raises(ValueError, match="decay must be below 1 in float32, but is 1.0"):
        RMSPropOptimizer(0.1, decay=1)
    with pytest.raises(ValueError, match="momentum must be at least 0, but is -0.1"):
        RMSPropOptimizer(0.1, momentum=-0.1)
    with pytest.raises(ValueError, match="epsilon must be greater than 0, but is 0.0"):
        RMSPropOptimizer(0.1, epsilon=0)
    with pytest.raises(ValueError, match="centered must be one of False, True, but is None"):
        RMSPropOptimizer(0.1, centered=None)
    params, (gradient,) = draw(np.float64, 1)
    slots = RMSPropOptimizer(0.1).init_slots(params)
    with pytest.raises(ValueError, match="slots has no 'mg'; it needs 'rms', 'mg', 'momentum'"):
        RMSPropOptimizer(0.1, centered=True).apply_gradients(params, gradient, slots)
    slots["rms"]["b"] = slots["rms"]["b"].astype(np.float32)
    with pytest.raises(TypeError, match="slots/rms/b must be float64, but is float32"):
        RMSPropOptimizer(0.1).apply_gradients(params, gradient, slots)
