"""Momentum and the size of the gradients together: ``tf.compat.v1.train.AdamOptimizer``.

    m ← m + (1 − β₁) (g − m)
    v ← v + (1 − β₂) (g² − v)
    θ ← θ − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε̂)

This is the paper's faster form, before its section 2.1: ε̂ stands beside a √v that is not corrected, so it is not the ε
of the paper's Algorithm 1 but ε √(1 − β₂ᵗ). The page is ``docs/training/adam.md``.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from scratch.arrays import Array, Params
from scratch.finite import quiet
from scratch.options import check_decay, check_options, check_positive
from scratch.training.optimizers import check_learning_rate, check_step, check_weights, map_numbers, rounded
from scratch.tree import map_tree


@dataclass(frozen=True)
class AdamOptimizer:
    """Adam. Source: Kingma and Ba (2015), section 2; ``tf.compat.v1.train.AdamOptimizer``.

    ``beta1`` and ``beta2`` are at least 0 and below 1, ``epsilon`` ε̂ is above 0. Raises ``ValueError`` or ``TypeError``
    where an option is none of these, or ``learning_rate`` is below 0.
    """

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    slot_names: ClassVar[dict[str, str]] = {"m": "Adam", "v": "Adam_1"}

    def __post_init__(self) -> None:
        check_options(
            self, learning_rate=check_learning_rate, beta1=check_decay, beta2=check_decay, epsilon=check_positive
        )

    def init_slots(self, params: Params) -> Params:
        """Return m and v, zeros like each parameter, and β₁¹ and β₂¹, the powers of the first step.

        The powers are float32 whatever the parameters are, as TensorFlow's variables for them.
        """
        check_weights(params)
        powers = {"beta1_power": np.array(self.beta1, np.float32), "beta2_power": np.array(self.beta2, np.float32)}
        return {"m": map_tree(np.zeros_like, params), "v": map_tree(np.zeros_like, params), **powers}

    @quiet
    def apply_gradients(self, params: Params, gradients: Params, slots: Params) -> tuple[Params, Params]:
        """Return ``(new_params, new_slots)``; params, gradients, ``slots["m"]`` and ``slots["v"]`` hold the same names.

        The powers in ``slots`` are those of the step to take, those in ``new_slots`` of the next.
        """
        dtype = check_step(params, gradients, slots, {"m": params, "v": params, **POWERS})
        eta, epsilon = rounded(self.learning_rate, dtype), rounded(self.epsilon, dtype)
        beta1, beta2 = rounded(self.beta1, dtype), rounded(self.beta2, dtype)
        # m ← m + (1 − β₁) (g − m)
        m = map_numbers(lambda m, g: m + (1 - beta1) * (g - m), slots["m"], gradients)
        # v ← v + (1 − β₂) (g² − v)
        v = map_numbers(lambda v, g: v + (1 - beta2) * (g * g - v), slots["v"], gradients)
        # η √(1 − β₂ᵗ) / (1 − β₁ᵗ)
        power1, power2 = (slots[power].astype(dtype) for power in POWERS)
        eta_t = eta * np.sqrt(1 - power2) / (1 - power1)
        # θ ← θ − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε̂)
        new_params = map_numbers(lambda theta, m, v: theta - eta_t * m / (np.sqrt(v) + epsilon), params, m, v)
        # βᵗ⁺¹ = βᵗ β
        powers = {
            "beta1_power": next_power(slots["beta1_power"], self.beta1),
            "beta2_power": next_power(slots["beta2_power"], self.beta2),
        }
        return new_params, {"m": m, "v": v, **powers}


def next_power(power: Array, beta: float) -> Array:
    """Return βᵗ β rounded to float32, and 0 where that has not all its digits there: TensorFlow's threads flush it."""
    product = np.float32(power) * np.float32(beta)
    return np.asarray(product if product >= TINY else np.float32(0))


TINY = np.finfo(np.float32).tiny
POWERS = dict.fromkeys(("beta1_power", "beta2_power"), np.zeros((), np.float32))
