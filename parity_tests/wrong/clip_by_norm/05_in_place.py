# mistake: The gradients that came in are clipped in place with out=.

import numpy as np


def clip_by_value(gradients, limit):
    for g in gradients.values():
        np.clip(g, -limit, limit, out=g)
    return gradients


def clip_by_norm(gradients, clip_norm):
    return {k: g * min(1, clip_norm / np.linalg.norm(g)) for k, g in gradients.items()}
