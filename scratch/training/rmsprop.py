"""Steps of one size for large gradients and small: ``tf.compat.v1.train.RMSPropOptimizer``.

    r ← r + (1 − ρ) (g² − r)
    a ← μ a + η g / √(r + ε)
    θ ← θ − a

    centred:    q ← q + (1 − ρ) (g − q)        a ← μ a + η g / √(r − q² + ε)

r, the mean square of the gradients, starts at 1 and not at 0. The page is ``docs/training/rmsprop.md``.
"""

from dataclasses import dataclass

import numpy as np

from scratch.arrays import Params
from scratch.options import check_decay, check_flag, check_options, check_positive
from scratch.training.optimizers import check_learning_rate, check_step, check_weights, map_numbers, rounded
from scratch.tree import map_tree


@dataclass(frozen=True)
class RMSPropOptimizer:
    """r ← r + (1 − ρ) (g² − r), a ← μ a + η g / √(r + ε), θ ← θ − a.

    Source: Hinton (2012), lecture 6e; Graves (2013), for the centred form; TensorFlow's of the same name.

    - ``decay`` ρ and ``momentum`` μ: at least 0 and below 1; ``epsilon`` ε: above 0.
    - ``centered``: divide by the gradients' standard deviation, √(r − q² + ε), where q is their mean.

    Raises ``ValueError`` or ``TypeError`` where an option is none of these, or ``learning_rate`` is below 0.
    """

    learning_rate: float
    decay: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-10
    centered: bool = False

    def __post_init__(self) -> None:
        check_options(
            self,
            learning_rate=check_learning_rate,
            decay=check_decay,
            momentum=check_decay,
            epsilon=check_positive,
            centered=check_flag,
        )

    @property
    def slot_names(self) -> dict[str, str]:
        """What TensorFlow calls each slot: it counts them in the order in which it makes them."""
        made = ("rms", "mg", "momentum") if self.centered else ("rms", "momentum")
        return dict(zip(made, ("RMSProp", "RMSProp_1", "RMSProp_2"), strict=False))

    def init_slots(self, params: Params) -> Params:
        """Return ``{"rms": …, "momentum": …}``: r all ones and a zeros, like each parameter; centred, q as ``"mg"``."""
        check_weights(params)
        start = {"rms": np.ones_like, "mg": np.zeros_like, "momentum": np.zeros_like}
        return {slot: map_tree(start[slot], params) for slot in self.slot_names}

    def apply_gradients(self, params: Params, gradients: Params, slots: Params) -> tuple[Params, Params]:
        """Return ``(new_params, new_slots)``; params, gradients and each slot hold the same names."""
        dtype = check_step(params, gradients, slots, dict.fromkeys(self.slot_names, params))
        eta, rho, mu = (rounded(value, dtype) for value in (self.learning_rate, self.decay, self.momentum))
        epsilon = rounded(self.epsilon, dtype)
        # r ← r + (1 − ρ) (g² − r)
        new = {"rms": map_numbers(lambda r, g: r + (1 - rho) * (g * g - r), slots["rms"], gradients)}
        spread = new["rms"]
        if self.centered:
            # q ← q + (1 − ρ) (g − q)          r − q²
            new["mg"] = map_numbers(lambda q, g: q + (1 - rho) * (g - q), slots["mg"], gradients)
            spread = map_numbers(lambda r, q: r - q * q, new["rms"], new["mg"])
        # a ← μ a + η g / √(r + ε)
        new["momentum"] = map_numbers(
            lambda a, g, r: mu * a + eta * g / np.sqrt(r + epsilon), slots["momentum"], gradients, spread
        )
        # θ ← θ − a
        return map_numbers(np.subtract, params, new["momentum"]), new
