"""Where activations bend and flatten: points to compare at, and TensorFlow's own values and slopes there."""

from typing import NamedTuple

import numpy as np

from parity_tests.harness import compare
from scratch.activations import ACTIVATIONS, relu, sigmoid
from scratch.tree import map_tree
from tf_impl.tensorflow import tf


class Tail(NamedTuple):
    """An activation of ours, its range of z in float32 and in float64, and the name of it in TensorFlow."""

    ours: callable
    float32: tuple
    float64: tuple

    def range(self, dtype):
        """Return the least and the largest z at which TensorFlow's φ(z) is a normal number; below, it makes it 0."""
        return self.float32 if dtype == np.float32 else self.float64

    def points(self, dtype):
        """Return z from end to end of the range, 0 not among them."""
        return np.linspace(*self.range(dtype), 2001).astype(dtype)


TAILS = {
    "sigmoid": Tail(sigmoid, (-87.1, 87.3), (-707.1, 707.3)),
    "tanh": Tail(np.tanh, (-20.1, 20.3), (-40.1, 40.3)),
    "relu": Tail(relu, (-1e30, 1.1e30), (-1e300, 1.1e300)),
}


def of_itself(have, want):
    """Return each number as a part of its witness: where both are equal, 0 among them, exactly 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(have == want, have.dtype.type(1), have / want)


def tail_differences(name, dtype):
    """Return a ``Difference`` of φ(z) and, where a cell needs it, of φ'(z), each number by its own size."""
    z = TAILS[name].points(dtype)
    a = TAILS[name].ours(z)
    found = {"φ(z)": of_itself(a, tensorflow_value(name, z))}
    if name in ACTIVATIONS:
        found["φ'(z)"] = of_itself(ACTIVATIONS[name].slope(a), tensorflow_slope(name, a))
    return compare(found, map_tree(np.ones_like, found))


def tensorflow_value(name, z):
    """Return TensorFlow's φ(z)."""
    return getattr(tf.nn, name)(z).numpy()


def tensorflow_slope(name, a):
    """Return φ' by TensorFlow's own gradient op, given a = φ(z)."""
    ones = tf.ones_like(a)
    if name == "relu":
        return tf.raw_ops.ReluGrad(gradients=ones, features=a).numpy()
    return tf.raw_ops.TanhGrad(y=a, dy=ones).numpy()
