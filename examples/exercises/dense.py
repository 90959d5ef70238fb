"""A dense layer on every step.

    y_{b,t} = x_{b,t} W + b

    x [B, T, D]   W [D, C]   b [C]   y [B, T, C]

Exercise 27 of 38; the lesson is docs/training/dense.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/dense.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def dense_forward(params, x):
    """Compute the layer forward.

    - ``params``: a dict of ``kernel`` W [D, C] and ``bias`` b [C]. ``x`` [B, T, D].

    Return ``y`` [B, T, C].
    """
    # y_{b,t} = x_{b,t} W + b
    raise NotImplementedError


def dense_backward(params, x, d_y):
    """Compute the layer backward.

    - ``params``, ``x``: as in the forward pass. ``d_y`` [B, T, C].

    Return ``(d_x, d_params)``: [B, T, D], and a dict with the names and shapes of ``params``.
    """
    # y_{b,t} = x_{b,t} W + b
    raise NotImplementedError
