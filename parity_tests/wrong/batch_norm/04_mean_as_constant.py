# mistake: The gradient takes the mean as a constant: the way through the mean is missing.

import numpy as np


def batch_norm_forward(params, x, epsilon):
    B = len(x)
    mean = sum(x) / B
    variance = sum((row - mean) ** 2 for row in x) / B
    normal = (x - mean) / (variance + epsilon) ** 0.5
    return params["gamma"] * normal + params["beta"], mean, variance


def batch_norm_moving(moving_mean, moving_variance, mean, variance, momentum):
    moved = []
    for old, batch in ((moving_mean, mean), (moving_variance, variance)):
        moved.append(old - (1 - momentum) * (old - batch))
    return tuple(moved)


def batch_norm_backward(params, x, mean, variance, epsilon, d_y):
    B = x.shape[0]
    root = np.sqrt(variance + epsilon)
    centred = x - mean
    d_hat = d_y * params["gamma"]
    d_variance = (d_hat * centred).sum(axis=0) * -0.5 / root**3
    d_x = d_hat / root + d_variance * 2 * centred / B
    return d_x, {"gamma": (d_y * centred / root).sum(axis=0), "beta": d_y.sum(axis=0)}
