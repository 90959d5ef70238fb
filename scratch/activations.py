"""The two squashing functions and the rectifier, each with its derivative written in terms of its own result.

Writing φ' in terms of a = φ(z) is what lets a cell keep only its activations for the backward pass and forget z.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scratch.arrays import Array, Float


def sigmoid(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return σ(z) = 1 / (1 + exp(−z)), written as exp(min(z, 0)) / (1 + exp(−|z|)).

    No z overflows it, and a small σ has all its digits: (1 + tanh(z / 2)) / 2 would lose them as a difference of two
    numbers near 1. −|z| is the lesser of z and −z, which for complex numbers has a derivative as well.
    """
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(np.minimum(z, -z)))


def relu(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return max(z, 0). NumPy orders complex numbers by their real part first, so complex steps pass through."""
    return np.maximum(z, 0)


class Activation(NamedTuple):
    """An activation φ: ``value(z)`` is φ(z), and ``slope(a)`` is φ'(z) given a = φ(z)."""

    value: Callable[[Float[Array, "..."]], Float[Array, "..."]]
    slope: Callable[[Float[Array, "..."]], Float[Array, "..."]]


ACTIVATIONS = {
    "tanh": Activation(np.tanh, lambda a: 1 - a * a),
    "relu": Activation(relu, lambda a: np.where(a.real > 0, np.ones_like(a), np.zeros_like(a))),
}


def clip(z: Float[Array, "..."], bound: float | None) -> Float[Array, "..."]:
    """Return z held between −bound and bound, judged by its real part; with bound ``None``, z itself."""
    if bound is None:
        return z
    return np.where(np.abs(z.real) <= bound, z, np.sign(z.real) * z.real.dtype.type(bound))


def clip_slope(z: Float[Array, "..."], bound: float | None) -> Float[Array, "..."]:
    """Return the derivative of ``clip``: 1 up to and at the bounds, 0 beyond, as in ``tf.clip_by_value``."""
    return np.ones_like(z) if bound is None else (np.abs(z.real) <= bound).astype(z.dtype)
