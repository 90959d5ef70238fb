"""Activations and their slopes.

    σ(z) = 1 / (1 + e^(−z))          σ'(z) = a (1 − a)      where a = σ(z)
    tanh                             tanh'(z) = 1 − a²      where a = tanh(z)
    relu(z) = max(z, 0)              relu'(z) = 1 where a > 0, and 0 elsewhere

Every slope is written with a, the value of the activation, and not with z: a backward pass has kept a.
All arrays may have any shape. The results have the shape of the argument.

Exercise 1 of 38; the lesson is docs/cells/rnn.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/activations.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def sigmoid(z):
    """Return ``a``: σ(z) of each entry of z. Entries such as 1000 and −1000 must give 1 and 0, not NaN."""
    # σ(z) = 1 / (1 + e^(−z))
    raise NotImplementedError


def sigmoid_slope(a):
    """Return ``slope``: σ'(z) of each entry, from a = σ(z)."""
    # σ'(z) = a (1 − a)
    raise NotImplementedError


def tanh_slope(a):
    """Return ``slope``: tanh'(z) of each entry, from a = tanh(z)."""
    # tanh'(z) = 1 − a²
    raise NotImplementedError


def relu(z):
    """Return ``a``: max(z, 0) of each entry of z."""
    # relu(z) = max(z, 0)
    raise NotImplementedError


def relu_slope(a):
    """Return ``slope``: 1 where a = relu(z) is greater than 0, and 0 elsewhere."""
    # relu'(z) = 1 where a > 0
    raise NotImplementedError
