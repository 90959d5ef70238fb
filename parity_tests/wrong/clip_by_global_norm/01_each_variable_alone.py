# mistake: Each variable is clipped by its own norm; the global norm is not used for it.

import numpy as np


def global_norm(gradients):
    # N = √(Σ g²)
    return np.sqrt(sum((g**2).sum() for g in gradients.values()))


def clip_by_global_norm(gradients, clip_norm):
    # N = √(Σ g²)
    norm = np.sqrt(sum((g**2).sum() for g in gradients.values()))
    # g ← g c / max(N, c)
    return {name: g * clip_norm / max(np.linalg.norm(g), clip_norm) for name, g in gradients.items()}, norm
