# mistake: The slot forgets: it is a moving average as in RMSProp and not a sum.

import numpy as np


def adagrad_step(params, gradients, slots, learning_rate):
    """Take one step.

    - ``params``, ``gradients``, ``slots``: dicts of arrays. ``learning_rate``: η.

    Return ``(new_params, new_slots)``: two dicts like ``params``.
    """
    new_params, new_slots = {}, {}
    for name, g in gradients.items():
        # a ← a + g²
        a = 0.9 * slots[name] + 0.1 * g**2
        # θ ← θ − η g / √a
        new_params[name] = params[name] - learning_rate * g / np.sqrt(a)
        new_slots[name] = a
    return new_params, new_slots
