"""What turns gradients into new weights, with TF1's formulas.

    gradient descent    θ ← θ − η g
    Adagrad             a ← a + g²        θ ← θ − η g / √a

An optimiser is a frozen dataclass of hyper-parameters. What it remembers between steps, its slots, goes in and comes
out beside the parameters, under the names TensorFlow gives them; nothing is changed in place. TF1 rounds every
hyper-parameter to float32 even where the weights are float64, so η = 0.3 is 0.300000011920929 there, and here. The
page is ``docs/training/optimizers.md``.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from scratch.checks import check_array, check_like, check_number, check_options, check_params, check_positive
from scratch.tree import map_tree, named_leaves


@dataclass(frozen=True)
class GradientDescentOptimizer:
    """θ ← θ − η g. Source: ``tf.compat.v1.train.GradientDescentOptimizer``.

    Raises ``ValueError`` or ``TypeError`` where ``learning_rate`` is not a finite number of at least 0.
    """

    learning_rate: float

    def __post_init__(self):
        check_options(self, learning_rate=check_learning_rate)

    def init_slots(self, params):
        """Return ``{}``: plain descent remembers nothing."""
        check_weights(params)
        return {}

    def apply_gradients(self, params, gradients, slots):
        """Return ``(new_params, new_slots)``; params and gradients are nested dicts of the same arrays."""
        check_step(params, gradients, slots, {})
        eta = np.float32(self.learning_rate)
        # θ ← θ − η g
        return map_tree(lambda theta, g: theta - theta.dtype.type(eta) * g, params, gradients), {}


@dataclass(frozen=True)
class AdagradOptimizer:
    """a ← a + g², θ ← θ − η g / √a. Source: Duchi et al. (2011); ``tf.compat.v1.train.AdagradOptimizer``.

    ``initial_accumulator_value`` is the a that every weight starts with: it plays the part of the ε that later
    optimisers add below the root. Raises ``ValueError`` or ``TypeError`` where it is not above 0, or where
    ``learning_rate`` is not a finite number of at least 0.
    """

    learning_rate: float
    initial_accumulator_value: float = 0.1

    def __post_init__(self):
        check_options(self, learning_rate=check_learning_rate, initial_accumulator_value=check_positive)

    def init_slots(self, params):
        """Return ``{"accumulator": …}``, an array like each parameter, filled with ``initial_accumulator_value``."""
        check_weights(params)
        return {"accumulator": map_tree(lambda theta: np.full_like(theta, self.initial_accumulator_value), params)}

    def apply_gradients(self, params, gradients, slots):
        """Return ``(new_params, new_slots)``; params, gradients and ``slots["accumulator"]`` hold the same names."""
        check_step(params, gradients, slots, {"accumulator": params})
        eta = np.float32(self.learning_rate)
        # a ← a + g²
        accumulator = map_tree(lambda a, g: a + g * g, slots["accumulator"], gradients)
        # θ ← θ − η g / √a
        new_params = map_tree(
            lambda theta, g, a: theta - theta.dtype.type(eta) * g / np.sqrt(a), params, gradients, accumulator
        )
        return new_params, {"accumulator": accumulator}


def check_weights(params):
    """Refuse all but a nested dict of floating-point arrays of one dtype."""
    if not isinstance(params, dict) or not any(named_leaves(params)):
        raise TypeError(f"params must be a dict of arrays, but is {params!r}")
    _, first = next(named_leaves(params))
    for path, leaf in named_leaves(params, "params"):
        check_array(path, leaf, (...,), getattr(first, "dtype", None))


def check_step(params, gradients, slots, slots_like):
    """Refuse gradients and slots that are not arrays of the names, shapes and dtype of the parameters."""
    check_weights(params)
    check_like("gradients", gradients, params)
    check_params("slots", slots, map_tree(np.shape, slots_like), next(named_leaves(params))[1].dtype)


check_learning_rate = partial(check_number, least=0)
