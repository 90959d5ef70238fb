# mistake: stack puts time first, [T, B, D].

import numpy as np


def series_to_rows(series, batch_size):
    return series.reshape(batch_size, -1)


def unstack(inputs):
    return [inputs[:, t] for t in range(inputs.shape[1])]


def stack(steps):
    return np.stack(steps)
