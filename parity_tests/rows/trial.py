"""A row tried: every unusual value in the place of each of its own, one at a time, and what came of it."""

import re
import warnings
from typing import NamedTuple

import numpy as np

from parity_tests.harness import LIMITS
from parity_tests.rows.row import fresh, parameters_of
from parity_tests.rows.unusual import (
    extreme_arrays,
    in_one_buffer,
    like_arrays,
    of_any,
    other_arrays,
    others,
    places,
    put,
    same_arrays,
    same_values,
    zero_stride,
)
from scratch.shown import shown

# What a forward pass keeps for its backward pass: nobody makes one by hand, or changes a part of it.
OPAQUE = ("tape", "tapes", "cache", "kept", "batches", "before", "after")
REFUSED = (TypeError, ValueError, OSError, FloatingPointError)


class Trial(NamedTuple):
    """One case: which row, which argument, what came in its place; what is wrong, nothing where all is well."""

    row: str
    path: str
    unusual: str
    outcome: str
    fault: str = ""


def told(results):
    """Return all that can be told of results, an array by its dtype, shape and bits."""
    if isinstance(results, np.ndarray | np.generic):
        results = np.asarray(results)
        return results.dtype.str, results.shape, results.tobytes() if results.dtype != object else results.tolist()
    if isinstance(results, str):
        return repr(str(results))
    if isinstance(results, dict):
        return [(key, told(part)) for key, part in results.items()]
    if isinstance(results, list | tuple):
        return type(results).__name__, [told(part) for part in results]
    if hasattr(results, "__dict__") and not isinstance(results, type) and not callable(results):
        return type(results).__name__, [(key, told(part)) for key, part in vars(results).items()]
    return repr(results)


def outlines(found):
    """Return, of what ``told`` found, the dtype and the shape of each array, and of all else the kind."""
    if isinstance(found, tuple) and len(found) == 3:
        return found[:2]
    return [outlines(part) for part in found] if isinstance(found, list | tuple) else type(found)


def near(one, other):
    """Return whether two results differ by no more than rounding; one that is no float must be equal."""
    if isinstance(one, np.ndarray | np.generic) and one.dtype.kind in "fc":
        one, other = np.asarray(one), np.asarray(other)
        scale = np.abs(other).max(initial=0)
        return one.shape == other.shape and bool((np.abs(one - other) <= LIMITS.get(one.dtype, 0) * scale).all())
    if isinstance(one, dict):
        return all(near(part, other[key]) for key, part in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(near, one, other))
    return told(one) == told(other)


def cases(row):
    """Yield ``(path, name, value, kind)``.

    Kind is ``"same"`` for what must give the same result, ``"like"`` for what may be refused instead, ``"extreme"`` for
    what may give any numbers, in arrays of the same shapes and dtypes, ``"other"`` for what must be refused; else it is
    the value of which the result must be the same.
    """
    for argument, value in row.arguments.items():
        if argument in OPAQUE:
            yield from ((argument, name, other, "other") for name, other in of_any(value))
            continue
        for path, part in places(value, argument):
            if isinstance(part, np.ndarray):
                yield from ((path, name, other, "same") for name, other in same_arrays(part))
                yield from ((path, name, other, "like") for name, other in like_arrays(part))
                yield from ((path, name, other, "extreme") for name, other in extreme_arrays(part))
                yield from ((path, name, other, "other") for name, other in other_arrays(part))
                if part.ndim and len(part) and part.dtype.kind == "f":
                    yield (path, "zero stride", *zero_stride(part))
            else:
                yield from ((path, name, other, "like") for name, other in same_values(part))
                yield from ((path, name, other, "other") for name, other in others(part))


def call(row, arguments):
    """Return ``(results, None)``, or ``(None, error)``; a warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return row.call(**arguments), None
        except Exception as error:
            return None, error


def names(error, path, unusual, row):
    """Return whether a refusal names the argument that is wrong, or of one of another size what it was held against."""
    root = re.match(r"\w+", path)[0]
    wanted = {root, *row.called.get(root, ()), *row.called.get("", ())}
    if root in ("given", "tree"):
        # A refusal calls a part of these by its own name.
        wanted |= set(re.findall(r"\w+", path)[1:2])
    if unusual.startswith(("axis", "an axis", "shorter", "longer", "other float", "complex", "empty")):
        wanted |= row.arguments.keys()
    named = error.filename if isinstance(error, OSError) else None
    return named is not None or any(name in str(error) for name in wanted)


def may_be_taken(label, row, path, unusual):
    root = re.match(r"\w+", path)[0]
    if unusual.endswith("nothing") and (path in row.optional or parameters_of(label).get(path, ...) is None):
        return True
    return any(unusual.startswith(part) for part in (*row.takes.get(root, ()), *row.takes.get(path, ())))


def fault_of_results(label, row, case, results, expected):
    """Return what is wrong with the results of a call that was taken."""
    path, unusual, value, kind = case
    if isinstance(kind, str) and kind == "other":
        if not may_be_taken(label, row, path, unusual):
            return f"taken: {shown(value)}"
        if value is None and parameters_of(label).get(path, ...) is None:
            rest = {name: part for name, part in row.arguments.items() if name != path}
            without, _ = call(row, fresh(rest))
            return "" if told(results) == told(without) else "it is not as if it were not given"
        return ""
    if isinstance(kind, str) and kind == "extreme":
        same = outlines(told(results)) == outlines(told(expected))
        return "" if same or may_be_taken(label, row, path, unusual) else "results of other shapes or dtypes"
    if not isinstance(kind, str):
        expected, _ = call(row, fresh(put(row.arguments, path, kind)))
    same = told(results) == told(expected) or near(results, expected)
    return "" if same or may_be_taken(label, row, path, unusual) else "another result"


def fault_of_refusal(label, row, case, error):
    """Return what is wrong with an error."""
    path, unusual, _, kind = case
    if type(error).__name__ == "SignatureError":
        # While tests run, what comes back is held to the signature, which may promise less than is taken.
        like = isinstance(kind, str) and kind == "like"
        return "" if like or may_be_taken(label, row, path, unusual) else str(error)
    if isinstance(error, Warning) or not isinstance(error, REFUSED):
        return f"{type(error).__name__}: {error}"
    if not names(error, path, unusual, row):
        return f"the argument is not named: {type(error).__name__}: {error}"
    return f"refused: {error}" if isinstance(kind, str) and kind == "same" else ""


def tries(label, row):
    """Yield a ``Trial`` for each case of a row."""
    expected, error = call(row, fresh(row.arguments))
    if error:
        yield Trial(label, "", "as it is", "refused", f"the row's own call fails: {type(error).__name__}: {error}")
        return
    if row.arguments:
        together, error = call(row, fresh(in_one_buffer(row.arguments)))
        good = error is None and near(together, expected)
        yield Trial(label, "", "all in one piece of memory", "right", "" if good else f"it is not the same: {error}")
    for case in cases(row):
        arguments = fresh(put(row.arguments, case[0], case[2]))
        before = told(arguments)
        results, error = call(row, arguments)
        fault = (
            fault_of_refusal(label, row, case, error)
            if error
            else fault_of_results(label, row, case, results, expected)
        )
        fault = fault or ("" if told(arguments) == before else "an argument is changed")
        yield Trial(label, case[0], case[1], "refused" if error else "right", fault)
