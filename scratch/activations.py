"""The functions that squash and rectify, each with its derivative written in terms of its own result.

Writing φ' in terms of a = φ(z) is what lets a cell keep only its activations for the backward pass and forget z. So a
function that takes one value in two places with two slopes, as SiLU and GELU do, is none of them.

    tanh, relu, sigmoid, linear, softsign, softplus, exponential, relu6, selu       as in Keras and ONNX
    hard_sigmoid         clip(z + 3, 0, 6) / 6           Keras 3
    onnx_hard_sigmoid    clip(α z + β, 0, 1)             ONNX, α = 0.2, β = 0.5; the ``hard_sigmoid`` of Keras 2
    elu                  z, or α (exp(z) − 1) below 0    α = 1
    leaky_relu           z, or α z below 0               α = 0.2, Keras; ONNX has 0.01
    affine               α z + β                         α = 1, β = 0
    scaled_tanh          α tanh(β z)                     α = 1, β = 1
    thresholded_relu     z above α, else 0               α = 1
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from scratch.arrays import Array, Float

# A name, or ``(name, α, β)`` with the numbers of a function that has any.
Phi: TypeAlias = str | tuple[Any, ...]


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


def between(a: Float[Array, "..."], low: float, high: float, slope: float = 1.0) -> Float[Array, "..."]:
    """Return ``slope`` where a is strictly between two bounds, and 0 elsewhere."""
    return np.where((a.real > low) & (a.real < high), slope, 0).astype(a.dtype)


def held(z: Float[Array, "..."], low: float, high: float) -> Float[Array, "..."]:
    """Return z held between two bounds."""
    return np.minimum(np.maximum(z, low), high)


def bent(z: Float[Array, "..."], below: Float[Array, "..."] | float) -> Float[Array, "..."]:
    """Return z, or ``below`` where z is below 0."""
    return np.where(z.real >= 0, z, below).astype(z.dtype)


def softplus(z: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return log(1 + exp(z)), with all its digits where it is small."""
    return np.maximum(z, 0) + np.log1p(np.exp(np.minimum(z, -z)))


def elu(alpha: float = 1.0, scale: float = 1.0) -> Activation:
    def slope(a: Float[Array, "..."]) -> Float[Array, "..."]:
        return np.where(a.real >= 0, scale, a + alpha).astype(a.dtype)

    return Activation(lambda z: bent(scale * z, alpha * np.expm1(np.minimum(z, 0))), slope)


def onnx_hard_sigmoid(alpha: float = 0.2, beta: float = 0.5) -> Activation:
    return Activation(lambda z: held(alpha * z + beta, 0, 1), lambda a: between(a, 0, 1, alpha))


def leaky_relu(alpha: float = 0.2) -> Activation:
    return Activation(lambda z: bent(z, alpha * z), lambda a: np.where(a.real > 0, 1, alpha).astype(a.dtype))


def affine(alpha: float = 1.0, beta: float = 0.0) -> Activation:
    return Activation(lambda z: alpha * z + beta, lambda a: np.full_like(a, alpha))


def scaled_tanh(alpha: float = 1.0, beta: float = 1.0) -> Activation:
    return Activation(lambda z: alpha * np.tanh(beta * z), lambda a: alpha * beta * (1 - (a / alpha) ** 2))


def thresholded_relu(alpha: float = 1.0) -> Activation:
    return Activation(lambda z: np.where(z.real > alpha, z, 0).astype(z.dtype), lambda a: between(a, 0, np.inf))


# Functions of numbers, of which α is never negative: else φ would take one value on both sides of 0.
FAMILIES: dict[str, Callable[..., Activation]] = {
    "onnx_hard_sigmoid": onnx_hard_sigmoid,
    "elu": elu,
    "leaky_relu": leaky_relu,
    "affine": affine,
    "scaled_tanh": scaled_tanh,
    "thresholded_relu": thresholded_relu,
}
# How many numbers each of them has.
NUMBERS = {"onnx_hard_sigmoid": 2, "elu": 1, "leaky_relu": 1, "affine": 2, "scaled_tanh": 2, "thresholded_relu": 1}


class Activations(dict[Phi, Activation]):
    """The table of activations by name, in which those with numbers are made when they are asked for."""

    def __missing__(self, phi: Phi) -> Activation:
        family = FAMILIES[phi[0]]
        return family(*phi[1:])


ACTIVATIONS = Activations(
    {
        "tanh": Activation(np.tanh, lambda a: 1 - a * a),
        "relu": Activation(relu, lambda a: np.where(a.real > 0, np.ones_like(a), np.zeros_like(a))),
        "sigmoid": Activation(sigmoid, lambda a: a * (1 - a)),
        "linear": Activation(np.copy, np.ones_like),
        "softsign": Activation(lambda z: z / (1 + np.maximum(z, -z)), lambda a: (1 - np.maximum(a, -a)) ** 2),
        "softplus": Activation(softplus, lambda a: -np.expm1(-a)),
        "exponential": Activation(np.exp, np.copy),
        "relu6": Activation(lambda z: held(z, 0, 6), lambda a: between(a, 0, 6)),
        "selu": elu(alpha=1.7580993408473769, scale=1.0507009873554805),
        "hard_sigmoid": Activation(lambda z: held(z + 3, 0, 6) / 6, lambda a: between(a, 0, 1, 1 / 6)),
        **{name: make() for name, make in FAMILIES.items()},
    }
)
NAMES = tuple(str(name) for name in ACTIVATIONS)


def clip(z: Float[Array, "..."], bound: float | None) -> Float[Array, "..."]:
    """Return z held between −bound and bound, judged by its real part; with bound ``None``, z itself."""
    if bound is None:
        return z
    return np.where(np.abs(z.real) <= bound, z, np.sign(z.real) * z.real.dtype.type(bound))


def clip_slope(z: Float[Array, "..."], bound: float | None) -> Float[Array, "..."]:
    """Return the derivative of ``clip``: 1 up to and at the bounds, 0 beyond, as in ``tf.clip_by_value``."""
    return np.ones_like(z) if bound is None else (np.abs(z.real) <= bound).astype(z.dtype)
