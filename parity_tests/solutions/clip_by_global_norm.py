"""All gradients shortened by one factor (TensorFlow: clip_by_global_norm).

    N = √(Σ g²) over all entries of all variables
    g ← g c / max(N, c)

    gradients g: a dict of arrays   c: a positive number   N: a number

The arrays that came in stay as they are.
"""

import numpy as np


def global_norm(gradients):
    """Compute N.

    - ``gradients``: a dict of arrays.

    Return ``norm``, a number.
    """
    # N = √(Σ g²)
    return np.sqrt(sum((g**2).sum() for g in gradients.values()))


def clip_by_global_norm(gradients, clip_norm):
    """Shorten all gradients together where N is greater than c.

    - ``gradients``: a dict of arrays. ``clip_norm``: c.

    Return ``(clipped, norm)``: a dict like ``gradients``, and N as it was before.
    """
    # N = √(Σ g²)
    norm = np.sqrt(sum((g**2).sum() for g in gradients.values()))
    # g ← g c / max(N, c)
    scale = clip_norm / np.maximum(norm, clip_norm)
    return {name: g * scale for name, g in gradients.items()}, norm
