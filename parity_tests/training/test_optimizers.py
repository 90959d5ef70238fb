import numpy as np
import pytest

from parity_tests.harness import assert_parity
from scratch import AdagradOptimizer, GradientDescentOptimizer
from scratch.tree import map_tree
from tf_impl.training.optimizers import train

OPTIMIZERS = [
    GradientDescentOptimizer(0.3),
    AdagradOptimizer(0.3),
    AdagradOptimizer(0.07, initial_accumulator_value=1.3),
]


def draw(dtype, num_steps):
    rng = np.random.default_rng(0)

    def normal():
        return {"rnn": {"kernel": rng.standard_normal((3, 4)).astype(dtype)}, "b": rng.standard_normal(5).astype(dtype)}

    return normal(), [normal() for _ in range(num_steps)]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_a_hundred_steps_agree_with_tensorflow(optimizer, dtype):
    params, gradients = draw(dtype, 100)
    seen = train(optimizer, params, gradients)
    slots = optimizer.init_slots(params)
    assert_parity((params, slots), seen[0], limit=0)
    for step, gradient in enumerate(gradients, 1):
        before = map_tree(np.copy, (params, gradient, slots))
        new_params, new_slots = optimizer.apply_gradients(params, gradient, slots)
        assert_parity((params, gradient, slots), before, limit=0)
        params, slots = new_params, new_slots
        if dtype == np.float64:
            assert_parity((params, slots), seen[step])
        else:
            # One step from TensorFlow's own weights: over a hundred, float32 itself strays further than its limit.
            one = optimizer.apply_gradients(seen[step - 1][0], gradient, seen[step - 1][1])
            assert_parity(one, seen[step])


def test_hyperparameters_are_rounded_to_float32_as_in_tensorflow():
    params, (gradient,) = draw(np.float64, 1)
    new, _ = GradientDescentOptimizer(0.3).apply_gradients(params, gradient, {})
    np.testing.assert_array_equal(new["b"], params["b"] - 0.30000001192092896 * gradient["b"])
    assert (new["b"] != params["b"] - 0.3 * gradient["b"]).all()


def test_refusals():
    params, (gradient,) = draw(np.float64, 1)
    optimizer = AdagradOptimizer(0.3)
    slots = optimizer.init_slots(params)
    with pytest.raises(ValueError, match="learning_rate must be at least 0, but is -0.1"):
        GradientDescentOptimizer(-0.1)
    with pytest.raises(TypeError, match="learning_rate must be a number, but is None"):
        AdagradOptimizer(None)
    with pytest.raises(ValueError, match="learning_rate must be finite, but is inf"):
        AdagradOptimizer(float("inf"))
    with pytest.raises(ValueError, match="initial_accumulator_value must be greater than 0, but is 0"):
        AdagradOptimizer(0.3, initial_accumulator_value=0)
    with pytest.raises(ValueError, match="gradients has no 'b'; it needs 'rnn', 'b'"):
        optimizer.apply_gradients(params, {"rnn": gradient["rnn"]}, slots)
    with pytest.raises(ValueError, match="gradients/rnn/kernel must have shape \\[3, 4\\], but has \\[4, 3\\]"):
        optimizer.apply_gradients(params, {**gradient, "rnn": {"kernel": gradient["rnn"]["kernel"].T}}, slots)
    with pytest.raises(TypeError, match="gradients/rnn/kernel is float32, but the inputs are float64"):
        optimizer.apply_gradients(params, map_tree(np.float32, gradient), slots)
    with pytest.raises(TypeError, match="params/w must be float32 or float64, but is int64"):
        optimizer.apply_gradients({"w": np.array([5])}, {"w": np.array([5])}, {"accumulator": {"w": np.array([0])}})
    with pytest.raises(TypeError, match="params must be a dict of arrays, but is None"):
        optimizer.init_slots(None)
    with pytest.raises(TypeError, match="params/b is float32, but the inputs are float64"):
        optimizer.init_slots({**params, "b": params["b"].astype(np.float32)})
    with pytest.raises(TypeError, match="slots must be a dict with nothing in it, but is str"):
        GradientDescentOptimizer(0.1).apply_gradients(params, gradient, "junk")
    with pytest.raises(ValueError, match="slots has no 'accumulator'"):
        optimizer.apply_gradients(params, gradient, {})
