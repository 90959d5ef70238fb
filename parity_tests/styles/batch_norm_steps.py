# The graph of Ioffe and Szegedy, step by step.
import numpy as np


def batch_norm_forward(params, x, epsilon):
    mu = np.average(x, axis=0)
    var = np.var(x, axis=0)
    return params["beta"] + params["gamma"] * (x - mu) * (var + epsilon) ** -0.5, mu, var


def batch_norm_moving(moving_mean, moving_variance, mean, variance, momentum):
    rate = 1 - momentum
    return [moving_mean - rate * (moving_mean - mean), moving_variance - rate * (moving_variance - variance)]


def batch_norm_backward(params, x, mean, variance, epsilon, d_y):
    N = x.shape[0]
    s = np.sqrt(variance + epsilon)
    xc = x - mean
    dxhat = d_y * params["gamma"]
    dvar = (dxhat * xc * -0.5 * s**-3).sum(0)
    dmu = (-dxhat / s).sum(0) + dvar * (-2 * xc).mean(0)
    return dxhat / s + dvar * 2 * xc / N + dmu / N, {"gamma": (d_y * xc / s).sum(0), "beta": d_y.sum(0)}
