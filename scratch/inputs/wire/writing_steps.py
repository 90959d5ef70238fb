"""The steps of a feature list, all at once: to arrays as ``writing.py`` makes them step by step, and to bytes.

A step is a Feature of few values. To make each by itself costs more than its values do, so the values of all steps go
through one conversion and one encoding, and are then divided:

    FeatureList  1: a Feature for each step, length L2
    Feature      1, 2 or 3: its list, length L1
    the list     1: its numbers, packed, length P; or 1: each of its values, where they are bytes

Each length is known from those inside it, so all positions are known before the first byte is written.
"""

from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np

from scratch.arrays import Array, Int, Shaped
from scratch.inputs.wire._compiling import Bytes
from scratch.inputs.wire.message_values import BYTES, FIRST_FIELD, FLOAT, INT64
from scratch.inputs.wire.tags import LENGTH, message, tag
from scratch.inputs.wire.writing import as_bytes, as_feature, as_float32, as_int64, feature_bytes

FEW = 16  # steps, for which the overhead of NumPy's functions is more than what they save
CONVERSIONS: dict[type, Callable[[str, Any], Array]] = {
    **{int: as_int64, np.int64: as_int64, float: as_float32, np.float32: as_float32, np.float64: as_float32},
    **{bytes: as_bytes, str: as_bytes},
}
# From each of these numbers on, a varint takes one byte more.
BOUNDS = np.uint64(2) ** np.arange(7, 64, 7, dtype=np.uint64)


def as_steps(name: str, steps: Any) -> list[Any]:
    """Return a list with what ``as_feature`` makes of each step."""
    try:
        found = all_at_once(name, steps)
    except ValueError:
        found = None  # One step cannot be kept: which one, and why, is said below.
    return found or [as_feature(f"{name}[{step}]", values) for step, values in enumerate(steps)]


def all_at_once(name: str, steps: Any) -> list[Any] | None:
    """Return the list of the steps' arrays where all are of one kind, else ``None``."""
    if isinstance(steps, np.ndarray):
        if steps.dtype.kind not in "iubf" or steps.ndim > 2 or not steps.size:
            return None
        convert = CONVERSIONS[float if steps.dtype.kind == "f" else int]
        return list(convert(name, steps.ravel()).reshape(len(steps), -1))
    kinds = set(map(type, steps))
    flat, sizes = steps, None
    if kinds == {np.ndarray}:
        dtypes = {(values.dtype, values.ndim) for values in steps}
        if len(dtypes) > 1 or steps[0].ndim != 1 or steps[0].dtype.kind not in "iubf":
            return None
        flat, sizes = np.concatenate(steps), list(map(len, steps))
        convert = CONVERSIONS[float if flat.dtype.kind == "f" else int]
    else:
        if kinds and kinds <= {list, tuple}:
            flat, sizes = list(chain.from_iterable(steps)), list(map(len, steps))
            kinds = set(map(type, flat))
        if len(kinds) != 1 or not kinds <= CONVERSIONS.keys() or (sizes and not all(sizes)):
            return None
        convert = CONVERSIONS[kinds.pop()]
    return divided(convert(name, flat), sizes or [1] * len(steps))


def divided(flat: Shaped[Array, " n"], sizes: list[int]) -> list[Shaped[Array, " n"]]:
    """Return ``flat`` as a list of arrays of these sizes."""
    if len(set(sizes)) == 1 and sizes[0]:
        return list(flat.reshape(len(sizes), -1))
    stops = np.cumsum(sizes).tolist()
    return [flat[stop - size : stop] for size, stop in zip(sizes, stops, strict=True)]


def steps_bytes(steps: list[Any]) -> bytes:
    """Return the message FeatureList of a list of features, without a tag of its own."""
    dtypes = {None if values is None else values.dtype for values in steps}
    if len(steps) < FEW or len(dtypes) > 1 or None in dtypes:
        return b"".join(message(1, feature_bytes(values)) for values in steps)
    sizes, flat = np.array(list(map(len, steps))), np.concatenate(steps)
    kind, values, widths = encoded(flat)
    # From inside out: how many bytes the values of each step take, then what is around them.
    ends = np.concatenate([[0], np.cumsum(widths)])[np.concatenate([[0], np.cumsum(sizes)])]
    packed = np.diff(ends)
    inner = packed if kind == BYTES else np.where(packed > 0, 1 + varint_sizes(packed) + packed, 0)
    features = 1 + varint_sizes(inner) + inner
    wholes = 1 + varint_sizes(features) + features
    stops = np.cumsum(wholes)
    out = np.empty(stops[-1], np.uint8)
    at = put_header(out, stops - wholes, FIRST_FIELD, features)
    at = put_header(out, at, tag(kind, LENGTH), inner)
    full = packed > 0
    at, sizes = at[full], sizes[full]
    if kind != BYTES:
        at = put_header(out, at, FIRST_FIELD, packed[full])
    at = places_from(at, sizes, widths)
    if kind == INT64:
        put_varints(out, at, values)
        return out.tobytes()
    if kind == BYTES:
        lengths = np.array(list(map(len, flat.tolist())), np.int64)
        at = put_header(out, at, FIRST_FIELD, lengths)
        full = lengths > 0
        at, widths = at[full], lengths[full]
    out[places_from(at, widths, np.ones(len(values), np.int64))] = values
    return out.tobytes()


def encoded(flat: Shaped[Array, " n"]) -> tuple[int, Int[Array, " m"], Int[Array, " n"]]:
    """Return ``(kind, values, widths)``: what is written of all values, and how many bytes each takes with its header.

    Integers stay numbers, which are written as varints; of all else it is the bytes.
    """
    if flat.dtype == np.int64:
        values = flat.view(np.uint64)
        return INT64, values, varint_sizes(values)
    if flat.dtype == np.float32:
        return FLOAT, flat.astype("<f4", copy=False).view(np.uint8), np.full(len(flat), 4)
    lengths = np.array(list(map(len, flat.tolist())), np.int64)
    return BYTES, np.frombuffer(b"".join(flat.tolist()), np.uint8), 1 + varint_sizes(lengths) + lengths


def places_from(starts: Int[Array, " n"], counts: Int[Array, " n"], widths: Int[Array, " m"]) -> Int[Array, " m"]:
    """Return where each of many things goes that have these widths: ``counts[i]`` of them one behind another from
    ``starts[i]`` on."""
    before = np.cumsum(widths) - widths
    firsts = np.cumsum(counts) - counts
    return np.repeat(starts - before[firsts], counts) + before if len(firsts) else before


def varint_sizes(numbers: Int[Array, " n"]) -> Int[Array, " n"]:
    """Return how many bytes the varint of each number takes."""
    return np.searchsorted(BOUNDS, numbers.astype(np.uint64), side="right") + 1


def put_header(out: Bytes, at: Int[Array, " n"], tag: int, lengths: Int[Array, " n"]) -> Int[Array, " n"]:
    """Write the tag, of one byte, and the lengths at their places; return the places behind them."""
    out[at] = tag
    return put_varints(out, at + 1, lengths)


def put_varints(out: Bytes, at: Int[Array, " n"], numbers: Int[Array, " n"]) -> Int[Array, " n"]:
    """Write the varint of each number at its place; return the places behind them."""
    numbers, sizes = numbers.astype(np.uint64), varint_sizes(numbers)
    for k in range(sizes.max(initial=0)):
        live = sizes > k
        more = (sizes[live] > k + 1).astype(np.uint64)
        out[at[live] + k] = numbers[live] >> np.uint64(7 * k) & np.uint64(127) | more << np.uint64(7)
    return at + sizes
