# mistake: The norm is the root of the mean of the squares instead of their sum.
# mistake: The gradients that came in are scaled in place.

import numpy as np


def global_norm(gradients):
    return np.sqrt(np.mean(np.concatenate([g.ravel() ** 2 for g in gradients.values()])))


def clip_by_global_norm(gradients, clip_norm):
    norm = np.sqrt(sum((g**2).sum() for g in gradients.values()))
    if norm > clip_norm:
        for g in gradients.values():
            g *= clip_norm / norm
    return gradients, norm
