"""One long series as the rows of a batch, and a batch as a list of time steps.

    rows_{b,t}  = series_{b · T + t}          each row is a stretch of the series, read left to right; T = N / B
    steps_t     = inputs_{:, t}               one array [B, D] for each time step

    series [N]   rows [B, T]   inputs [B, T, D]   steps: a list of T arrays [B, D]

Exercise 19 of 38; the lesson is docs/inputs/unstack.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/series_to_rows.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def series_to_rows(series, batch_size):
    """Cut a series into rows.

    - ``series`` [N]. ``batch_size``: B, which divides N.

    Return ``rows`` [B, N / B].
    """
    # rows_{b,t} = series_{b · T + t}
    raise NotImplementedError


def unstack(inputs):
    """Take a batch apart, time step by time step.

    - ``inputs`` [B, T, D].

    Return ``steps``, a list of T arrays [B, D].
    """
    # steps_t = inputs_{:, t}
    raise NotImplementedError


def stack(steps):
    """Put the time steps together again: also the backward pass of ``unstack``.

    - ``steps``: a list of T arrays [B, D].

    Return ``inputs`` [B, T, D].
    """
    # steps_t = inputs_{:, t}
    raise NotImplementedError
