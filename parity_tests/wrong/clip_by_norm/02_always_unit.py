# mistake: Every gradient is stretched to the norm c, also the short ones.

import numpy as np


def clip_by_value(gradients, limit):
    return {name: np.clip(g, -limit, limit) for name, g in gradients.items()}


def clip_by_norm(gradients, clip_norm):
    clipped = {}
    for name, g in gradients.items():
        norm = np.sqrt((g**2).sum())
        clipped[name] = g * clip_norm / norm
    return clipped
