# mistake: relu takes the absolute value of z, so negative entries do not become 0.

import numpy as np


def sigmoid(z):
    """Return ``a``: σ(z) of each entry of z. Entries such as 1000 and −1000 must give 1 and 0, not NaN."""
    small = np.exp(-np.abs(z))
    a = np.where(z >= 0, 1, small) / (1 + small)
    return a


def sigmoid_slope(a):
    """Return ``slope``: σ'(z) of each entry, from a = σ(z)."""
    return a * (1 - a)


def tanh_slope(a):
    """Return ``slope``: tanh'(z) of each entry, from a = tanh(z)."""
    return 1 - a * a


def relu(z):
    """Return ``a``: max(z, 0) of each entry of z."""
    return np.abs(z)


def relu_slope(a):
    """Return ``slope``: 1 where a = relu(z) is greater than 0, and 0 elsewhere."""
    return np.where(a > 0, 1.0, 0.0)
