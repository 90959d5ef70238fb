"""Where activations bend and flatten: points to compare at, and TensorFlow's own values and slopes there."""

from typing import NamedTuple

import numpy as np

from parity_tests.harness import compare
from scratch.activations import ACTIVATIONS, relu, sigmoid
from scratch.tree import map_tree
from tf_impl.activations import activation
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


WIDE = (-1e30, 1.1e30), (-1e300, 1.1e300)
NEAR = (-9.1, 9.3), (-9.1, 9.3)
# Keras and TensorFlow make exp(z) − 1 of small z, and 1 − |a| of large ones, as a difference: a range without those.
BENT = (-15.1, 1.1e3), (-30.1, 1.1e3)
TAILS = {
    "sigmoid": Tail(sigmoid, (-87.1, 87.3), (-707.1, 707.3)),
    "tanh": Tail(np.tanh, (-20.1, 20.3), (-40.1, 40.3)),
    "relu": Tail(relu, *WIDE),
    **{name: Tail(ACTIVATIONS[name].value, *WIDE) for name in ("linear", "leaky_relu", "affine", "thresholded_relu")},
    **{name: Tail(ACTIVATIONS[name].value, *NEAR) for name in ("relu6", "hard_sigmoid", "onnx_hard_sigmoid")},
    **{name: Tail(ACTIVATIONS[name].value, *BENT) for name in ("elu", "selu")},
    "softsign": Tail(ACTIVATIONS["softsign"].value, (-1e3, 1.1e3), (-1e3, 1.1e3)),
    "softplus": Tail(ACTIVATIONS["softplus"].value, (-87.1, 1.1e3), (-707.1, 1.1e3)),
    "exponential": Tail(np.exp, (-87.1, 87.3), (-707.1, 707.3)),
    "scaled_tanh": Tail(ACTIVATIONS["scaled_tanh"].value, (-20.1, 20.3), (-40.1, 40.3)),
}


def of_itself(have, want):
    """Return each number as a part of its witness: where both are equal, 0 among them, exactly 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(have == want, have.dtype.type(1), have / want)


def tail_differences(name, dtype):
    """Return a ``Difference`` of φ(z) and of φ'(z), each number by its own size."""
    z = TAILS[name].points(dtype)
    a = TAILS[name].ours(z)
    value, slope = tensorflow_tails(name, z, a)
    found = {"φ(z)": of_itself(a, value), "φ'(z)": of_itself(ACTIVATIONS[name].slope(a), slope)}
    return compare(found, map_tree(np.ones_like, found))


def tensorflow_tails(name, z, a):
    """Return TensorFlow's φ(z), and its φ' by its own gradient: given a = φ(z), where its op takes a."""
    ones = tf.ones_like(a)
    ops = {"relu": tf.raw_ops.ReluGrad, "tanh": tf.raw_ops.TanhGrad, "sigmoid": tf.raw_ops.SigmoidGrad}
    value = activation(name)(tf.constant(z)).numpy()
    if name == "relu":
        return value, ops[name](gradients=ones, features=a).numpy()
    if name in ("elu", "selu"):
        op = tf.raw_ops.EluGrad if name == "elu" else tf.raw_ops.SeluGrad
        return value, op(gradients=ones, outputs=a).numpy()
    if name in ops:
        return value, ops[name](y=a, dy=ones).numpy()
    if name == "scaled_tanh":
        return value, ops["tanh"](y=a, dy=ones).numpy()
    if name == "softsign":
        # Its op takes z, of which a keeps only so much.
        z = a / (1 - np.abs(a))
    x = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = activation(name)(x)
    return value, tape.gradient(y, x).numpy()
