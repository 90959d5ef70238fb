"""Adagrad (TensorFlow: AdagradOptimizer).

    a ← a + g²
    θ ← θ − η g / √a

    params θ, gradients g, slots a: dicts of arrays with the same names and shapes; a is greater than 0   η: a number

The new a is used in the same step. There is no ε. The arrays that came in stay as they are.
"""

import numpy as np


def adagrad_step(params, gradients, slots, learning_rate):
    """Take one step.

    - ``params``, ``gradients``, ``slots``: dicts of arrays. ``learning_rate``: η.

    Return ``(new_params, new_slots)``: two dicts like ``params``.
    """
    new_params, new_slots = {}, {}
    for name, g in gradients.items():
        # a ← a + g²
        a = slots[name] + g**2
        # θ ← θ − η g / √a
        new_params[name] = params[name] - learning_rate * g / np.sqrt(a)
        new_slots[name] = a
    return new_params, new_slots
