"""Every check of an option: a number, a choice, a flag, the fields of a frozen dataclass.

As with arrays, in ``scratch/checks.py``, a wrong kind raises ``TypeError`` and a wrong value ``ValueError``, with the
argument's name, what was expected and what came.
"""

import functools
import numbers
from collections.abc import Callable, Collection
from typing import Any, TypeAlias

import numpy as np

from scratch.activations import NAMES, NUMBERS
from scratch.shown import shown

# The largest size or count, more than any memory holds; and the largest int64.
MOST, LARGEST = 2**40, 2**63 - 1
# From here on, the nearest float32 is infinity.
INFINITE_IN_FLOAT32 = float(np.finfo(np.float32).max) * (1 + 2.0**-25)
# A check of an option: takes its name and its value, returns what to keep, and raises for what does not fit.
Check: TypeAlias = Callable[[str, Any], Any]


def check_count(name: str, value: Any, least: int = 1, most: int = MOST) -> int:
    """Return an integer from ``least`` to ``most`` as Python's own int, refusing all else."""
    # Most are Python's own; to ask ``numbers`` takes ten times as long.
    if type(value) is not int:
        if isinstance(value, bool) or not isinstance(value, numbers.Integral):
            raise TypeError(f"{name} must be an integer, but is {shown(value)}")
        value = int(value)
    if value < least:
        raise ValueError(f"{name} must be at least {least}, but is {shown(value)}")
    if value > most:
        raise ValueError(f"{name} must be at most {most}, but is {shown(value)}")
    return value


def check_number(name: str, value: Any, least: float = -np.inf, above: float = -np.inf) -> float:
    """Return a finite real number of at least ``least`` and greater than ``above`` as Python's own float.

    A NumPy scalar would not do: ``np.float64(1) + z`` makes float64 of a float32 z.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number, but is {shown(value)}")
    try:
        value = float(value)
    except OverflowError:
        value = np.inf
    if not np.isfinite(value):
        raise ValueError(f"{name} must be finite, but is {value}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, but is {value}")
    if value <= above:
        raise ValueError(f"{name} must be greater than {above}, but is {value}")
    return value


def check_decay(name: str, value: Any) -> float:
    """Return a number of at least 0 and, as float32 knows it, below 1: the part of an average that is kept."""
    value = check_number(name, value, least=0)
    if value >= 1 or np.float32(value) >= 1:
        raise ValueError(f"{name} must be below 1 in float32, but is {value}")
    return value


def check_probability(name: str, value: Any) -> float:
    """Return a number above 0 and at most 1: a part of all that is kept."""
    value = check_number(name, value, above=0)
    if value > 1:
        raise ValueError(f"{name} must be at most 1, but is {value}")
    return value


def check_choice(name: str, value: Any, choices: Collection[str | bool]) -> Any:
    """Refuse all but one of these strings or Booleans."""
    if not isinstance(value, str | bool) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, but is {shown(value)}")
    return value


def check_flag(name: str, value: Any) -> bool:
    """Refuse all but ``True`` and ``False``."""
    if value is True or value is False:
        return value  # The usual case is decided first.
    return bool(check_choice(name, value, (False, True)))


def check_options(options: object, **checks: Check) -> None:
    """Check the fields of a frozen dataclass as it is made, each by its own check, and keep what the check returns.

    A number that is infinite in float32 is refused: there options are rounded, or used.
    """
    for name, check in checks.items():
        value = check(name, getattr(options, name))
        if isinstance(value, float) and abs(value) >= INFINITE_IN_FLOAT32:
            raise ValueError(f"{name} must be finite in float32, but is {value}")
        object.__setattr__(options, name, value)


def optional(check: Check) -> Check:
    """Return the check that lets ``None`` through, and all else that ``check`` does."""
    return lambda name, value: None if value is None else check(name, value)

check_positive = functools.partial(check_number, above=0)


def check_text(name: str, value: Any) -> str:
    """Refuse all but a text."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, but is {shown(value)}")
    return value


def check_kind(name: str, value: Any, kind: type, such_as: str) -> Any:
    """Refuse all but an object of this class; ``such_as`` is how one is written."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be such as {such_as}, but is {shown(value)}")
    return value


def check_methods(name: str, value: Any, methods: Collection[str], such_as: str) -> None:
    """Refuse all but an object with these methods, a class of one's own too."""
    if isinstance(value, type) or not all(callable(getattr(value, method, None)) for method in methods):
        raise TypeError(f"{name} must be such as {such_as}, but is {shown(value)}")


def check_function(name: str, value: Any) -> Any:
    """Refuse all that cannot be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, but is {shown(value)}")
    return value


def check_activation(name: str, value: Any) -> Any:
    """Return the name of an activation, or ``(name, α, β)`` for one of other numbers than usual; refuse all else."""
    if not isinstance(value, tuple | list):
        return check_choice(name, value, NAMES)
    if not value:
        raise ValueError(f"{name} must be a name, or a name and numbers, but is {shown(value)}")
    check_choice(f"{name}[0]", value[0], tuple(NUMBERS))
    if len(value) > 1 + NUMBERS[value[0]]:
        raise ValueError(f"{name} must have {NUMBERS[value[0]]} numbers after {value[0]!r}, but is {shown(value)}")
    numbers_given = [check_number(f"{name}[{place}]", number) for place, number in enumerate(value[1:], 1)]
    if numbers_given and value[0] != "affine":
        # Only where φ rises, or stays, is its slope a function of its value.
        least = {"above": 0.0} if value[0] == "scaled_tanh" else {"least": 0.0}
        check_number(f"{name}[1]", numbers_given[0], **least)
    return (value[0], *numbers_given) if numbers_given else value[0]
