"""What the functions of an exercise are called with."""

from types import ModuleType

import numpy as np

from parity_tests.grade.draws import cells, inputs, training, unroll
from parity_tests.grade.draws.sizes import SIZES, Call

SEED = 20


def draw_calls(idea: str, solved: ModuleType, seed: int = SEED) -> list[Call]:
    """Return the calls of an exercise, of three sizes, those of one function together; a ``seed`` draws the same."""
    (draw,) = (getattr(wing, idea) for wing in (cells, unroll, inputs, training) if hasattr(wing, idea))
    rng = np.random.default_rng(seed)
    calls = [call for sizes in SIZES for call in draw(rng, sizes, solved)]
    order = list(dict.fromkeys(call.function for call in calls))
    return sorted(calls, key=lambda call: order.index(call.function))
