# mistake: The mean is taken over the features of each row instead of over the batch.

import numpy as np


def batch_norm_forward(params, x, epsilon):
    # μ = mean of x over the batch          σ² = mean of (x − μ)² over the batch
    mean = x.mean(axis=1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=1, keepdims=True)
    # x̂ = (x − μ) / √(σ² + ε)
    x_hat = (x - mean) / np.sqrt(variance + epsilon)
    # y = γ ⊙ x̂ + β
    y = params["gamma"] * x_hat + params["beta"]
    return y, mean, variance


def batch_norm_moving(moving_mean, moving_variance, mean, variance, momentum):
    # moving ← momentum · moving + (1 − momentum) · batch
    new_mean = momentum * moving_mean + (1 - momentum) * mean
    new_variance = momentum * moving_variance + (1 - momentum) * variance
    return new_mean, new_variance


def batch_norm_backward(params, x, mean, variance, epsilon, d_y):
    inverse = 1 / np.sqrt(variance + epsilon)
    x_hat = (x - mean) * inverse
    # y = γ ⊙ x̂ + β
    d_gamma = (d_y * x_hat).sum(axis=0)
    d_beta = d_y.sum(axis=0)
    d_x_hat = d_y * params["gamma"]
    # x̂ = (x − μ) / √(σ² + ε)
    through_mean = d_x_hat.mean(axis=0)
    through_variance = x_hat * (d_x_hat * x_hat).mean(axis=0)
    d_x = (d_x_hat - through_mean - through_variance) * inverse
    return d_x, {"gamma": d_gamma, "beta": d_beta}
