"""An optimiser over flat parameters: which kernel it is, with which numbers, and its slots as rows of one array."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, DType, Float, Params
from scratch.flat import copy_into, in_order, lines, views
from scratch.jit.training.updates import ADAGRAD, ADAM, CENTERED, DESCENT, MOMENTUM, NESTEROV, RMSPROP
from scratch.training.adam import POWERS, AdamOptimizer, next_power
from scratch.training.momentum import MomentumOptimizer
from scratch.training.optimizers import AdagradOptimizer, GradientDescentOptimizer, rounded
from scratch.training.rmsprop import RMSPropOptimizer


class Recipe(NamedTuple):
    """What an optimiser is to the kernel: its ``kind``, and its ``numbers``, as the kernel takes them, of a dtype."""

    kind: Callable[[Any], int]
    numbers: Callable[[Any, Callable[[float], Any]], tuple[Any, ...]]


# Adam's η is multiplied by what depends on the step: ``Slots.next``.
RECIPES: dict[type, Recipe] = {
    GradientDescentOptimizer: Recipe(lambda _: DESCENT, lambda o, exact: (exact(o.learning_rate),)),
    AdagradOptimizer: Recipe(lambda _: ADAGRAD, lambda o, exact: (exact(o.learning_rate),)),
    MomentumOptimizer: Recipe(
        lambda o: NESTEROV if o.use_nesterov else MOMENTUM,
        lambda o, exact: (exact(o.learning_rate), exact(o.momentum)),
    ),
    RMSPropOptimizer: Recipe(
        lambda o: CENTERED if o.centered else RMSPROP,
        lambda o, exact: (exact(o.learning_rate), 1 - exact(o.decay), exact(o.momentum), exact(o.epsilon)),
    ),
    AdamOptimizer: Recipe(
        lambda _: ADAM,
        lambda o, exact: (exact(o.learning_rate), 1 - exact(o.beta1), 1 - exact(o.beta2), exact(o.epsilon)),
    ),
}


def numbers_of(optimizer: Any, dtype: DType) -> tuple[int, Float[Array, "1 n"]]:
    """Return ``(kind, numbers)`` of an optimiser in ``RECIPES``, rounded as its own file rounds them."""
    recipe = RECIPES[type(optimizer)]
    return recipe.kind(optimizer), np.array([recipe.numbers(optimizer, partial(rounded, dtype=dtype))], dtype)


class Slots(NamedTuple):
    """What an optimiser remembers.

    ``rows`` [S, P] are laid out as the parameters, ``names`` those of the slots, and ``powers`` those of Adam by name.
    """

    rows: Float[Array, "S P"]
    names: tuple[str, ...]
    powers: Params

    def tree(self, places: dict[str, Any]) -> Params:
        """Return the slots as ``init_slots`` does, views of the rows."""
        rows, powers = iter(self.rows), self.powers
        return {name: powers[name] if name in powers else views(next(rows), places) for name in self.names}

    def next(self, optimizer: Any, numbers: Float[Array, "1 n"]) -> tuple["Slots", Float[Array, "1 n"]]:
        """Return the slots with the powers of the step after the one to take, and the numbers of that one."""
        powers = self.powers
        if powers:
            # η √(1 − β₂ᵗ) / (1 − β₁ᵗ)
            power1, power2 = (numbers.dtype.type(powers[name]) for name in POWERS)
            numbers = numbers.copy()
            numbers[0, 0] *= np.sqrt(1 - power2)
            numbers[0, 0] /= 1 - power1
            betas = optimizer.beta1, optimizer.beta2
            powers = {name: next_power(powers[name], beta) for name, beta in zip(POWERS, betas, strict=True)}
        return Slots(self.rows, self.names, powers), numbers


def slots_of(slots: Params, size: int, dtype: DType, places: dict[str, Any]) -> Slots:
    """Return the ``Slots`` of a tree as ``init_slots`` returns it, for parameters at these places of a memory."""
    trees = {name: part for name, part in slots.items() if isinstance(part, dict)}
    # Ones beyond the parameters, so that no root of 0 is divided by.
    rows = lines(len(trees), size, dtype, fill=1)
    for row, tree in zip(rows, trees.values(), strict=True):
        copy_into(row, in_order(tree, places))
    return Slots(rows, tuple(slots), {name: part for name, part in slots.items() if name not in trees})
