"""Where weights start: a function of a generator, a shape and a dtype for every TF1 initialiser used here."""

import numpy as np


def glorot_uniform(rng, shape, dtype):
    """Return uniform draws in ±sqrt(6 / (fan_in + fan_out)), the default of every TF1 variable.

    Source: Glorot and Bengio (2010), equation 16; ``tf.compat.v1.glorot_uniform_initializer``.
    """
    fan_in, fan_out = shape
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape).astype(dtype)


def uniform(rng, shape, dtype):
    """Return uniform draws in [0, 1), as ``np.random.rand``: the start of the echo tutorial's hand-written weights."""
    return rng.random(shape).astype(dtype)


def zeros(rng, shape, dtype):
    """Return zeros, the start of every TF1 cell's bias; ``rng`` is not used."""
    return np.zeros(shape, dtype)


def draw_params(shapes, initializer, rng, dtype, path=""):
    """Return the nested dict ``shapes`` with an array drawn for every shape, in order.

    ``initializer(path)`` chooses a function of this file for the parameter at ``path``, such as ``"gates/bias"``.
    Raises ``TypeError`` where ``rng`` is not a ``numpy.random.Generator``.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, but is {type(rng).__name__}")
    if isinstance(shapes, dict):
        return {
            key: draw_params(shape, initializer, rng, dtype, f"{path}/{key}" if path else key)
            for key, shape in shapes.items()
        }
    return initializer(path)(rng, shapes, dtype)
