"""Numbers that are not finite: no warning where they are made, and a run stopped at the first that shows.

Infinity and NaN are results as any other, as in TensorFlow and in compiled code: NumPy's warnings would say of them
where a sum overflowed, not which step of which run went wrong. ``check_finite`` says that.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

import numpy as np

from scratch.arrays import Tree
from scratch.tree import named_leaves

Called = TypeVar("Called", bound=Callable[..., Any])
is_quiet: ContextVar[bool] = ContextVar("is_quiet", default=False)


def quiet(function: Called) -> Called:
    """Return the function without NumPy's warnings; what the caller has told NumPy to raise or to call stays so."""

    @wraps(function)
    def called(*arguments: Any, **options: Any) -> Any:
        # Within a call that is quiet already, as in each of many steps, there is nothing to ask of NumPy again.
        if is_quiet.get():
            return function(*arguments, **options)
        kinds: dict[str, Any] = {kind: "ignore" for kind, answer in np.geterr().items() if answer == "warn"}
        before = is_quiet.set(True)
        try:
            with np.errstate(**kinds):
                return function(*arguments, **options)
        finally:
            is_quiet.reset(before)

    return called  # type: ignore[return-value]


def quiet_methods(kind: type, *names: str) -> None:
    """Make those of the methods quiet that a class defines itself."""
    for name in names:
        if name in vars(kind):
            setattr(kind, name, quiet(vars(kind)[name]))


def check_finite(step: int, quantities: dict[str, Tree]) -> None:
    """Raise ``FloatingPointError``, which names the step and the quantity, where a number is infinite or NaN.

    ``quantities`` are numbers and trees of arrays, each under its name. To be called before they are kept: what was
    saved last is then good to go on from.
    """
    for name, tree in quantities.items():
        for path, leaf in named_leaves(tree, name):
            array = np.asarray(leaf)
            if not np.isfinite(array).all():
                raise FloatingPointError(f"{path} is {array[~np.isfinite(array)][0]} at step {step}")
