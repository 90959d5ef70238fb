"""Every step of every row as one batch, for one matrix product, and back.

    flat_{b · T + t} = outputs_{b,t}

    outputs [B, T, H]   flat [B·T, H]

Exercise 20 of 38; the lesson is docs/inputs/unstack.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/flatten_time.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def flatten_time(outputs):
    """Make one batch of all steps of all rows.

    - ``outputs`` [B, T, H].

    Return ``flat`` [B·T, H].
    """
    # flat_{b · T + t} = outputs_{b,t}
    raise NotImplementedError


def unflatten_time(flat, batch_size):
    """Undo it: also the backward pass of ``flatten_time``.

    - ``flat`` [B·T, H]. ``batch_size``: B.

    Return ``outputs`` [B, T, H].
    """
    # flat_{b · T + t} = outputs_{b,t}
    raise NotImplementedError


def time_major(inputs):
    """Put time first.

    - ``inputs`` [B, T, D].

    Return ``swapped`` [T, B, D]: swapped_{t,b} = inputs_{b,t}.
    """
    # swapped_{t,b} = inputs_{b,t}
    raise NotImplementedError
