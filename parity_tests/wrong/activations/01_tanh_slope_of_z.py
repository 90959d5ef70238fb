# mistake: The slope of tanh takes tanh of its argument again, although a is already the tanh.

import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


def sigmoid_slope(a):
    return a - a**2


def tanh_slope(a):
    return 1 - np.tanh(a) ** 2


def relu(z):
    return z * (z > 0)


def relu_slope(a):
    return (a > 0) * 1.0
