# mistake: The slots that came in are changed in place by +=.

import numpy as np


def adagrad_step(params, gradients, slots, learning_rate):
    new_params = {}
    for key, theta in params.items():
        slots[key] += gradients[key] ** 2
        new_params[key] = theta - learning_rate * gradients[key] / np.sqrt(slots[key])
    return new_params, slots
