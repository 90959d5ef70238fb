"""The mistakes that have a sentence of their own: what people really get wrong, and our own planted faults."""

from functools import cache

from parity_tests.grade.anatomy import Solved
from parity_tests.grade.edits import Edit
from parity_tests.grade.mistakes import cells, gates, inputs, losses, optimizers, unroll
from parity_tests.grade.mistakes.kinds import Mistake

WINGS = cells, gates, unroll, inputs, losses, optimizers


@cache
def written(function: str) -> tuple[Mistake, ...]:
    """Return the mistakes that are written for one function by name."""
    return tuple(each for wing in WINGS for each in wing.MISTAKES.get(function, ()))


def known_mistakes(exercise: Solved, function: str) -> list[tuple[Edit, ...]]:
    """Return the edits of every mistake of a function: those written for it, and the shared ones that fit it."""
    shared = [each for wing in WINGS for each in wing.SHARED]
    located = [each.located(exercise, function) for each in [*written(function), *shared]]
    return list(dict.fromkeys(edits for edits in located if edits))
