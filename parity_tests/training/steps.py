"""What the tests of all optimisers share: weights and gradients, and a hundred steps beside TensorFlow's."""

import numpy as np

from parity_tests.harness import assert_parity
from scratch import slot_variables, slots_from_variables
from scratch.tree import map_tree
from tf_impl.training.optimizers import train


def draw(dtype, num_steps):
    """Return parameters, and a list of gradients like them, one for each step."""
    rng = np.random.default_rng(0)

    def normal():
        return {"rnn": {"kernel": rng.standard_normal((3, 4)).astype(dtype)}, "b": rng.standard_normal(5).astype(dtype)}

    return normal(), [normal() for _ in range(num_steps)]


def assert_steps_agree(optimizer, dtype, num_steps=100):
    """Fail unless weights and slots are TensorFlow's after every step, the slots under TensorFlow's names."""
    params, gradients = draw(dtype, num_steps)
    seen = train(optimizer, params, gradients)
    slots = optimizer.init_slots(params)
    assert_parity((params, slot_variables(optimizer, slots)), seen[0], limit=0)
    for step, gradient in enumerate(gradients, 1):
        if dtype == np.float32:
            # One step from TensorFlow's own weights: over a hundred, float32 itself strays further than its limit.
            params, variables = seen[step - 1]
            slots = slots_from_variables(optimizer, params, variables)
        before = map_tree(np.copy, (params, gradient, slots))
        new_params, new_slots = optimizer.apply_gradients(params, gradient, slots)
        assert_parity((params, gradient, slots), before, limit=0)
        params, slots = new_params, new_slots
        assert_parity((params, slot_variables(optimizer, slots)), seen[step])
