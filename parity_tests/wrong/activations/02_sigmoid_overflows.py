# mistake: The sigmoid is written with exp(z) / (1 + exp(z)), which is NaN at 1000.

import numpy as np


def sigmoid(z):
    """Return ``a``: σ(z) of each entry of z. Entries such as 1000 and −1000 must give 1 and 0, not NaN."""
    # σ(z) = 1 / (1 + e^(−z))
    return np.exp(z) / (1 + np.exp(z))


def sigmoid_slope(a):
    """Return ``slope``: σ'(z) of each entry, from a = σ(z)."""
    # σ'(z) = a (1 − a)
    return a * (1 - a)


def tanh_slope(a):
    """Return ``slope``: tanh'(z) of each entry, from a = tanh(z)."""
    # tanh'(z) = 1 − a²
    return 1 - a * a


def relu(z):
    """Return ``a``: max(z, 0) of each entry of z."""
    # relu(z) = max(z, 0)
    return np.maximum(z, 0)


def relu_slope(a):
    """Return ``slope``: 1 where a = relu(z) is greater than 0, and 0 elsewhere."""
    # relu'(z) = 1 where a > 0
    return np.where(a > 0, 1.0, 0.0)
