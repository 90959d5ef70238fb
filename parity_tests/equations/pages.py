"""Pages and their statements."""

import functools
from pathlib import Path
from typing import Any, NamedTuple

from parity_tests.equations.check import wrong
from parity_tests.equations.nodes import Derivative, Items, Name, Relation, children
from parity_tests.equations.reader import parse
from parity_tests.equations.symbols import Unreadable
from parity_tests.equations.tokens import displays, statements

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


class Statement(NamedTuple):
    """One statement of a page: its text, its tree or why there is none, and the line where it stands.

    ``conditions`` are the relations behind it in the same display that say for which indices it holds.
    """

    text: str
    tree: Any
    conditions: tuple
    line: int


def text_of(page):
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


def statements_of(text):
    """Return the statements of a page's text, in order."""
    found = []
    for display in displays(text):
        line = text.count("\n", 0, display.start) + 1
        for statement in statements_in(display.text):
            found.append(statement._replace(line=line + statement.line))
    return found


# The same displays are read again and again where one of them is changed.
@functools.lru_cache(maxsize=200)
def statements_in(display):
    """Return the statements of one display, with their lines counted from its first."""
    found = []
    for source, part, limits in statements(display):
        try:
            tree = parse(part)
        except Unreadable as error:
            tree = error
        if limits and found and is_condition(tree):
            found[-1] = found[-1]._replace(conditions=(*found[-1].conditions, tree))
        else:
            found.append(Statement(source, tree, (), display.count("\n", 0, part[0].start)))
    return tuple(found)


class Complaint(NamedTuple):
    """A line of a page, what stands there, and what is wrong with it."""

    line: int
    text: str
    reason: str


def complaints(runs, text, sound=frozenset()):
    """Return what is wrong in a page's text, held to its runs; ``sound`` are statements that need no other look."""
    found, assigned = [], set()
    for statement in statements_of(text):
        tree = statement.tree
        if not isinstance(tree, Relation):
            found.append(Complaint(statement.line, statement.text, str(tree)))
            continue
        is_sound = (statement.text, statement.conditions) in sound
        if not is_sound and (reason := wrong(runs, statement, frozenset(assigned))):
            found.append(Complaint(statement.line, statement.text, reason))
        if r"\leftarrow" in tree.signs and isinstance(tree.sides[0], Name):
            assigned.add(tree.sides[0].name)
    return found


def is_condition(tree):
    return isinstance(tree, Relation) and set(tree.signs) <= {r"\le", "<", r"\ge", ">"}


def forward(page, also=(), last=False, until="\n## Backward"):
    """Return the equations of a page that define its names, before its derivatives; the first of two for one name.

    ``also`` are equations from its sentences, which come before the displayed ones; ``last`` lets the last of two
    displayed ones count.
    """
    text = text_of(page)
    for equation in also:
        if equation not in " ".join(text.split()):
            raise ValueError(f"docs/{page}.md does not say {equation}")
    shown = [statement for statement in statements_of(text.split(until)[0]) if defines(statement.tree)]
    shown = [statement.text for statement in shown]
    return (*also, *(shown[::-1] if last else shown))


def defines(tree):
    """Tell whether a statement gives values to names."""
    if not isinstance(tree, Relation) or tree.signs != ("=",):
        return False
    left = tree.sides[0]
    named = all(isinstance(item, Name) for item in (left.items if isinstance(left, Items) else (left,)))
    return named and not any(isinstance(node, Derivative) for node in walk(tree))


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)
