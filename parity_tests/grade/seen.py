"""What can be seen in wrong numbers, whatever the cause: another shape or order, a factor, where they are wrong."""

import re
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import numpy as np

from parity_tests.grade.draws.sizes import Call
from parity_tests.grade.values import Named, same


def numbers(array: Any) -> np.ndarray:
    return np.asarray(array, dtype=float)


def quantity_of(path: str) -> str:
    """Return the quantity that an array belongs to: ``outputs`` of ``outputs[3]``."""
    return re.sub(r"\[\d+\]", "", path)


def of_array(one: Any, reference: Any, call: Call, names: tuple[str, ...]) -> Iterator[str]:
    """Yield what is seen in one wrong array."""
    one, reference = np.asarray(one), np.asarray(reference)
    if "U" in (one.dtype.kind, reference.dtype.kind) or one.dtype.kind == "c":
        return
    if one.shape != reference.shape:
        yield from of_shape(one, reference)
        return
    one, reference = numbers(one), numbers(reference)
    missing = ~np.isfinite(one)
    if missing.any():
        rest = same(np.where(missing, 0, one), np.where(missing, 0, reference))
        where = " past the end of the rows" if missing.any() and np.all(reference[missing] == 0) else ""
        yield f"right, but NaN or infinite{where}" if rest else "not finite: there is NaN or infinity in it"
        return
    if one.ndim > 1 and one.shape[-1] == one.shape[-2] and same(np.swapaxes(one, -1, -2), reference):
        yield "transposed"
    nothing = reference == 0
    if nothing.any() and not nothing.all() and same(np.where(nothing, 0, one), reference):
        yield "right where it counts, but not 0 where 0 is meant"
    if not one.any():
        yield "0 everywhere"
    elif same(-one, reference):
        yield "right but for its sign"
    else:
        yield from of_factor(one, reference, call)
    for axis in range(one.ndim):
        if one.shape[axis] > 1 and same(np.flip(one, axis), reference):
            yield f"right, but in reverse order along axis {axis}"
    if one.ndim and one.shape[-1] > 3:
        yield from of_blocks(one, reference)
    for path, argument in leaves(dict(zip(names, call.arguments, strict=True))):
        if np.shape(argument) == one.shape and one.size > 1 and same(one, argument):
            yield f"the same numbers as {path}, which came in"


def of_shape(one: np.ndarray, reference: np.ndarray) -> Iterator[str]:
    shapes = f"shape {list(one.shape)} where {list(reference.shape)} is meant"
    if one.ndim == reference.ndim and one.ndim > 1:
        for axes in permutations(range(one.ndim)):
            if np.transpose(one, axes).shape == reference.shape and same(np.transpose(one, axes), reference):
                yield f"{shapes}: transposed" if one.ndim == 2 else f"{shapes}: its axes are in the order {list(axes)}"
                return
    if one.size == reference.size:
        right = same(one.reshape(reference.shape), reference)
        yield f"{shapes}: the numbers are right" if right else shapes
        return
    for axis in range(one.ndim):
        for name, sums in (("sum", one.sum(axis=axis)), ("mean", one.mean(axis=axis))):
            if sums.shape == reference.shape and same(sums, reference):
                yield f"{shapes}: the {name} over axis {axis} is missing"
                return
    yield shapes


def of_factor(one: np.ndarray, reference: np.ndarray, call: Call) -> Iterator[str]:
    """Yield the factor between two arrays where it is the same for all entries."""
    known = np.abs(reference) > 1e-9 * np.abs(reference).max(initial=0)
    if known.sum() < 2 or not same(np.where(known, 0, one), np.zeros_like(one)):
        return
    ratios = one[known] / reference[known]
    factor = float(np.median(ratios))
    if factor and np.allclose(ratios, factor, rtol=1e-4, atol=0):
        yield f"right but for a factor of {factor:.6g}{meaning(factor, call)}"


def meaning(factor: float, call: Call) -> str:
    """Return which sizes of the arguments a factor is made of."""
    shapes = [
        argument.shape
        for _, argument in leaves(list(call.arguments))
        if isinstance(argument, np.ndarray) and argument.ndim > 1
    ]
    if not shapes:
        return ""
    sizes = {"the number of rows": shapes[0][0]}
    deep = [shape for shape in shapes if len(shape) > 2]
    if deep:
        sizes = {"B": deep[0][0], "T": deep[0][1], "B·T": deep[0][0] * deep[0][1]}
    for name, size in sizes.items():
        for value, words in ((1 / size, f": 1 / {name}"), (size, f": {name}")):
            if abs(factor / value - 1) < 1e-4:
                return words
    return ""


def of_blocks(one: np.ndarray, reference: np.ndarray) -> Iterator[str]:
    """Yield the order of the blocks of columns where that is all that differs."""
    for count in (4, 3, 2):
        if one.shape[-1] % count == 0:
            blocks = np.split(reference, count, axis=-1)
            for order in permutations(range(count)):
                if order != tuple(range(count)) and same(one, np.concatenate([blocks[n] for n in order], axis=-1)):
                    stand = ", ".join(str(place + 1) for place in order)
                    yield f"right, but its {count} blocks of columns stand in the order {stand}"
                    return


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the arrays of arguments and their names."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, f"{path}[{name!r}]" if path else str(name))
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            yield from leaves(part, f"{path}[{place}]")
    elif isinstance(value, np.ndarray):
        yield path, value


def swapped(results: list[Named], references: list[Named], names: tuple[str, ...]) -> str:
    """Return in words that the results are right but in another order, or nothing."""

    def under(named: Named, name: str) -> dict[str, Any]:
        return {path[len(name) :]: array for path, array in named.arrays.items() if re.match(rf"{name}($|[\[/])", path)}

    for order in permutations(range(len(names))) if 1 < len(names) < 6 else ():
        if order == tuple(range(len(names))):
            continue
        pairs = [
            (under(result, names[place]), under(reference, names[wanted]))
            for result, reference in zip(results, references, strict=True)
            for place, wanted in enumerate(order)
        ]
        if all(a.keys() == b.keys() and all(same(a[path], b[path]) for path in a) for a, b in pairs):
            return (
                f"the results are right, but you return them in the order {', '.join(names[place] for place in order)}"
            )
    return ""


def where_wrong(one: Any, reference: Any, gates: str = "") -> str:
    """Return which entries of an array are wrong, where they lie together; ``gates`` name its blocks of columns."""
    one, reference = np.asarray(one), np.asarray(reference)
    if one.shape != reference.shape or one.dtype.kind not in "biuf" or reference.ndim == 0:
        return ""
    scale = np.abs(reference).max(initial=0) or 1.0
    with np.errstate(all="ignore"):
        wrong = ~(np.abs(one - reference) <= 2e-5 * scale)
    if gates and wrong.shape[-1] % len(gates) == 0:
        blocks = np.split(wrong, len(gates), axis=-1)
        bad = [gate for gate, block in zip(gates, blocks, strict=True) if block.any()]
        if 0 < len(bad) < len(gates):
            return f"wrong in the columns of {' and '.join(bad)} alone"
    parts = []
    for axis in range(wrong.ndim):
        places = np.flatnonzero(wrong.any(axis=tuple(other for other in range(wrong.ndim) if other != axis)))
        if 0 < len(places) < wrong.shape[axis]:
            parts.append(f"{places.tolist()} of axis {axis}")
    return f"wrong at {' and '.join(parts)} alone" if parts else ""
