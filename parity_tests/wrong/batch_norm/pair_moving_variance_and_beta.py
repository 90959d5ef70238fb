# mistake: The moving variance is moved towards the mean of the batch.
# mistake: The gradient of beta is averaged over the batch.

import numpy as np


def batch_norm_forward(params, x, epsilon):
    mean = x.mean(axis=0)
    variance = ((x - mean) ** 2).mean(axis=0)
    x_hat = (x - mean) / np.sqrt(variance + epsilon)
    y = params["gamma"] * x_hat + params["beta"]
    return y, mean, variance


def batch_norm_moving(moving_mean, moving_variance, mean, variance, momentum):
    new_mean = momentum * moving_mean + (1 - momentum) * mean
    new_variance = momentum * moving_variance + (1 - momentum) * mean
    return new_mean, new_variance


def batch_norm_backward(params, x, mean, variance, epsilon, d_y):
    inverse = 1 / np.sqrt(variance + epsilon)
    x_hat = (x - mean) * inverse
    d_gamma = (d_y * x_hat).sum(axis=0)
    d_beta = d_y.mean(axis=0)
    d_x_hat = d_y * params["gamma"]
    through_mean = d_x_hat.mean(axis=0)
    through_variance = x_hat * (d_x_hat * x_hat).mean(axis=0)
    d_x = (d_x_hat - through_mean - through_variance) * inverse
    return d_x, {"gamma": d_gamma, "beta": d_beta}
