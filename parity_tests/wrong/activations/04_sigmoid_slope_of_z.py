# mistake: The slope of the sigmoid computes the sigmoid of a again, as if a were z.

import numpy as np


def sigmoid(z):
    # σ(z) = 1 / (1 + e^(−z))
    small = np.exp(-np.abs(z))
    a = np.where(z >= 0, 1, small) / (1 + small)
    return a


def sigmoid_slope(a):
    # σ'(z) = a (1 − a)
    return sigmoid(a) * (1 - sigmoid(a))


def tanh_slope(a):
    # tanh'(z) = 1 − a²
    return 1 - a * a


def relu(z):
    # relu(z) = max(z, 0)
    return np.maximum(z, 0)


def relu_slope(a):
    # relu'(z) = 1 where a > 0
    return np.where(a > 0, 1.0, 0.0)
