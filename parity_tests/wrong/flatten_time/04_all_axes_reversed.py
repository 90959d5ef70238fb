# mistake: All three axes are turned round by .T instead of the first two only.

import numpy as np


def flatten_time(outputs):
    return np.concatenate(list(outputs), axis=0)


def unflatten_time(flat, batch_size):
    return np.array(np.split(flat, batch_size))


def time_major(inputs):
    return inputs.T
