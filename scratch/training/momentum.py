"""Gradient descent that keeps going: ``tf.compat.v1.train.MomentumOptimizer``.

    a ← μ a + g
    θ ← θ − η a                 or, with Nesterov's look ahead,    θ ← θ − η (g + μ a)

The page is ``docs/training/momentum.md``.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from scratch.arrays import Params
from scratch.options import check_decay, check_flag, check_options
from scratch.training.optimizers import check_learning_rate, check_step, check_weights, map_numbers, rounded
from scratch.tree import map_tree


@dataclass(frozen=True)
class MomentumOptimizer:
    """a ← μ a + g, θ ← θ − η a. Source: Polyak (1964); Sutskever et al. (2013); TensorFlow's of the same name.

    - ``momentum``: μ, at least 0 and below 1.
    - ``use_nesterov``: step along g + μ a, which is where a will point if the next gradient is like this one.

    Raises ``ValueError`` or ``TypeError`` where an option is none of these, or ``learning_rate`` is below 0.
    """

    learning_rate: float
    momentum: float
    use_nesterov: bool = False
    slot_names: ClassVar[dict[str, str]] = {"momentum": "Momentum"}

    def __post_init__(self) -> None:
        check_options(self, learning_rate=check_learning_rate, momentum=check_decay, use_nesterov=check_flag)

    def init_slots(self, params: Params) -> Params:
        """Return ``{"momentum": …}``: a, zeros like each parameter."""
        check_weights(params)
        return {"momentum": map_tree(np.zeros_like, params)}

    def apply_gradients(self, params: Params, gradients: Params, slots: Params) -> tuple[Params, Params]:
        """Return ``(new_params, new_slots)``; params, gradients and ``slots["momentum"]`` hold the same names."""
        dtype = check_step(params, gradients, slots, {"momentum": params})
        eta, mu = rounded(self.learning_rate, dtype), rounded(self.momentum, dtype)
        # a ← μ a + g
        a = map_numbers(lambda a, g: mu * a + g, slots["momentum"], gradients)
        # θ ← θ − η a          θ ← θ − η (g + μ a)
        direction = map_numbers(lambda a, g: g + mu * a, a, gradients) if self.use_nesterov else a
        return map_numbers(lambda theta, d: theta - eta * d, params, direction), {"momentum": a}
