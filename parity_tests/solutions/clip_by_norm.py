"""Gradients clipped by value, and each variable by its own length.

    by value     g ← min(max(g, −limit), limit)          every entry
    by norm      g ← g c / max(‖g‖, c)                   every variable by itself;  ‖g‖ = √(Σ g²) over its entries

    gradients g: a dict of arrays   limit, c: positive numbers

The arrays that came in stay as they are.
"""

import numpy as np


def clip_by_value(gradients, limit):
    """Hold every entry within ±limit.

    - ``gradients``: a dict of arrays. ``limit``: a number.

    Return ``clipped``, a dict like ``gradients``.
    """
    # g ← min(max(g, −limit), limit)
    return {name: np.clip(g, -limit, limit) for name, g in gradients.items()}


def clip_by_norm(gradients, clip_norm):
    """Shorten every variable's gradient that is longer than c.

    - ``gradients``: a dict of arrays. ``clip_norm``: c.

    Return ``clipped``, a dict like ``gradients``.
    """
    clipped = {}
    for name, g in gradients.items():
        # g ← g c / max(‖g‖, c)
        norm = np.sqrt((g**2).sum())
        clipped[name] = g * clip_norm / np.maximum(norm, clip_norm)
    return clipped
