"""Where a ``numpy.random.Generator`` stands, written as text, so that it can be kept and set back."""

import json
from typing import Any

import numpy as np

from scratch.arrays import Array
from scratch.shown import shown

BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


def generator_state(rng: np.random.Generator) -> Array:
    """Return where a ``numpy.random.Generator`` stands, as JSON in an array of text.

    Raises ``TypeError`` where its numbers come from another bit generator than NumPy's own.
    """
    kind = type(getattr(rng, "bit_generator", rng)).__name__
    if not isinstance(rng, np.random.Generator) or kind not in BIT_GENERATORS:
        raise TypeError(f"rng must be a numpy.random.Generator of {', '.join(BIT_GENERATORS)}, but is of {kind}")
    return np.array(json.dumps(rng.bit_generator.state, default=np.ndarray.tolist))


def restore_generator(rng: np.random.Generator, state: Any) -> None:
    """Put a ``numpy.random.Generator`` where another of its kind stood when ``generator_state`` was asked.

    Raises ``ValueError`` where ``state`` is of another kind of generator, or of none.
    """
    kind, before = json.loads(str(generator_state(rng)))["bit_generator"], rng.bit_generator.state
    try:
        rng.bit_generator.state = json.loads(str(state))
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        # NumPy sets the fields one by one, so an error in one leaves the fields before it changed.
        rng.bit_generator.state = before
        raise ValueError(f"state must be that of a {kind}, but is {shown(str(state))}") from error
