# mistake: The norm is taken along the last axis and not over the whole array.

import numpy as np


def clip_by_value(gradients, limit):
    # g ← min(max(g, −limit), limit)
    return {name: np.clip(g, -limit, limit) for name, g in gradients.items()}


def clip_by_norm(gradients, clip_norm):
    clipped = {}
    for name, g in gradients.items():
        # g ← g c / max(‖g‖, c)
        norm = np.sqrt((g**2).sum(axis=-1, keepdims=True))
        clipped[name] = g * clip_norm / np.maximum(norm, clip_norm)
    return clipped
