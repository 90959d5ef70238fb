"""Derivatives by complex steps, and gradients that were worked out by hand held to them.

    f(x + iε) = f(x) + iε f'(x) + O(ε²)        f'(x) = Im f(x + iε) / ε

Nothing is subtracted, so ε = 10⁻¹⁰⁰ costs no digits. It needs the forward pass alone, in functions that complex numbers
go through. The page is ``docs/complex_step.md``. Source: Squire and Trapp (1998).
"""

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Tree
from scratch.checks import is_plain
from scratch.initializers import check_generator
from scratch.options import check_count
from scratch.shown import shown
from scratch.tree import map_tree, named_leaves

EPSILON = 1e-100
# How much of the largest gradient of all a gradient is measured by at least: one that is 0 but for rounding is right.
SMALL = 1e-4


class GradientCheck(NamedTuple):
    """What ``check_gradients`` found: the entry that is off the most, and how far each array is.

    ``errors``: for each array, by its path, the largest difference, as a part of its largest entry by either way; of
    one that is small beside the others, as a part of ``SMALL`` times the largest entry of all. 1e-12 is rounding.
    ``place``: the index of the entry in the array ``name``.
    """

    errors: dict[str, float]
    name: str
    place: tuple[int, ...]
    by_hand: float
    by_complex_step: float

    @property
    def error(self) -> float:
        """The largest of ``errors``."""
        return self.errors[self.name]

    def __str__(self) -> str:
        where = f"{self.name}[{', '.join(map(str, self.place))}]"
        both = f"{self.by_hand:.6g} by hand, {self.by_complex_step:.6g} by complex step"
        return f"off by {self.error:.1e} at {where}: {both}"


def complex_step(function: Callable[[Tree], Any], tree: Tree) -> Tree:
    """Return the gradient of the real scalar ``function(tree)``, in the structure of ``tree``, one step an entry.

    ``tree`` has arrays of float64, or complex128; ``function`` is given copies in complex128. Raises ``TypeError``
    where ``function`` returns no complex number for them: it drops the imaginary part.
    """
    check_leaves(function, tree)
    moved = to_complex(tree)
    gradient = map_tree(lambda leaf: np.zeros(leaf.shape), moved)
    for (_, leaf), (_, d_leaf) in zip(named_leaves(moved), named_leaves(gradient), strict=True):
        for index in np.ndindex(leaf.shape):
            d_leaf[index] = derivative(function, moved, leaf, index)
    return gradient


def to_complex(tree: Tree) -> Tree:
    """Return a copy of a tree of arrays in complex128."""
    return map_tree(lambda leaf: leaf.astype(np.complex128), tree)


def derivative(function: Callable[[Tree], Any], tree: Tree, leaf: Any, index: tuple[int, ...]) -> float:
    """Return ∂f/∂leaf[index] of ``function(tree)``, by a step in a complex ``leaf`` of ``tree``."""
    kept = leaf[index]
    leaf[index] = kept + EPSILON * 1j
    # f'(x) = Im f(x + iε) / ε
    slope = value(function, tree).imag / EPSILON
    leaf[index] = kept
    return slope


def check_gradients(
    function: Callable[[Tree], Any],
    tree: Tree,
    gradients: Tree,
    num_entries: int | None = None,
    rng: np.random.Generator | None = None,
) -> GradientCheck:
    """Hold gradients worked out by hand to complex steps, and return where they are off the most.

    - ``function``: from a tree like ``tree`` to the loss, a number. It is called with complex128 arrays, too.
    - ``tree``: dicts and tuples of float64 arrays. ``gradients``: ∂f/∂ of each, in the same structure.
    - ``num_entries``: how many entries of each array are looked at, drawn by ``rng``; all where not given.

    Raises ``TypeError`` or ``ValueError``, by name, for other arguments, and where complex steps see less than there
    is: along one direction they are compared with a difference of two real values. A kink near ``tree``, as of relu at
    0, can show there too.
    """
    check_leaves(function, tree)
    wanted, given = dict(named_leaves(tree)), dict(named_leaves(gradients))
    if wanted.keys() != given.keys():
        raise ValueError(f"gradients must have the names {', '.join(wanted)}, but have {', '.join(given) or 'none'}")
    for name, leaf in given.items():
        if not is_plain(leaf) or leaf.dtype != np.float64 or leaf.shape != wanted[name].shape:
            raise ValueError(f"the gradient {name} must be float64 {list(wanted[name].shape)}, but is {shown(leaf)}")
    if num_entries is not None:
        check_count("num_entries", num_entries)
        check_generator(rng)
    check_seen(function, tree)
    moved = to_complex(tree)
    entries = []
    for name, leaf in named_leaves(moved):
        for place in looked_at(leaf.shape, num_entries, rng):
            entries.append(Entry(name, place, float(given[name][place]), derivative(function, moved, leaf, place)))
    return worst(entries)


