# mistake: The old slot is used in the step instead of the new one.

import numpy as np


def adagrad_step(params, gradients, slots, learning_rate):
    new_params, new_slots = {}, {}
    for name, g in gradients.items():
        # a ← a + g²
        a = slots[name] + g**2
        # θ ← θ − η g / √a
        new_params[name] = params[name] - learning_rate * g / np.sqrt(slots[name])
        new_slots[name] = a
    return new_params, new_slots
