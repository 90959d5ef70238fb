import numpy as np
import pytest

from parity_tests.training.steps import assert_steps_agree, draw
from scratch import AdagradOptimizer, AdamOptimizer, GradientDescentOptimizer, slot_variables, slots_from_variables
from scratch.tree import map_tree

OPTIMIZERS = [
    GradientDescentOptimizer(0.3),
    AdagradOptimizer(0.3),
    AdagradOptimizer(0.07, initial_accumulator_value=1.3),
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_a_hundred_steps_agree_with_tensorflow(optimizer, dtype):
    assert_steps_agree(optimizer, dtype)


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


def test_slots_are_found_again_by_their_tensorflow_names():
    params, (gradient,) = draw(np.float64, 1)
    optimizer = AdamOptimizer()
    _, slots = optimizer.apply_gradients(params, gradient, optimizer.init_slots(params))
    variables = slot_variables(optimizer, slots)
    assert list(variables) == [
        "rnn/kernel/Adam",
        "b/Adam",
        "rnn/kernel/Adam_1",
        "b/Adam_1",
        "beta1_power",
        "beta2_power",
    ]
    assert variables["b/Adam_1"] is slots["v"]["b"]
    # A checkpoint holds more than the slots.
    found = slots_from_variables(optimizer, params, {"global_step": np.array(1), "b": params["b"], **variables})
    assert slot_variables(optimizer, found) == variables
    assert slot_variables(GradientDescentOptimizer(0.1), {}) == {}


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({}, ValueError, "variables has no 'b/Adam_1', which AdamOptimizer needs"),
        ({"b/Adam_1": np.zeros(4)}, ValueError, "variables/b/Adam_1 must have shape \\[5\\], but has \\[4\\]"),
        ({"b/Adam_1": np.zeros(5, np.float32)}, TypeError, "variables/b/Adam_1 must be float64, but is float32"),
        (
            {"b/Adam_1": np.zeros(5), "beta2_power": np.array(0.9)},
            TypeError,
            "variables/beta2_power must be float32, but is float64",
        ),
    ],
)
def test_slots_that_do_not_fit_are_named(changed, error, words):
    params, _ = draw(np.float64, 0)
    optimizer = AdamOptimizer()
    variables = slot_variables(optimizer, optimizer.init_slots(params))
    del variables["b/Adam_1"]
    with pytest.raises(error, match=words):
        slots_from_variables(optimizer, params, {**variables, **changed})
