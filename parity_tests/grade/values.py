"""Results as named arrays, whatever a student returned them as, and when two of them are the same numbers."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from parity_tests.grade.child import Other

# Of a quantity's largest entry. A float32 rounding is smaller, and no mistake is.
TOLERANCE = 2e-5


@dataclass
class Named:
    """The arrays of a result by the path of each, and what is wrong with its form."""

    arrays: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def named(result: Any, names: tuple[str, ...], reference: dict[str, Any]) -> Named:
    """Return the results of a function by name; ``reference`` holds what they should be."""
    found = Named()
    parts = by_name(result, names, reference, found.faults)
    for name, value in parts.items():
        fit(value, reference[name], name, found)
    return found


def by_name(result: Any, names: tuple[str, ...], reference: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    if result is None:
        faults.append("it returns None: there is no return, or it gives nothing")
        return {}
    if isinstance(result, Other):
        faults.append(f"it returns {result}")
        return {}
    if len(names) == 1:
        return {names[0]: unwrapped(result, names[0], reference[names[0]])}
    if isinstance(result, dict):
        lacking = [name for name in names if name not in result]
        if lacking:
            faults.append(f"the dict that it returns lacks {', '.join(map(repr, lacking))}")
        return {name: result[name] for name in names if name in result}
    if not isinstance(result, list | tuple):
        faults.append(f"it returns one result, where {len(names)} are asked for: {', '.join(names)}")
        return {}
    if len(result) != len(names):
        faults.append(f"it returns {len(result)} results, where {len(names)} are asked for: {', '.join(names)}")
    return dict(zip(names, result, strict=False))


def unwrapped(result: Any, name: str, reference: Any) -> Any:
    """Return a single result without the tuple or the dict that it came in."""
    if isinstance(result, dict) and set(result) == {name} and not (isinstance(reference, dict) and name in reference):
        return result[name]
    if isinstance(result, tuple) and len(result) == 1 and not isinstance(reference, list | tuple):
        return result[0]
    return result


def leaf_like(reference: Any) -> bool:
    """Whether a reference counts as one array: an array, a number, or a list of numbers or of words."""
    plain = int | float | str | np.generic
    return not isinstance(reference, dict | list | tuple) or (
        isinstance(reference, list) and len(reference) > 0 and all(isinstance(part, plain) for part in reference)
    )


def fit(value: Any, reference: Any, path: str, found: Named) -> None:
    """Put the arrays of ``value`` into ``found``, taken apart as ``reference`` is."""
    if leaf_like(reference):
        array = as_array(value)
        if array is None:
            found.faults.append(f"{path} is {described(value)}, where an array is asked for")
        else:
            found.arrays[path] = array if array.shape == np.shape(reference) else one_number(array, reference)
    elif isinstance(reference, dict):
        if isinstance(value, list | tuple) and len(value) == len(reference):
            value = dict(zip(reference, value, strict=True))
        if not isinstance(value, dict):
            found.faults.append(f"{path} is {described(value)}, where a dict of {', '.join(reference)} is asked for")
            return
        for name, part in reference.items():
            if name in value:
                fit(value[name], part, f"{path}/{name}", found)
            else:
                found.faults.append(f"{path} lacks {name!r}")
    else:
        if isinstance(value, dict):
            value = list(value.values())
        parts = value if isinstance(value, list | tuple | np.ndarray) and np.ndim(value[:0]) else None
        if parts is None:
            found.faults.append(f"{path} is {described(value)}, where a list of {len(reference)} is asked for")
            return
        if len(parts) != len(reference):
            found.faults.append(f"{path} has {len(parts)} entries, where {len(reference)} are asked for")
        for place, part in enumerate(parts):
            like = reference[place] if place < len(reference) else reference[-1]
            fit(part, like, f"{path}[{place}]", found)


def one_number(array: np.ndarray, reference: Any) -> np.ndarray:
    """Return [[7.]] as 7. where a number is asked for."""
    return array.reshape(()) if np.shape(reference) == () and array.size == 1 else array


def as_array(value: Any) -> np.ndarray | None:
    if value is None or isinstance(value, Other | dict):
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array if array.dtype.kind in "biufcU" else None


def described(value: Any) -> str:
    if value is None or isinstance(value, Other):
        return str(value)
    if isinstance(value, np.ndarray):
        return f"an array of shape {list(value.shape)}"
    return f"a {type(value).__name__}"


def difference(one: Any, other: Any) -> float:
    """Return the largest difference as a part of the largest entry of ``other``; NaN must stand where NaN stands."""
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape:
        return np.inf
    if "U" in (one.dtype.kind, other.dtype.kind):
        return 0.0 if bool(np.all(one == other)) else np.inf
    if one.size == 0:
        return 0.0
    first, second = np.broadcast_arrays(one.astype(complex), other.astype(complex))
    finite = np.isfinite(second)
    with np.errstate(all="ignore"):
        if not np.array_equal(finite, np.isfinite(first)):
            return np.inf
        if not np.array_equal(first[~finite].astype(str), second[~finite].astype(str)):
            return np.inf
        scale = np.abs(second[finite]).max(initial=0)
        largest = np.abs(first[finite] - second[finite]).max(initial=0)
    return float(largest / scale) if scale > 0 else (0.0 if largest < 1e-9 else np.inf)


def same(one: Any, other: Any) -> bool:
    """Whether two arrays are the same numbers."""
    return difference(one, other) <= TOLERANCE
