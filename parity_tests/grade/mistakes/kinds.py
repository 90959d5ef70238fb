"""What a mistake with a sentence of its own is, and how it is found in a solved file."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from parity_tests.grade.anatomy import Solved
from parity_tests.grade.edits import Edit


@dataclass(frozen=True)
class Mistake:
    """Every ``old`` text of ``changes``, which the code of the function holds exactly once, becomes ``new``; ``says`` names it."""

    says: str
    changes: tuple[tuple[str, str], ...]

    def located(self, exercise: Solved, function: str) -> tuple[Edit, ...] | None:
        """Return the edits of the source, or nothing where a text does not stand in the function exactly once."""
        start, stop = exercise.part(function)
        text = exercise.source[start:stop]
        edits = []
        for old, new in self.changes:
            places = [found for found in found_at(old, text) if not remark(text, found)]
            if len(places) != 1:
                return None
            place = start + places[0]
            # The sentence stands at the first change alone: together they are one mistake.
            edits.append(Edit(place, place + len(old), new, "" if edits else self.says, 0))
        return tuple(edits)


def found_at(old: str, text: str) -> Iterator[int]:
    place = text.find(old)
    while place >= 0:
        yield place
        place = text.find(old, place + 1)


def remark(text: str, place: int) -> bool:
    """Whether a place of a function's text is in its description, or in a comment."""
    line = text[text.rfind("\n", 0, place) + 1 : place]
    return place < text.rfind('"""') or "#" in line


def mistake(says: str, *texts: str) -> Mistake:
    """Return a mistake: ``texts`` are old and new in turn."""
    return Mistake(says, tuple(zip(texts[::2], texts[1::2], strict=True)))


def orders(old: str, names: str, says: str) -> Iterator[Mistake]:
    """Yield a mistake for every other order of the ``names`` in ``old``, which has them as ``{}``."""
    right = tuple(names.split())
    for other in permutations(right):
        if other != right:
            yield mistake(says.format(", ".join(other)), old.format(*right), old.format(*other))
