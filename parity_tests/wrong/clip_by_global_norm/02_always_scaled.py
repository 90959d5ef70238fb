# mistake: The gradients are scaled to the norm c also when they are shorter.

import numpy as np


def global_norm(gradients):
    return np.sqrt(sum((g**2).sum() for g in gradients.values()))


def clip_by_global_norm(gradients, clip_norm):
    norm = np.sqrt(sum((g**2).sum() for g in gradients.values()))
    scale = clip_norm / norm
    return {name: g * scale for name, g in gradients.items()}, norm
