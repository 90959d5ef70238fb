"""σ, φ and φ' of one number, for the compiled loops: the formulas of ``scratch/activations.py``."""

import math

from scratch.jit.compiler import compiled


@compiled
def sigmoid(z):
    """Return σ(z) = (1 + tanh(z / 2)) / 2."""
    return 0.5 * (1 + math.tanh(0.5 * z))


@compiled
def value(relu, z):
    """Return φ(z): the rectifier if ``relu``, else tanh."""
    return max(z, 0.0) if relu else math.tanh(z)


@compiled
def slope(relu, a):
    """Return φ'(z), given a = φ(z)."""
    if relu:
        return 1.0 if a > 0 else 0.0
    return 1 - a * a
