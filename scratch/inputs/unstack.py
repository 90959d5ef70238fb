"""The shapes a recurrent network is fed and the order of the numbers in them: unstack, stack, flatten, and back.

    series [N]          →  rows [B, N / B]      each row is a stretch of the series, read left to right
    inputs [B, T, D]    ⇄  T arrays [B, D]      one time step after another, for ``static_rnn``
    outputs [B, T, H]   ⇄  [B·T, H]             every step of every row as one batch, for one matrix product

All of it moves numbers without changing them, so each gradient moves the same way back: the backward pass of
``unstack`` is ``stack``, that of ``flatten_time`` is ``unflatten_time``, and the reverse. Every reshape is in row-major
order, the last axis running fastest, as NumPy and TensorFlow lay out memory; what another order does to a series is
shown in ``docs/inputs/unstack.md``.
"""

import numpy as np

from scratch.checks import check_count, shape_text


def series_to_rows(series, batch_size):
    """Return a series [N, …] as ``batch_size`` rows [B, N / B, …], each a consecutive stretch of it.

    Raises ``ValueError`` where N does not divide. Source: ``x.reshape((batch_size, -1))``, ``tf.reshape``.
    """
    batch_size = check_count("batch_size", batch_size)
    series = check_rank("series", series, 1)
    if len(series) == 0 or len(series) % batch_size:
        raise ValueError(f"series has {len(series)} steps, which do not divide into {batch_size} rows")
    return series.reshape(batch_size, -1, *series.shape[1:])


def unstack(inputs, axis=1):
    """Return the list of arrays that lie along ``axis``: T arrays [B, D] from inputs [B, T, D].

    Raises ``ValueError`` where there is no such axis. Source: ``tf.unstack``.
    """
    inputs = check_rank("inputs", inputs, 1)
    check_axis(axis, "inputs", inputs.ndim)
    return list(np.moveaxis(inputs, axis, 0))


def stack(steps, axis=1):
    """Return one array with the arrays of the list ``steps`` along ``axis``: [B, T, H] from T arrays [B, H].

    Raises ``ValueError`` where the list is empty or the shapes differ. Source: ``tf.stack``.
    """
    if not isinstance(steps, list | tuple):
        raise TypeError(f"steps must be a list of arrays, but is {type(steps).__name__}")
    if not steps:
        raise ValueError("steps must hold at least one array, but is empty")
    for t, step in enumerate(steps):
        step, first = check_rank(f"steps[{t}]", step, 0), steps[0]
        if step.shape != first.shape:
            shapes = shape_text(step.shape), shape_text(first.shape)
            raise ValueError(f"steps[{t}] has shape {shapes[0]}, but steps[0] has {shapes[1]}")
        if step.dtype != first.dtype:
            raise TypeError(f"steps[{t}] is {step.dtype}, but steps[0] is {first.dtype}")
    check_axis(axis, "the result", steps[0].ndim + 1)
    return np.stack(steps, axis)


def flatten_time(outputs):
    """Return outputs [B, T, …] as [B·T, …]: row b, step t becomes row b·T + t. Source: ``tf.reshape``."""
    outputs = check_rank("outputs", outputs, 2)
    return outputs.reshape(outputs.shape[0] * outputs.shape[1], *outputs.shape[2:])


def unflatten_time(flat, batch_size):
    """Return [B·T, …] as [B, T, …], undoing ``flatten_time``.

    Raises ``ValueError`` where B·T does not divide by ``batch_size``. Source: ``tf.reshape``.
    """
    batch_size = check_count("batch_size", batch_size)
    flat = check_rank("flat", flat, 1)
    if len(flat) % batch_size:
        raise ValueError(f"flat has {len(flat)} rows, which do not divide into a batch of {batch_size}")
    return flat.reshape(batch_size, len(flat) // batch_size, *flat.shape[1:])


def check_axis(axis, name, ndim):
    """Refuse all but a whole number that counts one of ``ndim`` axes, from either end."""
    check_count("axis", axis, least=-ndim)
    if axis >= ndim:
        raise ValueError(f"axis is {axis}, but {name} has only {ndim} axes")


def check_rank(name, array, least):
    """Refuse all but an array of at least ``least`` axes, and return it."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array, but is {type(array).__name__}")
    if array.ndim < least:
        raise ValueError(f"{name} must have at least {least} axes, but has shape {shape_text(array.shape)}")
    return array
