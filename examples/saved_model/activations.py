"""The activations of Keras, by its own names. In a description, one is its name and its settings.

Where Keras 2 and Keras 3 call two functions by one name, that of Keras 2 has a name of its own here.
"""

import math

import numpy as np

from scratch.activations import relu, sigmoid

# SELU's two constants: Klambauer et al. (2017), section 2.
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def softmax(z, axis=-1):
    axis = tuple(axis) if isinstance(axis, list) else axis
    p = np.exp(z - z.max(axis=axis, keepdims=True))
    return p / p.sum(axis=axis, keepdims=True)


def log_softmax(z, axis=-1):
    z = z - z.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def sparsemax(z, axis=-1):
    """Return the sparsemax as Keras computes it, which adds up the running sums where Martins has the last of them."""
    largest_first = -np.sort(-z, axis=axis)
    count = np.moveaxis(np.arange(1, z.shape[axis] + 1, dtype=z.dtype).reshape([-1] + [1] * (z.ndim - 1)), 0, axis)
    running = largest_first.cumsum(axis=axis)
    support = largest_first - (running - 1) / count > 0
    total = np.where(support, running, 0).sum(axis=axis, keepdims=True)
    return relu(z - (total - 1) / support.sum(axis=axis, keepdims=True).astype(z.dtype))


def general_relu(z, negative_slope=0.0, max_value=None, threshold=0.0):
    """Return z above the threshold, held to ``max_value``, and below it the distance to it times the slope."""
    y = np.where(z > threshold, z, 0).astype(z.dtype)
    y = y if max_value is None else np.clip(y, 0, max_value)
    return y - negative_slope * relu(threshold - z) if negative_slope else y


def leaky_relu(z, negative_slope=0.2):
    return np.where(z > 0, z, negative_slope * z)


def elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def gelu(z):
    # z times the normal distribution up to z; NumPy has no error function, the standard library has.
    return z * (0.5 * (1 + np.frompyfunc(math.erf, 1, 1)(z / math.sqrt(2)).astype(z.dtype)))


def glu(z):
    value, gate = np.split(z, 2, axis=-1)
    return value * sigmoid(gate)


def hard_sigmoid(z):
    return np.clip(z + 3, 0, 6) / 6


def shrink(z, threshold=0.5):
    return np.sign(z) * relu(np.abs(z) - threshold)


ACTIVATIONS = {
    "linear": lambda z: z,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "relu": general_relu,
    "relu6": lambda z: np.clip(z, 0, 6),
    "leaky_relu": leaky_relu,
    "elu": elu,
    "celu": elu,
    "selu": lambda z: SELU_SCALE * elu(z, SELU_ALPHA),
    "exponential": np.exp,
    "softplus": softplus,
    "softsign": lambda z: z / (1 + np.abs(z)),
    "softmax": softmax,
    "log_softmax": log_softmax,
    "sparsemax": sparsemax,
    "silu": lambda z: z * sigmoid(z),
    "gelu": gelu,
    "glu": glu,
    "mish": lambda z: z * np.tanh(softplus(z)),
    "squareplus": lambda z: (z + np.sqrt(z * z + 4)) / 2,
    "sparse_plus": lambda z: np.where(z <= -1, 0, np.where(z < 1, (z + 1) ** 2 / 4, z)).astype(z.dtype),
    "log_sigmoid": lambda z: -softplus(-z),
    "hard_sigmoid": hard_sigmoid,
    "hard_sigmoid of Keras 2": lambda z: np.clip(0.2 * z + 0.5, 0, 1),
    "sparse_sigmoid": lambda z: np.clip((z + 1) / 2, 0, 1),
    "hard_silu": lambda z: z * hard_sigmoid(z),
    "hard_tanh": lambda z: np.clip(z, -1, 1),
    "hard_shrink": lambda z: np.where(np.abs(z) > 0.5, z, 0).astype(z.dtype),
    "soft_shrink": shrink,
    "tanh_shrink": lambda z: z - np.tanh(z),
}


def activate(activation, z):
    """Return φ(z) for an activation as the description has it: its name and its settings."""
    name, settings = activation
    return ACTIVATIONS[name](z, **settings)
