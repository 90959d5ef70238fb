"""Gradients clipped by value, and each variable by its own length.

    by value     g ← min(max(g, −limit), limit)          every entry
    by norm      g ← g c / max(‖g‖, c)                   every variable by itself;  ‖g‖ = √(Σ g²) over its entries

    gradients g: a dict of arrays   limit, c: positive numbers

The arrays that came in stay as they are.

Exercise 37 of 38; the lesson is docs/training/clipping.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/clip_by_norm.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def clip_by_value(gradients, limit):
    """Hold every entry within ±limit.

    - ``gradients``: a dict of arrays. ``limit``: a number.

    Return ``clipped``, a dict like ``gradients``.
    """
    # g ← min(max(g, −limit), limit)
    raise NotImplementedError


def clip_by_norm(gradients, clip_norm):
    """Shorten every variable's gradient that is longer than c.

    - ``gradients``: a dict of arrays. ``clip_norm``: c.

    Return ``clipped``, a dict like ``gradients``.
    """
    # g ← g c / max(‖g‖, c)
    raise NotImplementedError
