"""Learning rates that change while a network is trained: functions of the step n = 0, 1, 2, …

    exponential      η₀ ρ^(n/N)                                      staircase: ρ^⌊n/N⌋
    inverse time     η₀ / (1 + ρ n/N)                                staircase: ⌊n/N⌋
    polynomial       (η₀ − η_end) (1 − n/N)^p + η_end                for n ≤ N, and η_end after
    cosine           η₀ ((1 − α) (1 + cos(π n/N)) / 2 + α)           for n ≤ N, and α η₀ after
    piecewise        values_i while n ≤ boundaries_i
    warm-up          from η_start in a straight line up to the first rate of another schedule, which then begins

Each is a frozen dataclass with Keras's name and fields, called with a step: ``CosineDecay(0.1, 1000)(500)``. A
``Trainer`` asks it before every step. The page is ``docs/training/schedules.md``.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from scratch.finite import quiet
from scratch.options import LARGEST, check_count, check_flag, check_number, check_options
from scratch.shown import shown
from scratch.training.optimizers import check_learning_rate


def check_step(step: Any) -> int:
    """Return the number of a step, refusing all but an integer of at least 0."""
    return check_count("step", step, least=0, most=LARGEST)


def check_fraction(name: str, value: Any) -> float:
    """Return a number from 0 to 1."""
    if check_number(name, value, least=0) > 1:
        raise ValueError(f"{name} must be at most 1, but is {value}")
    return float(value)


@dataclass(frozen=True)
class ConstantSchedule:
    """η₀ at every step."""

    learning_rate: float

    def __post_init__(self) -> None:
        check_options(self, learning_rate=check_learning_rate)

    def __call__(self, step: int) -> float:
        check_step(step)
        return self.learning_rate


@dataclass(frozen=True)
class _Decay:
    """The fields of both decays without an end, and the periods they count."""

    initial_learning_rate: float
    decay_steps: int
    decay_rate: float
    staircase: bool = False

    def __post_init__(self) -> None:
        check_options(self, initial_learning_rate=check_learning_rate, decay_steps=check_count)
        check_options(self, decay_rate=check_learning_rate, staircase=check_flag)

    def _periods(self, step: int) -> float:
        """Return n/N, or ⌊n/N⌋ with ``staircase``."""
        periods = check_step(step) / self.decay_steps
        return math.floor(periods) if self.staircase else periods


@dataclass(frozen=True)
class ExponentialDecay(_Decay):
    """η₀ ρ^(n/N), η₀ times ``decay_rate`` ρ every ``decay_steps`` N; with ``staircase``, all at once at their end.

    Source: ``tf.compat.v1.train.exponential_decay``; ``keras.optimizers.schedules.ExponentialDecay``.
    """

    @quiet
    def __call__(self, step: int) -> float:
        # η₀ ρ^(n/N); a power of NumPy's, which is infinite where it is too large, and not an error.
        return self.initial_learning_rate * float(np.float64(self.decay_rate) ** self._periods(step))


@dataclass(frozen=True)
class InverseTimeDecay(_Decay):
    """η₀ / (1 + ρ n/N); with ``staircase``, ⌊n/N⌋ in the place of n/N.

    Source: ``tf.compat.v1.train.inverse_time_decay``; ``keras.optimizers.schedules.InverseTimeDecay``.
    """

    def __call__(self, step: int) -> float:
        # η₀ / (1 + ρ n/N)
        return self.initial_learning_rate / (1 + self.decay_rate * self._periods(step))


@dataclass(frozen=True)
class PolynomialDecay:
    """(η₀ − η_end) (1 − n/N)^p + η_end: in N steps from η₀ to ``end_learning_rate``; a straight line for ``power`` 1.

    With ``cycle``, N is not the end: it becomes the next multiple of N, and the rate jumps up and falls again.
    Source: ``tf.compat.v1.train.polynomial_decay``; ``keras.optimizers.schedules.PolynomialDecay``.
    """

    initial_learning_rate: float
    decay_steps: int
    end_learning_rate: float = 0.0001
    power: float = 1.0
    cycle: bool = False

    def __post_init__(self) -> None:
        check_options(self, initial_learning_rate=check_learning_rate, decay_steps=check_count)
        check_options(self, end_learning_rate=check_learning_rate, power=check_learning_rate, cycle=check_flag)

    def __call__(self, step: int) -> float:
        step, steps = check_step(step), self.decay_steps
        if self.cycle:
            steps *= max(1, math.ceil(step / steps))
        # (η₀ − η_end) (1 − n/N)^p + η_end
        left = 1 - min(step, steps) / steps
        return (self.initial_learning_rate - self.end_learning_rate) * left**self.power + self.end_learning_rate


@dataclass(frozen=True)
class CosineDecay:
    """η₀ ((1 − α) (1 + cos(π n/N)) / 2 + α): in N steps from η₀ to ``alpha`` η₀, slowly at both ends.

    Source: Loshchilov and Hutter (2016), without restarts; ``tf.compat.v1.train.cosine_decay``;
    ``keras.optimizers.schedules.CosineDecay``, whose warm-up is ``WarmUp`` here.
    """

    initial_learning_rate: float
    decay_steps: int
    alpha: float = 0.0

    def __post_init__(self) -> None:
        check_options(self, initial_learning_rate=check_learning_rate, decay_steps=check_count, alpha=check_fraction)

    def __call__(self, step: int) -> float:
        # η₀ ((1 − α) (1 + cos(π n/N)) / 2 + α)
        wave = (1 + math.cos(math.pi * min(check_step(step), self.decay_steps) / self.decay_steps)) / 2
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)


@dataclass(frozen=True)
class PiecewiseConstantDecay:
    """values_i while n ≤ boundaries_i, and the last of the ``values`` after: one value more than ``boundaries``.

    Source: ``tf.compat.v1.train.piecewise_constant``; ``keras.optimizers.schedules.PiecewiseConstantDecay``. Raises
    ``ValueError`` or ``TypeError`` where the boundaries do not rise, or the counts do not fit.
    """

    boundaries: Sequence[int]
    values: Sequence[float]

    def __post_init__(self) -> None:
        for name in ("boundaries", "values"):
            if not isinstance(getattr(self, name), list | tuple):
                raise TypeError(f"{name} must be a list or tuple of numbers, but is {shown(getattr(self, name))}")
        boundaries = tuple(check_count(f"boundaries[{i}]", n, least=0) for i, n in enumerate(self.boundaries))
        values = tuple(check_learning_rate(f"values[{i}]", rate) for i, rate in enumerate(self.values))
        if any(after <= before for before, after in pairwise(boundaries)):
            raise ValueError(f"boundaries must rise, but are {shown(boundaries)}")
        if len(values) != len(boundaries) + 1:
            raise ValueError(f"values must be {len(boundaries) + 1}, one more than boundaries, but are {len(values)}")
        object.__setattr__(self, "boundaries", boundaries)
        object.__setattr__(self, "values", values)

    def __call__(self, step: int) -> float:
        step = check_step(step)
        return self.values[sum(step > boundary for boundary in self.boundaries)]


@dataclass(frozen=True)
class WarmUp:
    """In ``warmup_steps`` in a straight line from ``initial_learning_rate`` to ``schedule(0)``, then the schedule.

    The first gradients are the wildest, and Adam's averages know little yet: small steps do less harm there. Source:
    Goyal et al. (2017); the ``warmup_steps`` of ``keras.optimizers.schedules.CosineDecay``, before any schedule.
    """

    schedule: Callable[[int], float]
    warmup_steps: int
    initial_learning_rate: float = 0.0

    def __post_init__(self) -> None:
        if not callable(self.schedule):
            raise TypeError(f"schedule must be a function of the step, but is {shown(self.schedule)}")
        check_options(self, warmup_steps=check_count, initial_learning_rate=check_learning_rate)

    def __call__(self, step: int) -> float:
        if check_step(step) >= self.warmup_steps:
            return self.schedule(step - self.warmup_steps)
        start = self.initial_learning_rate
        return start + (self.schedule(0) - start) * step / self.warmup_steps
