"""Two mistakes at once: most pairs are found without running all of them."""

from itertools import combinations, islice

import numpy as np

from parity_tests.grade.anatomy import Solved
from parity_tests.grade.edits import Edit
from parity_tests.grade.features import LIMIT, close, vector
from parity_tests.grade.library import Shelf, apart, bench

# Programs that are run, at most, before the grader says that it does not know.
MOST = 700


def singles(store: Shelf) -> list[int]:
    return [row for row, variant in enumerate(store.variants) if len([edit for edit in variant if edit.says]) == 1]


def confirmed(exercise: Solved, store: Shelf, one: np.ndarray, two: tuple[Edit, ...]) -> bool:
    """Whether the program with both changes has the numbers."""
    numbers = bench(exercise.idea, store.name).numbers(two)
    return numbers is not None and bool(close(numbers[None], one, store.layout).all())


def matching(exercise: Solved, store: Shelf, one: np.ndarray) -> tuple[Edit, ...] | None:
    """Return two changes that give these numbers together, the likelier ones first; nothing where there are none."""
    found = []
    for search in (added, upstream, every):
        two = search(exercise, store, one)
        if two:
            found.append(two)
            if weight(two) == (0, 2):
                break
    return min(found, key=weight, default=None)


def weight(two: tuple[Edit, ...]) -> tuple[int, int]:
    """Return what is the more likely the smaller it is: mistakes with sentences of their own, and few changes."""
    return sum(edit.rank for edit in two), len(two)


def every(exercise: Solved, store: Shelf, one: np.ndarray) -> tuple[Edit, ...] | None:
    """Run all pairs of mistakes that have a sentence of their own."""
    known = [row for row in singles(store) if store.rank(row) == 0]
    touched, wrong = touches(store, one)
    likely = (pair for pair in combinations(known, 2) if covers(touched, pair, wrong))
    for pair in islice(likely, 2 * MOST):
        first, second = (store.variants[row] for row in pair)
        if apart(first, second) and confirmed(exercise, store, one, (*first, *second)):
            return (*first, *second)
    return None


def touches(store: Shelf, one: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which numbers each program has wrong, [N, F], and which a submission has wrong, [F]."""
    right = vector(store.layout, store.references)
    return ~close(store.numbers, right, store.layout), ~close(one[None], right, store.layout)[0]


def covers(touched: np.ndarray, pair: tuple[int, int], wrong: np.ndarray) -> bool:
    """Whether two programs have wrong between them what a submission has wrong: others need not be run."""
    return bool(np.all(touched[pair[0]] | touched[pair[1]] | ~wrong))


def added(exercise: Solved, store: Shelf, one: np.ndarray) -> tuple[Edit, ...] | None:
    """Look for two whose effects add, as those on two branches of a backward pass do."""
    rows = singles(store)
    right = vector(store.layout, store.references)
    effects = store.numbers[rows] - right
    whole = one - right
    scales = np.append(store.layout.scales, 1.0)
    # One weighted sum of all effects tells which pairs to look at.
    weights = np.random.default_rng(7).uniform(0.5, 1.5, len(whole)) / np.maximum(scales, np.abs(one))
    with np.errstate(all="ignore"):
        sums, wanted = effects @ weights, float(whole @ weights)
    if not np.isfinite(wanted):
        return None
    order = np.argsort(sums)
    found = []
    for place, effect in enumerate(sums):
        lowest, highest = np.searchsorted(sums[order], wanted - effect + np.array([-1, 1]) * LIMIT)
        for other in order[lowest:highest].tolist():
            if other > place and np.all(np.abs(effects[place] + effects[other] - whole) * weights <= 2 * LIMIT):
                two = store.variants[rows[place]], store.variants[rows[other]]
                # Of pairs with the same numbers, the one that changes least.
                ranks = store.rank(rows[place]) + store.rank(rows[other])
                found.append((ranks, sum(map(len, two)), rows[place], rows[other]))
    for _, _, first, second in sorted(found)[: MOST // 10]:
        one_variant, other_variant = store.variants[first], store.variants[second]
        two = (*one_variant, *other_variant)
        if apart(one_variant, other_variant) and confirmed(exercise, store, one, two):
            return two
    return None


def upstream(exercise: Solved, store: Shelf, one: np.ndarray) -> tuple[Edit, ...] | None:
    """Look for one that explains some quantities by itself, and run it together with the others."""
    rows = singles(store)
    touched, wrong = touches(store, one)
    explained = (close(store.numbers, one, store.layout) & touched).sum(axis=1)
    starts = sorted((row for row in rows if explained[row]), key=lambda row: -explained[row])[:30]
    others = sorted((row for row in rows if store.rank(row) <= 1), key=store.rank)
    likely = (
        (start, other)
        for start in sorted(starts, key=lambda row: (store.rank(row), -explained[row]))
        for other in others
        if covers(touched, (start, other), wrong)
    )
    for pair in islice(likely, MOST):
        first, second = (store.variants[row] for row in pair)
        if apart(first, second) and confirmed(exercise, store, one, (*first, *second)):
            return (*first, *second)
    return None


def breaks_no_more(store: Shelf, row: int, one: np.ndarray) -> bool:
    """Whether a program has nothing wrong that a submission has right."""
    right = vector(store.layout, store.references)
    good = close(one[None], right, store.layout)[0]
    return bool(close(store.numbers[row][None], right, store.layout)[0][good].all())
