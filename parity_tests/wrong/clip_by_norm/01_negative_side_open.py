# mistake: Only values above the limit are cut; large negative ones stay.

import numpy as np


def clip_by_value(gradients, limit):
    """Hold every entry within ±limit.

    - ``gradients``: a dict of arrays. ``limit``: a number.

    Return ``clipped``, a dict like ``gradients``.
    """
    # g ← min(max(g, −limit), limit)
    return {name: np.minimum(g, limit) for name, g in gradients.items()}


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
