"""Descriptions of features that have any number of values in a step, and the two ways to write such rows as arrays."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from scratch.checks import as_dtype
from scratch.inputs.wire.entries import CONTEXT, FEATURE_LISTS
from scratch.inputs.wire.schema import check_kind
from scratch.options import check_options


class SparseTensorValue(NamedTuple):
    """Values, where each belongs [n, rank], and the shape that holds them all. Source: ``SparseTensorValue`` of TF1."""

    indices: np.ndarray
    values: np.ndarray
    dense_shape: np.ndarray


class RaggedTensorValue(NamedTuple):
    """Rows one behind another: row i is ``values[row_splits[i]:row_splits[i + 1]]``; the values may be rows again.

    Source: ``RaggedTensorValue`` of TF1.
    """

    values: object
    row_splits: np.ndarray


@dataclass(frozen=True)
class VarLenFeature:
    """A feature with any number of values, in each step, as a ``SparseTensorValue``. Source: ``tf.io.VarLenFeature``.

    An example without it has no values. Raises ``TypeError`` for a dtype other than np.int64, np.float32 and bytes.
    """

    dtype: type

    parts: ClassVar = (CONTEXT, FEATURE_LISTS)
    size: ClassVar = -1
    required: ClassVar = False

    def __post_init__(self):
        check_options(self, dtype=check_kind)

    def rows(self, part, column):
        """Return an iterator over the value of each example: indices [n, 1], in a feature list [n, 2]."""
        for example in column.examples():
            indices, values, dense_shape = self.batch(part, example)
            yield SparseTensorValue(indices[:, 1:].copy(), values.copy(), dense_shape[1:])

    def batch(self, part, column):
        """Return the values of all examples: indices [n, 2], in a feature list [n, 3]."""
        example, step = places(column.num_steps())
        outer, index = places(column.lengths)
        indices, longest = [example[outer], step[outer], index], column.lengths.max(initial=0)
        dense_shape = [len(column.step_ends) - 1, column.num_steps().max(initial=0), longest]
        if part == CONTEXT:
            del indices[1], dense_shape[1]
        return SparseTensorValue(np.stack(indices, 1), column.values, np.array(dense_shape, np.int64))


@dataclass(frozen=True)
class RaggedFeature:
    """A feature with any number of values, in each step, as a ``RaggedTensorValue``. Source: ``tf.io.RaggedFeature``.

    An example without it has no values. Partitions, features that split another feature into rows, are not supported.
    Raises ``TypeError`` for a dtype other than np.int64, np.float32 and bytes, or for splits other than np.int32 and
    np.int64.
    """

    dtype: type
    row_splits_dtype: type = np.int32

    parts: ClassVar = (CONTEXT, FEATURE_LISTS)
    size: ClassVar = -1
    required: ClassVar = False

    def __post_init__(self):
        check_options(self, dtype=check_kind, row_splits_dtype=check_splits)

    def rows(self, part, column):
        """Return an iterator over the value of each example: an array [n], of a feature list rows."""
        for example in column.examples():
            values = self.batch(part, example).values
            yield values.copy() if part == CONTEXT else RaggedTensorValue(values.values.copy(), values.row_splits)

    def batch(self, part, column):
        """Return the values of all examples: rows, of a feature list rows of rows."""
        if part == CONTEXT:
            return RaggedTensorValue(column.values, column.value_ends.astype(self.row_splits_dtype))
        splits = np.concatenate([[0], np.cumsum(column.lengths)]).astype(self.row_splits_dtype)
        return RaggedTensorValue(
            RaggedTensorValue(column.values, splits), column.step_ends.astype(self.row_splits_dtype)
        )


def places(lengths):
    """Return for each thing in rows of these lengths its row, and its index there."""
    row = np.repeat(np.arange(len(lengths)), lengths)
    return row, np.arange(len(row)) - (np.cumsum(lengths) - lengths)[row]


def check_splits(name, dtype):
    """Refuse all but int32 and int64."""
    if as_dtype(dtype) not in (np.dtype(np.int32), np.dtype(np.int64)):
        raise TypeError(f"{name} must be np.int32 or np.int64, but is {dtype!r}")
    return as_dtype(dtype).type
