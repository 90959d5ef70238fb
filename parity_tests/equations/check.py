"""Does an equation hold in a run?"""

import itertools

import numpy as np

from parity_tests.equations.evaluate import COMPARE, Evaluation
from parity_tests.equations.nodes import Derivative, Dots, Name, Number, Over, Span, Sum, children
from parity_tests.equations.reading import Meaningless

# Of the scale of the left side.
LIMIT = 1e-10
ZEROS = "both sides are 0, which proves nothing"


def wrong(runs, statement, after=frozenset()):
    """Return what is wrong with a statement, or ``None`` where it holds in the runs that it is about.

    These are the runs that are ``meant`` for it; if there is none, it must hold in one of the others, or in all runs of
    one group. ``after`` names what ← has already changed.
    """
    meant = [run for run in runs if run.meant and statement.text.startswith(run.meant)]
    groups = {}
    for number, run in enumerate(meant or [run for run in runs if not run.meant]):
        groups.setdefault(("alone", number) if run.group is None else run.group, []).append(run)
    reasons = []
    for group in groups.values():
        found = (wrong_in(run, statement.tree, statement.conditions, after) for run in group)
        reason = next(filter(None, found), None)
        if reason is None:
            return None
        reasons.append(reason)
    # The one that came furthest: it could read the numbers.
    return max(reasons, key=lambda reason: reason.startswith("the sides"), default="the page has no run")


def wrong_in(run, relation, conditions, after):
    """Return what is wrong with an equation in one run, or ``None``."""
    if circular(relation):
        return "it says a thing by itself"
    if r"\leftarrow" not in relation.signs:
        after = frozenset()
    elif isinstance(relation.sides[0], Name):
        after = after - {relation.sides[0].name}
    free = sorted(indices(run, (relation, *conditions)))
    evaluation = Evaluation(run, after=after)
    places = [dict(zip(free, numbers, strict=True)) for numbers in itertools.product(*(run.ranges[i] for i in free))]
    meant, too_many = [], None
    for at in places:
        is_meant, reason = at_place(run, evaluation, relation, conditions, at)
        if is_meant and reason not in {None, ZEROS}:
            return f"{reason} at {at}" if at else reason
        if is_meant:
            meant.append(reason)
        elif reason is None:
            too_many = f"it holds at {at} as well"
    if all(reason == ZEROS for reason in meant):
        return ZEROS if meant else "it holds for no index"
    return too_many


def at_place(run, evaluation, relation, conditions, at):
    """Return whether the conditions hold at a place, and what is wrong with the equation there."""
    meant = True
    try:
        # What a wrong equation divides by may be 0.
        with np.errstate(all="ignore"):
            meant = all(np.all(evaluation.value(condition, at)) for condition in conditions)
            return meant, differs(run, evaluation, relation, at)
    except (Meaningless, ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        return meant, str(error)


def circular(relation):
    """Tell whether the left side of an equation stands on its right side, too."""
    left, *rest = relation.sides
    return isinstance(left, Name) and set(relation.signs) == {"="} and any(left in list(parts(side)) for side in rest)


def indices(run, node, bound=()):
    """Return the indices of a run that an equation leaves free."""
    if isinstance(node, Over):
        inside = indices(run, (node.body,), (*bound, *node.indices))
        limits = tuple(limit for limit in (node.first, node.last) if limit is not None)
        return inside | indices(run, limits, bound)
    found = {run.place} - {None, *bound}
    if isinstance(node, Name):
        alone = not node.below and not node.above and not run.knows(node.name)
        inside = {name for part in (node.below, node.above, (node,) if alone else ()) for name in free_names(part)}
        found |= {name for name in inside if name in run.ranges and name not in bound}
    for child in children(node):
        found |= indices(run, child, bound)
    return found


def free_names(node):
    if isinstance(node, Name):
        yield node.name
    for child in children(node):
        yield from free_names(child)


def differs(run, evaluation, relation, at):
    """Return how the sides differ, or ``None``."""
    for left, sign, right in zip(relation.sides, relation.signs, relation.sides[1:], strict=False):
        if isinstance(right, Span) and isinstance(left, Name) and left.name in run.ranges:
            same = list(evaluation.value(right, at)) == list(run.ranges[left.name])
            wrong = None if same else f"{left.name} runs over {list(run.ranges[left.name])}"
        elif isinstance(left, Derivative) and (sign == r"\mathrel{+}=" or has_dots(right)):
            wrong = no_piece(run, evaluation, left, right, at)
        elif isinstance(left, Name) and run.is_idle(evaluation.resolve(left, at)[0]):
            wrong = "nothing is made of it: it may say anything"
        elif sign in {"=", ":=", r"\leftarrow"}:
            value = evaluation.value(right, at)
            expected = run.given[f"{left.name}←"] if sign == r"\leftarrow" else evaluation.value(left, at)
            wrong = unequal(expected, value, isinstance(right, Number))
        else:
            sides = np.real(evaluation.value(left, at)), np.real(evaluation.value(right, at))
            wrong = None if np.all(COMPARE[sign](*sides)) else "the sides are the other way round"
        if wrong:
            return wrong
    return None


def has_dots(node):
    return isinstance(node, Sum) and any(isinstance(term, Dots) for _, term in node.terms)


def no_piece(run, evaluation, left, right, at):
    """Where more is added elsewhere, each term must be what one reader of the name adds."""
    terms = right.terms if has_dots(right) else ((1, right),)
    if all(isinstance(term, Dots) for _, term in terms):
        return "it says nothing"
    pieces = run.pieces(left, at)
    for sign, term in terms:
        if isinstance(term, Dots):
            wrong = "… is added, not taken away" if sign < 0 else None
        else:
            value = sign * evaluation.value(term, at)
            wrong = "a term that no reader adds" if all(unequal(piece, value) for piece in pieces) else None
        if wrong:
            return wrong
    return None


def unequal(expected, value, literal=False):
    """Return how two values differ. A number in the equation may stand for a whole array of it."""
    expected, value = leaves(expected), leaves(value)
    if len(expected) != len(value):
        return f"{len(expected)} values are not {len(value)}"
    for have, want in zip(value, expected, strict=True):
        if callable(have) or callable(want):
            return "a function is not a number"
        if np.shape(have) != np.shape(want) and not literal:
            return f"the shapes {np.shape(want)} and {np.shape(have)} differ"
        scale = np.max(np.abs(want), initial=0.0)
        off = np.max(np.abs(np.subtract(have, want)), initial=0.0)
        if not off <= LIMIT * scale:
            return f"the sides differ by {off:.1e}, {off / scale if scale else np.inf:.1e} of their scale"
        if scale == 0 and not literal:
            return ZEROS
    return None


def leaves(value):
    if isinstance(value, tuple | dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return [leaf for part in parts for leaf in leaves(part)]
    return [value]


def parts(node):
    """Yield a node and all that its value is made of: no index."""
    yield node
    for child in () if isinstance(node, Name) else children(node):
        yield from parts(child)
