"""One long series as the rows of a batch, and a batch as a list of time steps.

    rows_{b,t}  = series_{b · T + t}          each row is a stretch of the series, read left to right; T = N / B
    steps_t     = inputs_{:, t}               one array [B, D] for each time step

    series [N]   rows [B, T]   inputs [B, T, D]   steps: a list of T arrays [B, D]
"""

import numpy as np


def series_to_rows(series, batch_size):
    """Cut a series into rows.

    - ``series`` [N]. ``batch_size``: B, which divides N.

    Return ``rows`` [B, N / B].
    """
    # rows_{b,t} = series_{b · T + t}
    return series.reshape(batch_size, -1)


def unstack(inputs):
    """Take a batch apart, time step by time step.

    - ``inputs`` [B, T, D].

    Return ``steps``, a list of T arrays [B, D].
    """
    # steps_t = inputs_{:, t}
    return [inputs[:, t] for t in range(inputs.shape[1])]


def stack(steps):
    """Put the time steps together again: also the backward pass of ``unstack``.

    - ``steps``: a list of T arrays [B, D].

    Return ``inputs`` [B, T, D].
    """
    # steps_t = inputs_{:, t}
    return np.stack(steps, axis=1)
