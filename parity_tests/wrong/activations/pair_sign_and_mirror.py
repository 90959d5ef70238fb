# mistake: The sigmoid has the wrong sign in its exponent.
# mistake: The slope of tanh is 1 - a without the square.

import numpy as np


def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(z))


def sigmoid_slope(a):
    return a * (1 - a)


def tanh_slope(a):
    return 1 - a


def relu(z):
    return np.where(z > 0, z, 0)


def relu_slope(a):
    return np.sign(a)
