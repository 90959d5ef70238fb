"""All gradients shortened by one factor (TensorFlow: clip_by_global_norm).

    N = √(Σ g²) over all entries of all variables
    g ← g c / max(N, c)

    gradients g: a dict of arrays   c: a positive number   N: a number

The arrays that came in stay as they are.

Exercise 38 of 38; the lesson is docs/training/clipping.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/clip_by_global_norm.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def global_norm(gradients):
    """Compute N.

    - ``gradients``: a dict of arrays.

    Return ``norm``, a number.
    """
    # N = √(Σ g²)
    raise NotImplementedError


def clip_by_global_norm(gradients, clip_norm):
    """Shorten all gradients together where N is greater than c.

    - ``gradients``: a dict of arrays. ``clip_norm``: c.

    Return ``(clipped, norm)``: a dict like ``gradients``, and N as it was before.
    """
    # N = √(Σ g²)
    # g ← g c / max(N, c)
    raise NotImplementedError
