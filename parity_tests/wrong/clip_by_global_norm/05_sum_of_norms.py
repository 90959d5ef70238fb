# mistake: The global norm is the sum of the norms of the variables.

import numpy as np


def global_norm(gradients):
    return sum(np.linalg.norm(g) for g in gradients.values())


def clip_by_global_norm(gradients, clip_norm):
    norm = np.sqrt(np.sum([np.sum(g**2) for g in gradients.values()]))
    return {name: g * clip_norm / max(norm, clip_norm) for name, g in gradients.items()}, norm
