"""The shapes a recurrent network is fed and the order of the numbers in them: unstack, stack, flatten, and back.

    series [N]          →  rows [B, N / B]      each row is a stretch of the series, read left to right
    inputs [B, T, D]    ⇄  T arrays [B, D]      one time step after another, for ``static_rnn``
    inputs [B, T, D]    ⇄  [T, B, D]            time first, for ``time_major``
    outputs [B, T, H]   ⇄  [B·T, H]             every step of every row as one batch, for one matrix product

All of it moves numbers without changing them, so each gradient moves the same way back: the backward pass of
``unstack`` is ``stack``, that of ``flatten_time`` is ``unflatten_time``, and the reverse; that of
``swap_time_and_batch`` is itself. Every reshape is in row-major order, the last axis running fastest, as NumPy and
TensorFlow lay out memory; what another order does to a series is shown in ``docs/inputs/unstack.md``.
"""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from scratch.arrays import Array, Shaped
from scratch.checks import is_plain, shape_text
from scratch.options import check_count
from scratch.shown import shown


def series_to_rows(series: Shaped[Array, "N ..."], batch_size: int) -> Shaped[Array, "B T ..."]:
    """Return a series [N, …] as ``batch_size`` rows [B, N / B, …], each a consecutive stretch of it.

    Raises ``ValueError`` where N does not divide. Source: ``x.reshape((batch_size, -1))``, ``tf.reshape``.
    """
    batch_size = check_count("batch_size", batch_size)
    series = check_rank("series", series, 1)
    if len(series) == 0 or len(series) % batch_size:
        raise ValueError(f"series has {len(series)} steps, which do not divide into {batch_size} rows")
    return series.reshape(batch_size, -1, *series.shape[1:])


def unstack(inputs: Array, axis: int = 1) -> list[Array]:
    """Return the list of arrays that lie along ``axis``: T arrays [B, D] from inputs [B, T, D].

    Raises ``ValueError`` where there is no such axis. Source: ``tf.unstack``.
    """
    inputs = check_rank("inputs", inputs, 1)
    check_axis(axis, "inputs", inputs.ndim)
    return list(np.moveaxis(inputs, axis, 0))


def stack(steps: Sequence[Array], axis: int = 1) -> Array:
    """Return one array with the arrays of the list ``steps`` along ``axis``: [B, T, H] from T arrays [B, H].

    Raises ``ValueError`` where the list is empty or the shapes differ. Source: ``tf.stack``.
    """
    check_list("steps", steps)
    check_axis(axis, "the result", steps[0].ndim + 1)
    return np.stack(steps, axis)


def swap_time_and_batch(inputs: Shaped[Array, "B T ..."]) -> Shaped[Array, "T B ..."]:
    """Return inputs [B, T, …] as [T, B, …], or [T, B, …] as [B, T, …]: the numbers stay, their places change.

    Raises ``ValueError`` for fewer than two axes. Source: ``tf.transpose(x, [1, 0, …])``.
    """
    return check_rank("inputs", inputs, 2).swapaxes(0, 1)


def flatten_time(outputs: Shaped[Array, "B T ..."]) -> Shaped[Array, "B*T ..."]:
    """Return outputs [B, T, …] as [B·T, …]: row b, step t becomes row b·T + t. Source: ``tf.reshape``."""
    outputs = check_rank("outputs", outputs, 2)
    return outputs.reshape(outputs.shape[0] * outputs.shape[1], *outputs.shape[2:])


def unflatten_time(flat: Shaped[Array, "rows ..."], batch_size: int) -> Shaped[Array, "B T ..."]:
    """Return [B·T, …] as [B, T, …], undoing ``flatten_time``.

    Raises ``ValueError`` where B·T does not divide by ``batch_size``. Source: ``tf.reshape``.
    """
    batch_size = check_count("batch_size", batch_size)
    flat = check_rank("flat", flat, 1)
    if len(flat) % batch_size:
        raise ValueError(f"flat has {len(flat)} rows, which do not divide into a batch of {batch_size}")
    return flat.reshape(batch_size, len(flat) // batch_size, *flat.shape[1:])


def check_axis(axis: int, name: str, ndim: int) -> None:
    """Refuse all but an integer that counts one of ``ndim`` axes, from either end."""
    check_count("axis", axis, least=-ndim)
    if axis >= ndim:
        raise ValueError(f"axis is {axis}, but {name} has only {ndim} axes")


def check_list(name: str, arrays: Any, free: int = 0) -> None:
    """Refuse all but a list of at least one array, all of one dtype and one shape but for the first ``free`` axes."""
    if not isinstance(arrays, list | tuple):
        raise TypeError(f"{name} must be a list of arrays, but is {type(arrays).__name__}")
    if not arrays:
        raise ValueError(f"{name} must hold at least one array, but is empty")
    for number, array in enumerate(arrays):
        array, first = check_rank(f"{name}[{number}]", array, free), arrays[0]
        if array.ndim != first.ndim or array.shape[free:] != first.shape[free:]:
            shapes = shape_text(array.shape), shape_text(first.shape)
            but = ": only the first axis may differ" if free else ""
            raise ValueError(f"{name}[{number}] has shape {shapes[0]}, but {name}[0] has {shapes[1]}{but}")
        if array.dtype != first.dtype:
            raise TypeError(f"{name}[{number}] is {array.dtype}, but {name}[0] is {first.dtype}")


def check_rank(name: str, array: Any, least: int) -> Array:
    """Refuse all but an array of at least ``least`` axes, and return it."""
    if not is_plain(array):
        # An np.matrix never has three axes, and the mask of a masked array would be lost.
        raise TypeError(f"{name} must be a NumPy array, but is {type(array).__name__}")
    if array.ndim < least:
        raise ValueError(f"{name} must have at least {least} axes, but has shape {shape_text(array.shape)}")
    return array


def check_held(name: str, value: Any, dtype: Any) -> Any:
    """Return a number or Boolean as a scalar of ``dtype``, refusing what that cannot hold."""
    if not isinstance(value, numbers.Number | np.bool_):
        raise TypeError(f"{name} must be a number, but is {shown(value)}")
    try:
        with np.errstate(over="ignore"):
            kept = dtype.type(value.item() if isinstance(value, np.generic) else value)
        # A float may round the value, as 0.1 is rounded, but integers and Booleans may not.
        held = kept == value if dtype.kind in "biu" else np.isfinite(kept) or not np.isfinite(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        held = False
    if not held:
        raise ValueError(f"{name} is {shown(value)}, but the rows are {dtype}, which cannot hold it")
    return kept
