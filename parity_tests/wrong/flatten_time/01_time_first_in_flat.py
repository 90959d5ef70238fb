# mistake: The rows of flat stand in the order of time first: t times B plus b.

import numpy as np


def flatten_time(outputs):
    return outputs.transpose(1, 0, 2).reshape(-1, outputs.shape[2])


def unflatten_time(flat, batch_size):
    return flat.reshape(batch_size, -1, flat.shape[1])


def time_major(inputs):
    return np.swapaxes(inputs, 0, 1)
