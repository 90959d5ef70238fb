# mistake: The rows are overlapping windows that start one entry apart.
# mistake: The time steps come out with the last one first.

import numpy as np


def series_to_rows(series, batch_size):
    num_steps = len(series) // batch_size
    return np.stack([series[b : b + num_steps] for b in range(batch_size)])


def unstack(inputs):
    steps = []
    for t in range(inputs.shape[1]):
        steps.insert(0, inputs[:, t])
    return steps


def stack(steps):
    inputs = np.zeros((len(steps[0]), len(steps), steps[0].shape[1]), steps[0].dtype)
    for t, x in enumerate(steps):
        inputs[:, t] = x
    return inputs
