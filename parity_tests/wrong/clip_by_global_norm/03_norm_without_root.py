# mistake: The norm is the sum of squares; the root is missing.

def global_norm(gradients):
    total = 0.0
    for g in gradients.values():
        total += (g * g).sum()
    return total


def clip_by_global_norm(gradients, clip_norm):
    norm = global_norm(gradients) ** 0.5
    factor = min(1.0, clip_norm / norm)
    return {key: factor * g for key, g in gradients.items()}, norm
