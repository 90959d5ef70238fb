"""Descriptions of features with any number of values in a step, and the two ways to write such rows as arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from scratch.arrays import Array, Int, Shaped
from scratch.checks import as_dtype
from scratch.inputs.unstack import check_held
from scratch.inputs.wire.layout_fixed import Column, check_kind
from scratch.inputs.wire.message_entries import CONTEXT, FEATURE_LISTS
from scratch.options import check_count, check_options
from scratch.shown import shown


class SparseTensorValue(NamedTuple):
    """Values, where each belongs [n, rank], and the shape that holds them all. Source: ``SparseTensorValue`` of TF1."""

    indices: Int[Array, "n rank"]
    values: Shaped[Array, " n"]
    dense_shape: Int[Array, " rank"]

    def to_dense(self, default_value: Any = None, shape: Sequence[int | None] | None = None) -> Shaped[Array, "..."]:
        """Return an array of all, with ``default_value`` where there is no value: 0 or b"" unless given.

        ``shape`` gives the size of each axis, ``None`` that of ``dense_shape``; what does not fit in is left out, so a
        row gets a length that is known. Raises ``TypeError`` or ``ValueError`` for another number of sizes, or a
        ``default_value`` that an array of these values cannot hold. Source: ``tf.sparse.to_dense``.
        """
        return padded(self.indices, self.values, self.dense_shape.tolist(), default_value, shape)


class RaggedTensorValue(NamedTuple):
    """Rows one behind another: row i is ``values[row_splits[i]:row_splits[i + 1]]``; the values may be rows again.

    Source: ``RaggedTensorValue`` of TF1.
    """

    values: Any
    row_splits: Int[Array, " rows+1"]

    def to_tensor(self, default_value: Any = None, shape: Sequence[int | None] | None = None) -> Shaped[Array, "..."]:
        """Return an array of all rows, each filled up with ``default_value``: 0 or b"" unless given.

        ``shape`` and the errors are those of ``SparseTensorValue.to_dense``; ``None`` is the longest row. Source:
        ``tf.RaggedTensor.to_tensor``.
        """
        columns, sizes, values = located(self)
        return padded(np.stack(columns, 1), values, sizes, default_value, shape)


@dataclass(frozen=True)
class VarLenFeature:
    """A feature with any number of values, in each step, as a ``SparseTensorValue``. Source: ``tf.io.VarLenFeature``.

    An example without it has no values. Raises ``TypeError`` for a dtype other than np.int64, np.float32 and bytes.
    """

    dtype: type

    parts: ClassVar[tuple[int, ...]] = (CONTEXT, FEATURE_LISTS)
    size: ClassVar[int] = -1
    required: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_options(self, dtype=check_kind)

    def rows(self, part: int, column: Column) -> Iterator[SparseTensorValue]:
        """Return an iterator over the value of each example: indices [n, 1], in a feature list [n, 2]."""
        for example in column.examples():
            indices, values, dense_shape = self.batch(part, example)
            yield SparseTensorValue(indices[:, 1:].copy(), values.copy(), dense_shape[1:])

    def batch(self, part: int, column: Column) -> SparseTensorValue:
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

    parts: ClassVar[tuple[int, ...]] = (CONTEXT, FEATURE_LISTS)
    size: ClassVar[int] = -1
    required: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_options(self, dtype=check_kind, row_splits_dtype=check_splits)

    def rows(self, part: int, column: Column) -> Iterator[Any]:
        """Return an iterator over the value of each example: an array [n], of a feature list rows."""
        for example in column.examples():
            values = self.batch(part, example).values
            yield values.copy() if part == CONTEXT else RaggedTensorValue(values.values.copy(), values.row_splits)

    def batch(self, part: int, column: Column) -> RaggedTensorValue:
        """Return the values of all examples: rows, of a feature list rows of rows."""
        if part == CONTEXT:
            return RaggedTensorValue(column.values, column.value_ends.astype(self.row_splits_dtype))
        splits: Int[Array, " n"] = np.concatenate([[0], np.cumsum(column.lengths)]).astype(self.row_splits_dtype)
        return RaggedTensorValue(
            RaggedTensorValue(column.values, splits), column.step_ends.astype(self.row_splits_dtype)
        )


def located(rows: RaggedTensorValue) -> tuple[list[Int[Array, " n"]], list[int], Shaped[Array, " n"]]:
    """Return ``(columns, sizes, values)`` of a ``RaggedTensorValue``: of each value its index along every axis."""
    lengths = np.diff(rows.row_splits)
    row, index = places(lengths)
    size = [len(lengths), int(lengths.max(initial=0))]
    if not isinstance(rows.values, RaggedTensorValue):
        return [row, index], size, rows.values
    (inner, *columns), (_, *sizes), values = located(rows.values)
    return [row[inner], index[inner], *columns], [*size, *sizes], values


def padded(
    indices: Int[Array, "n rank"], values: Shaped[Array, " n"], sizes: list[int], default_value: Any, shape: Any
) -> Shaped[Array, "..."]:
    """Return an array with ``values`` at their ``indices`` and ``default_value`` everywhere else."""
    if shape is not None:
        if not isinstance(shape, list | tuple) or len(shape) != len(sizes):
            raise ValueError(f"shape must be {len(sizes)} sizes, each a number or None, but is {shown(shape)}")
        sizes = [
            size if wanted is None else check_count(f"shape[{axis}]", wanted, least=0)
            for axis, (size, wanted) in enumerate(zip(sizes, shape, strict=True))
        ]
    if values.dtype != object:
        default_value = check_held("default_value", 0 if default_value is None else default_value, values.dtype)
    elif not isinstance(default_value, bytes | None):
        raise TypeError(f"default_value must be bytes, as the values are, but is {shown(default_value)}")
    array = np.full(sizes, b"" if default_value is None else default_value, values.dtype)
    kept = (indices < sizes).all(axis=1)
    array[tuple(indices[kept].T)] = values[kept]
    return array


def places(lengths: Int[Array, " n"]) -> tuple[Int[Array, " m"], Int[Array, " m"]]:
    """Return for each thing in rows of these lengths its row, and its index there."""
    row = np.repeat(np.arange(len(lengths)), lengths)
    return row, np.arange(len(row)) - (np.cumsum(lengths) - lengths)[row]


def check_splits(name: str, dtype: Any) -> type:
    """Refuse all but int32 and int64."""
    if as_dtype(dtype) not in (np.dtype(np.int32), np.dtype(np.int64)):
        raise TypeError(f"{name} must be np.int32 or np.int64, but is {shown(dtype)}")
    return np.dtype(dtype).type
