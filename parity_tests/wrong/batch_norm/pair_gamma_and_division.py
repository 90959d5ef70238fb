# mistake: The gradient of gamma is taken with x instead of the normalised x.
# mistake: x is divided by the variance, not by its root.

import numpy as np


def batch_norm_forward(params, x, epsilon):
    mean = x.mean(axis=0)
    variance = ((x - mean) ** 2).mean(axis=0)
    x_hat = (x - mean) / (variance + epsilon)
    y = params["gamma"] * x_hat + params["beta"]
    return y, mean, variance


def batch_norm_moving(moving_mean, moving_variance, mean, variance, momentum):
    new_mean = momentum * moving_mean + (1 - momentum) * mean
    new_variance = momentum * moving_variance + (1 - momentum) * variance
    return new_mean, new_variance


def batch_norm_backward(params, x, mean, variance, epsilon, d_y):
    inverse = 1 / np.sqrt(variance + epsilon)
    x_hat = (x - mean) * inverse
    d_gamma = (d_y * x).sum(axis=0)
    d_beta = d_y.sum(axis=0)
    d_x_hat = d_y * params["gamma"]
    through_mean = d_x_hat.mean(axis=0)
    through_variance = x_hat * (d_x_hat * x_hat).mean(axis=0)
    d_x = (d_x_hat - through_mean - through_variance) * inverse
    return d_x, {"gamma": d_gamma, "beta": d_beta}
