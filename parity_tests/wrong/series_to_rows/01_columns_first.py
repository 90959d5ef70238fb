# mistake: The series is dealt out to the rows like cards: row b gets every B-th entry.

import numpy as np


def series_to_rows(series, batch_size):
    # rows_{b,t} = series_{b · T + t}
    return series.reshape(-1, batch_size).T


def unstack(inputs):
    # steps_t = inputs_{:, t}
    return [inputs[:, t] for t in range(inputs.shape[1])]


def stack(steps):
    # steps_t = inputs_{:, t}
    return np.stack(steps, axis=1)
