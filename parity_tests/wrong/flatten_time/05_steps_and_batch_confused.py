# mistake: unflatten_time takes batch_size as the number of time steps, so the axes come out as [T, B, H].

import numpy as np


def flatten_time(outputs):
    B, T, H = outputs.shape
    return outputs.reshape(B * T, H)


def unflatten_time(flat, batch_size):
    steps = len(flat) // batch_size
    return flat.reshape(steps, batch_size, flat.shape[1])


def time_major(inputs):
    return np.moveaxis(inputs, 1, 0)
