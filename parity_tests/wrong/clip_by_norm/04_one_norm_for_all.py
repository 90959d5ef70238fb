# mistake: All gradients are clipped by their common norm instead of each by its own.

import numpy as np


def clip_by_value(gradients, limit):
    return {k: np.minimum(np.maximum(g, -limit), limit) for k, g in gradients.items()}


def clip_by_norm(gradients, clip_norm):
    total = np.sqrt(sum(np.sum(np.square(g)) for g in gradients.values()))
    shrink = clip_norm / max(total, clip_norm)
    return {k: g * shrink for k, g in gradients.items()}