def looked_at(shape: tuple[int, ...], num_entries: int | None, rng: np.random.Generator | None) -> Any:
    """Return the indices of an array that are looked at."""
    indices = [*np.ndindex(shape)]
    if rng is None or num_entries is None or num_entries >= len(indices):
        return indices
    return [indices[number] for number in rng.choice(len(indices), num_entries, replace=False)]


class Entry(NamedTuple):
    """One entry that was looked at."""

    name: str
    place: tuple[int, ...]
    by_hand: float
    by_complex_step: float


def worst(entries: list[Entry]) -> GradientCheck:
    """Return the ``GradientCheck`` of entries, at least one."""
    largest = {entry.name: 0.0 for entry in entries}
    for entry in entries:
        largest[entry.name] = max(largest[entry.name], abs(entry.by_hand), abs(entry.by_complex_step))
    least = SMALL * max(largest.values())
    parts = []
    for entry in entries:
        part = abs(entry.by_hand - entry.by_complex_step) / (max(largest[entry.name], least) or 1.0)
        # NaN is further off than any number.
        parts.append(np.inf if np.isnan(part) else part)
    errors = dict.fromkeys(largest, 0.0)
    for entry, part in zip(entries, parts, strict=True):
        errors[entry.name] = max(errors[entry.name], part)
    found = entries[int(np.argmax(parts))]
    return GradientCheck(errors, found.name, found.place, found.by_hand, found.by_complex_step)


def check_leaves(function: Any, tree: Tree) -> None:
    """Refuse a function that is none, and a tree with another leaf than a float64 or complex128 array."""
    if not callable(function):
        raise TypeError(f"function must be callable, but is {shown(function)}")
    leaves = [*named_leaves(tree)]
    for name, leaf in leaves:
        if not is_plain(leaf) or leaf.dtype not in (np.float64, np.complex128):
            kind = leaf.dtype if isinstance(leaf, np.ndarray) else type(leaf).__name__
            raise TypeError(f"tree must have float64 arrays alone, but {name or 'it'} is {kind}")
    if sum([leaf.size for _, leaf in leaves]) == 0:
        raise ValueError("tree must have at least one number, but has none")


def value(function: Callable[[Tree], Any], tree: Tree) -> complex:
    """Return ``function(tree)`` of complex arrays, refusing what is no complex number."""
    result = np.asarray(function(tree))
    if result.shape != () or result.dtype != np.complex128:
        raise TypeError(
            "function must return one complex number for complex arrays, "
            f"but returns {result.dtype} {list(result.shape)}: a real one has lost the imaginary part"
        )
    return complex(result)


def check_seen(function: Callable[[Tree], Any], tree: Tree) -> None:
    """Refuse a function of which a complex step along one direction sees something else than a difference does."""
    waves = itertools.count(1)
    direction = map_tree(lambda leaf: np.cos(1.0 + next(waves) + np.arange(leaf.size)).reshape(leaf.shape), tree)

    def at(step: complex) -> complex:
        return value(function, to_complex(map_tree(lambda leaf, d: leaf + step * d, tree, direction)))

    here, eps = at(0), 1e-6
    if not np.isfinite(here):
        raise ValueError(f"function must be finite at tree, but is {here.real}")
    by_step, difference = at(EPSILON * 1j).imag / EPSILON, (at(eps) - at(-eps)).real / (2 * eps)
    if abs(by_step - difference) > 1e-3 * max(abs(by_step), abs(difference)) + 1e-6 * abs(here):
        raise ValueError(
            f"function must keep the imaginary part: along one direction complex steps find {by_step:.4g}, "
            f"a difference {difference:.4g}. Look for abs, a cast or a comparison; or tree is near a kink"
        )
