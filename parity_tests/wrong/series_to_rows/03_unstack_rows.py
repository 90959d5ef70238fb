# mistake: unstack takes the batch apart row by row instead of time step by time step.

import numpy as np


def series_to_rows(series, batch_size):
    # rows_{b,t} = series_{b · T + t}
    return series.reshape(batch_size, -1)


def unstack(inputs):
    # steps_t = inputs_{:, t}
    return [inputs[b] for b in range(inputs.shape[0])]


def stack(steps):
    # steps_t = inputs_{:, t}
    return np.stack(steps, axis=1)
