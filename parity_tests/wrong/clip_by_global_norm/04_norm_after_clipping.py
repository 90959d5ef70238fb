# mistake: The norm that is returned is the one after the clipping.

import numpy as np


def global_norm(gradients):
    return np.linalg.norm(np.concatenate([g.ravel() for g in gradients.values()]))


def clip_by_global_norm(gradients, clip_norm):
    norm = global_norm(gradients)
    clipped = dict(gradients)
    if norm > clip_norm:
        clipped = {name: g * (clip_norm / norm) for name, g in gradients.items()}
    return clipped, global_norm(clipped)
