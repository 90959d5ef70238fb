# mistake: The rows have B entries each, because the two sizes are exchanged.

import numpy as np


def series_to_rows(series, batch_size):
    """Cut a series into rows.

    - ``series`` [N]. ``batch_size``: B, which divides N.

    Return ``rows`` [B, N / B].
    """
    return series.reshape(-1, batch_size)


def unstack(inputs):
    """Take a batch apart, time step by time step.

    - ``inputs`` [B, T, D].

    Return ``steps``, a list of T arrays [B, D].
    """
    return [inputs[:, t] for t in range(inputs.shape[1])]


def stack(steps):
    """Put the time steps together again: also the backward pass of ``unstack``.

    - ``steps``: a list of T arrays [B, D].

    Return ``inputs`` [B, T, D].
    """
    return np.stack(steps, axis=1)
