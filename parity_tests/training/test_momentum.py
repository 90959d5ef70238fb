import numpy as np
import pytest

from parity_tests.training.steps import assert_steps_agree, draw
from scratch import GradientDescentOptimizer, MomentumOptimizer

OPTIMIZERS = [MomentumOptimizer(0.03, 0.9), MomentumOptimizer(0.03, 0.7, use_nesterov=True)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_a_hundred_steps_agree_with_tensorflow(optimizer, dtype):
    assert_steps_agree(optimizer, dtype)


def test_without_momentum_it_is_gradient_descent():
    params, (gradient,) = draw(np.float64, 1)
    plain, _ = GradientDescentOptimizer(0.3).apply_gradients(params, gradient, {})
    optimizer = MomentumOptimizer(0.3, 0.0)
    new, _ = optimizer.apply_gradients(params, gradient, optimizer.init_slots(params))
    np.testing.assert_array_equal(new["b"], plain["b"])


def test_refusals():
    with pytest.raises(ValueError, match="learning_rate must be at least 0, but is -1"):
        MomentumOptimizer(-1, 0.9)
    with pytest.raises(ValueError, match="momentum must be below 1 in float32, but is 0.99999999"):
        MomentumOptimizer(0.1, 0.99999999)
    with pytest.raises(ValueError, match="use_nesterov must be one of False, True, but is 1"):
        MomentumOptimizer(0.1, 0.9, use_nesterov=1)
    params, (gradient,) = draw(np.float64, 1)
    with pytest.raises(ValueError, match="slots has no 'momentum'"):
        MomentumOptimizer(0.1, 0.9).apply_gradients(params, gradient, {})
