"""Descriptions of features with a fixed number of values in each step, in TensorFlow's words.

A description says how many values a step must have, and shapes what was found: ``rows`` one example after another,
``batch`` all as one. What was found is a ``Column``.
"""

import math
import numbers
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np

from scratch.arrays import Array, Int, Shaped
from scratch.checks import as_dtype
from scratch.inputs.wire.message_entries import CONTEXT, FEATURE_LISTS
from scratch.inputs.wire.message_values import BYTES, FLOAT, INT64
from scratch.inputs.wire.writing import as_feature, as_float32
from scratch.options import check_count, check_flag, check_options
from scratch.shown import shown

KINDS = {np.dtype(np.int64): INT64, np.dtype(np.float32): FLOAT, np.dtype(bytes): BYTES}


class Column(NamedTuple):
    """A feature of R examples: its values, one behind another, and where those of each example and step end.

    ``value_ends`` and ``step_ends`` [R + 1] begin with 0; ``lengths`` has the number of values of each step.
    """

    values: Shaped[Array, " n"]
    value_ends: Int[Array, " R+1"]
    step_ends: Int[Array, " R+1"]
    lengths: Int[Array, " steps"]

    def parts(self) -> Iterator[Shaped[Array, " n"]]:
        """Yield the values of each example, an array of its own."""
        for first, last in pairwise(self.value_ends.tolist()):
            yield self.values[first:last].copy()

    def examples(self) -> Iterator["Column"]:
        """Yield each example as a column of its own."""
        for (first, last), (begin, end) in zip(pairwise(self.value_ends), pairwise(self.step_ends), strict=True):
            value_ends, step_ends = np.array([0, last - first]), np.array([0, end - begin])
            yield Column(self.values[first:last], value_ends, step_ends, self.lengths[begin:end])

    def num_steps(self) -> Int[Array, " R"]:
        """Return how many steps each example has, [R]."""
        return np.diff(self.step_ends)


def check_shape(name: str, shape: Any) -> tuple[int, ...]:
    """Return a shape as a tuple of integers of at least 0; one number stands for one axis."""
    if not isinstance(shape, list | tuple):
        shape = (shape,)
    return tuple(check_count(f"{name}[{axis}]", size, least=0) for axis, size in enumerate(shape))


def check_kind(name: str, dtype: Any) -> type:
    """Refuse all but int64, float32 and bytes."""
    if dtype is str:
        raise TypeError(f"{name} must be np.int64, np.float32 or bytes, but is str: text is kept as bytes, its UTF-8")
    if as_dtype(dtype) not in KINDS:
        raise TypeError(f"{name} must be np.int64, np.float32 or bytes, but is {shown(dtype)}")
    return bytes if np.dtype(dtype).kind == "S" else np.dtype(dtype).type


@dataclass(frozen=True)
class FixedLenFeature:
    """A context feature of this shape; where an example has none, ``default_value``. Source: ``tf.io.FixedLenFeature``.

    Raises ``TypeError`` or ``ValueError`` for a shape that is not integers, a dtype other than np.int64,
    np.float32 and bytes, and a default of another dtype or number of values.
    """

    shape: tuple[int, ...]
    dtype: type
    default_value: Any = None

    parts: ClassVar[tuple[int, ...]] = (CONTEXT,)

    def __post_init__(self) -> None:
        check_options(self, shape=check_shape, dtype=check_kind)
        if self.default_value is not None:
            # A copy, because the caller may change the array later.
            object.__setattr__(self, "default_value", deepcopy(self.default_value))
            default = self.default()
            if default.size != self.size:
                raise ValueError(f"default_value must have {self.size} values, but has {default.size}")

    @property
    def size(self) -> int:
        """How many values there must be."""
        return math.prod(self.shape)

    @property
    def required(self) -> bool:
        """Whether an example without it is refused."""
        return self.default_value is None

    def default(self) -> Shaped[Array, " n"]:
        """Return the default's values as an array of one axis."""
        values = np.asarray(self.default_value, object).ravel().tolist()
        if self.dtype is np.float32 and all(isinstance(value, numbers.Real) for value in values):
            return as_float32("default_value", values)
        found = as_feature("default_value", values) if values else empty(0, self.dtype)
        if found is None or found.dtype != empty(0, self.dtype).dtype:
            raise TypeError(f"default_value must be {self.dtype.__name__}, but is {shown(self.default_value)}")
        return found

    def rows(self, part: int, column: Column) -> Iterator[Any]:
        """Return an iterator over the value of each example: an array of this shape, for [] a scalar."""
        if self.shape == ():
            return iter(column.values)
        return (row.copy() for row in self.batch(part, column))

    def batch(self, part: int, column: Column) -> Shaped[Array, "R ..."]:
        """Return the values of all examples, ``[R, *shape]``."""
        return column.values.reshape(len(column.step_ends) - 1, *self.shape)


@dataclass(frozen=True)
class FixedLenSequenceFeature:
    """A feature list each step of which has this shape. Source: ``tf.io.FixedLenSequenceFeature``.

    With ``allow_missing``, an example without it has no steps; else it is refused. ``default_value`` is there because
    TensorFlow has it: for SequenceExamples it takes nothing but ``None``, and pads with 0 or b"". Raises ``TypeError``
    or ``ValueError`` for other shapes, dtypes and options.
    """

    shape: tuple[int, ...]
    dtype: type
    allow_missing: bool = False
    default_value: Any = None

    parts: ClassVar[tuple[int, ...]] = (FEATURE_LISTS,)

    def __post_init__(self) -> None:
        check_options(self, shape=check_shape, dtype=check_kind, allow_missing=check_flag)
        if self.default_value is not None:
            raise ValueError(f"default_value must be None in a SequenceExample, but is {shown(self.default_value)}")

    @property
    def size(self) -> int:
        """How many values each step must have."""
        return math.prod(self.shape)

    @property
    def required(self) -> bool:
        """Whether an example without it is refused."""
        return not self.allow_missing

    def rows(self, part: int, column: Column) -> Iterator[Any]:
        """Return an iterator over the value of each example, ``[T, *shape]``."""
        if self.shape == ():
            return column.parts()
        return (
            values.reshape(steps, *self.shape)
            for values, steps in zip(column.parts(), column.num_steps().tolist(), strict=True)
        )

    def batch(self, part: int, column: Column) -> Shaped[Array, "R T ..."]:
        """Return the values of all examples, ``[R, T, *shape]``, padded to the longest."""
        steps = column.num_steps()
        padded = empty((len(steps), steps.max(initial=0), *self.shape), self.dtype)
        padded[np.arange(padded.shape[1]) < steps[:, None]] = column.values.reshape(steps.sum(), *self.shape)
        return padded


def empty(shape: Any, dtype: Any) -> Shaped[Array, "..."]:
    """Return an array of zeros, or of b""."""
    return np.full(shape, b"", object) if dtype is bytes else np.zeros(shape, dtype)
