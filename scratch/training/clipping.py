"""Gradients no longer than they should be: by each entry, by each variable, or all together.

    by value          g ← min(max(g, lowest), highest)
    by norm           g ← g c / max(‖g‖, c)                 for every variable by itself
    by global norm    g ← g c / max(N, c)                   N = √(Σ ‖g‖² over all variables)

Gradients are nested dicts of arrays of one dtype, as the backward passes return them, and come out as new ones. A NaN
or an infinity is an answer here and no accident: what becomes of it is what TensorFlow makes of it. The page is
``docs/training/clipping.md``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Params
from scratch.finite import quiet
from scratch.options import check_choice, check_number, check_options, check_positive, check_text
from scratch.shown import shown
from scratch.training.optimizers import check_weights
from scratch.tree import map_named, map_tree, named_leaves

CLIPPED_BY = "value", "norm", "global_norm"


@dataclass(frozen=True)
class Clipping:
    """How a ``Trainer`` clips: ``by`` ``"value"``, ``"norm"`` or ``"global_norm"``, and to which ``limit`` c.

    By value, every entry is moved into [−c, c]. ``skip``, for ``"norm"`` alone, names what is left as it is. Raises
    ``ValueError`` or ``TypeError`` where ``limit`` is not above 0, or an option is not one of these.
    """

    by: str
    limit: float
    skip: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_options(self, by=lambda name, value: check_choice(name, value, CLIPPED_BY), limit=check_positive)
        if not isinstance(self.skip, tuple) or (self.skip and self.by != "norm"):
            raise ValueError(f"skip must be (), or with by='norm' a tuple of names, but is {shown(self.skip)}")

    def apply(self, gradients: Params) -> Params:
        """Return the gradients clipped."""
        if self.by == "norm":
            return clip_by_norm(gradients, self.limit, self.skip)
        if self.by == "value":
            return clip_by_value(gradients, -self.limit, self.limit)
        return clip_by_global_norm(gradients, self.limit)[0]


@quiet
def clip_by_value(gradients: Params, clip_value_min: float, clip_value_max: float) -> Params:
    """Return the gradients with every entry moved into ``[clip_value_min, clip_value_max]``; NaN stays NaN.

    Raises ``ValueError`` where the range is empty. Source: ``tf.clip_by_value``.
    """
    check_weights(gradients, "gradients")
    lowest = check_number("clip_value_min", clip_value_min)
    highest = check_number("clip_value_max", clip_value_max, least=lowest)
    return map_tree(lambda g: np.maximum(np.minimum(g, highest), lowest), gradients)


@quiet
def clip_by_norm(gradients: Params, clip_norm: float, skip: Iterable[str] = ()) -> Params:
    """Return the gradients, each variable's shortened to the length ``clip_norm`` where it is longer.

    ``skip`` names what is left alone, a variable (``"dense/kernel"``) or all that is in a scope (``"dense"``).
    A gradient of zeros stays so; one with a NaN is all NaN; beside an infinity, which becomes NaN, the rest is 0.
    Raises ``ValueError`` where ``clip_norm`` is not above 0, or a name in ``skip`` is of no variable.
    Source: ``tf.clip_by_norm``.
    """
    check_weights(gradients, "gradients")
    clip_norm = check_positive("clip_norm", clip_norm)
    if isinstance(skip, str):
        raise TypeError(f"skip must be names of variables, but is {shown(skip)}: write ({shown(skip)},)")
    if not isinstance(skip, Iterable):
        raise TypeError(f"skip must be names of variables, but is {shown(skip)}")
    skip = [check_text("skip", name) for name in skip]
    skipped = {path for name in skip for path in variables_in(gradients, name)}
    return map_named(lambda path, g: g.copy() if path in skipped else shortened(g, clip_norm), gradients)


def shortened(g: Float[Array, "*N"], clip_norm: float) -> Float[Array, "*N"]:
    # g ← g c / max(‖g‖, c)
    return g * clip_norm / np.maximum(np.sqrt((g * g).sum()), clip_norm)


@quiet
def clip_by_global_norm(gradients: Params, clip_norm: float) -> tuple[Params, Any]:
    """Return ``(clipped, global_norm)``: all gradients shortened by one factor, and N as it was before.

    Their direction is kept, which clipping each variable by itself does not. Where N is not finite, everything is NaN.
    Raises ``ValueError`` where ``clip_norm`` is not above 0. Source: Pascanu et al. (2013); ``tf.clip_by_global_norm``.
    """
    norm = global_norm(gradients)
    clip_norm = check_positive("clip_norm", clip_norm)
    # c / max(N, c), written as TensorFlow does. N − N is 0 where N is finite, and NaN where it is not.
    scale = clip_norm * np.minimum(1 / norm, 1 / clip_norm) + (norm - norm)
    return map_tree(lambda g: g * scale, gradients), norm


@quiet
def global_norm(gradients: Params) -> Any:
    """Return N = √(Σ g²) over all entries of all gradients, a number of their dtype.

    Source: ``tf.linalg.global_norm``.
    """
    check_weights(gradients, "gradients")
    return np.sqrt(sum((g * g).sum() for _, g in named_leaves(gradients)))


def variables_in(gradients: Params, name: str) -> list[str]:
    """Return the paths of the gradients that ``name`` is the name, or the scope, of; refuse a name of none."""
    found = [path for path, _ in named_leaves(gradients) if f"{path}/".startswith(f"{name}/")]
    if not found:
        known = ", ".join(repr(path) for path, _ in named_leaves(gradients))
        raise ValueError(f"skip names {name!r}, but the gradients are of {known}")
    return found
