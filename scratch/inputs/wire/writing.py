"""From Python's values to a feature's bytes, and from what the readers keep to arrays.

A feature is an array of one axis: int64, float32, or bytes in an array of objects; or ``None``, a feature without a
kind, which the format allows. An empty array has a kind; an empty list has none, so it is refused.
"""

import numbers
from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Int, Shaped
from scratch.inputs.wire._compiling import Bytes
from scratch.inputs.wire.message_values import BYTES, FLOAT, INT64
from scratch.inputs.wire.tags import message
from scratch.inputs.wire.varint import varint
from scratch.shown import shown


def as_feature(name: str, values: Any) -> Shaped[Array, " n"] | None:
    """Return the values of one feature, a scalar or a list or array of them, as such an array of its own.

    Integers and Booleans become int64, other numbers float32; text becomes its UTF-8. Raises ``TypeError`` for
    what is neither, or both; ``ValueError`` for a number out of range, or where the kind cannot be told.
    """
    if values is None:
        return None
    if isinstance(values, bytes | str | numbers.Real | np.bool_):
        values = [values]
    elif isinstance(values, np.ndarray):
        values = values.reshape(1) if values.ndim == 0 else values
        if values.ndim != 1:
            raise ValueError(f"{name} must be one value or a list of them, but has {values.ndim} axes")
        if values.dtype.kind in "iub":
            return as_int64(name, values)
        if values.dtype.kind == "f":
            return as_float32(name, values)
        if values.dtype.kind not in "SUO":
            raise TypeError(f"{name} must be integers, floats or bytes, but is {values.dtype}")
        if values.size == 0:
            return np.array([], object)
        values = values.tolist()
    if not isinstance(values, list | tuple):
        raise TypeError(f"{name} must be a value or a list of them, but is {type(values).__name__}")
    if not values:
        raise ValueError(f"{name} is an empty list, which has no kind: say np.array([], kind), or None for no kind")
    if all(isinstance(value, numbers.Integral | np.bool_) for value in values):
        return as_int64(name, values)
    if all(isinstance(value, numbers.Real | np.bool_) for value in values):
        return as_float32(name, values)
    return as_bytes(name, values)


def as_int64(name: str, values: Any) -> Int[Array, " n"]:
    if isinstance(values, np.ndarray) and values.dtype != np.uint64:
        return values.astype(np.int64)
    try:
        # Through Python's int: NumPy refuses its own Booleans here, and wraps a uint64.
        return np.array(list(map(int, values)), np.int64)
    except OverflowError:
        wrong = next(int(value) for value in values if not -(2**63) <= int(value) < 2**63)
        raise ValueError(f"{name} holds {shown(wrong)}, but int64 ends at -2^63 and 2^63 - 1") from None


def as_float32(name: str, values: Any) -> Float[Array, " n"]:
    values = np.asarray(values, None if isinstance(values, np.ndarray) else np.float64)
    with np.errstate(over="ignore"):
        rounded = values.astype(np.float32)
    lost = np.isinf(rounded) & ~np.isinf(values)
    if lost.any():
        raise ValueError(f"{name} holds {values[lost][0]}, which float32 cannot hold")
    return rounded


def as_bytes(name: str, values: Any) -> Shaped[Array, " n"]:
    found = np.empty(len(values), object)
    if set(map(type, values)) == {bytes}:
        found[:] = values
        return found
    for i, value in enumerate(values):
        if isinstance(value, str):
            try:
                value = value.encode()
            except UnicodeEncodeError as error:
                raise ValueError(f"{name} holds {shown(value)}, which is half a character: UTF-8 has none") from error
        if not isinstance(value, bytes):
            kinds = sorted({type(value).__name__ for value in values})
            raise TypeError(f"{name} must be all integers, all numbers, or all bytes or text, but is {kinds}")
        found[i] = value
    return found


def feature_bytes(values: Shaped[Array, " n"] | None) -> bytes:
    """Return the message Feature of such an array, without a tag of its own."""
    if values is None:
        return b""
    if values.dtype == object:
        return message(BYTES, *(message(1, value) for value in values))
    kind = INT64 if values.dtype == np.int64 else FLOAT
    if values.size == 0:
        return message(kind)
    packed = b"".join(map(varint, values.tolist())) if kind == INT64 else values.astype("<f4").tobytes()
    return message(kind, message(1, packed))


def from_raw(data: Bytes, kind: int, raw: Int[Array, " n"]) -> Shaped[Array, " n"]:
    """Return the array of this kind that a reader of ``data`` has kept as the int64 ``raw``."""
    if kind == INT64:
        return raw
    if kind == FLOAT:
        return raw.astype(np.uint32).view(np.float32)
    content = data.tobytes()
    found = np.empty(len(raw), object)
    for i, value in enumerate(raw.tolist()):
        start = value >> 32
        found[i] = content[start : start + (value & 0xFFFFFFFF)]
    return found
