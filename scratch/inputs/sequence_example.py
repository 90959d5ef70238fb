"""SequenceExample: a series on disk, its context once and its feature lists step by step.

    context          name → values              int64, float32 or bytes
    feature_lists    name → a list of values, one entry a step

An example is written as a message of Protocol Buffers and stands in a TFRecord file as one record. A reader says which
features it wants, and in what shape: ``FixedLenFeature`` and its kin. Sources: ``tf.train.SequenceExample``,
``tf.io.parse_single_sequence_example``. The page is ``docs/inputs/sequence_example.md``; the bytes are in
``scratch/inputs/wire``.
"""

import os
from collections.abc import ItemsView, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scratch.arrays import FilePath
from scratch.files import check_path
from scratch.inputs.tfrecord import check_bytes, check_compression
from scratch.inputs.wire.chunks import LARGEST, ON_DAMAGE, placed, read_chunks
from scratch.inputs.wire.frames import HEADER
from scratch.inputs.wire.layout import Features, Schema
from scratch.inputs.wire.layout_fixed import FixedLenFeature, FixedLenSequenceFeature
from scratch.inputs.wire.layout_ragged import RaggedFeature, RaggedTensorValue, SparseTensorValue, VarLenFeature
from scratch.inputs.wire.message import parts_of, read_example
from scratch.inputs.wire.message_entries import CONTEXT, FEATURE_LISTS
from scratch.inputs.wire.tags import message
from scratch.inputs.wire.writing import as_bytes, as_feature, feature_bytes
from scratch.inputs.wire.writing_steps import as_steps, steps_bytes
from scratch.options import check_choice

__all__ = [
    "FixedLenFeature",
    "FixedLenSequenceFeature",
    "RaggedFeature",
    "RaggedTensorValue",
    "SequenceExample",
    "SparseTensorValue",
    "VarLenFeature",
    "parse_sequence_example",
    "parse_single_sequence_example",
    "read_sequence_examples",
]

PARTS = ("context", "feature_lists")


@dataclass(frozen=True, eq=False)
class SequenceExample:
    """An example: ``context`` {name: values} and ``feature_lists`` {name: a list of values, one entry a step}.

    Values are a scalar or a list or array of scalars: integers, kept as int64; other numbers, kept as float32; or
    bytes, and text, kept as its UTF-8. What is kept is an array a feature, [n], and ``None`` for a feature that has no
    kind. A part without features is not written, unless ``empty_parts`` names it, ``"context"`` or ``"feature_lists"``:
    other writers leave an empty one there, and ``parse`` keeps it. Two examples are equal where their bytes are. Raises
    ``TypeError`` or ``ValueError``, by name, for what the format cannot hold. Source: ``tf.train.SequenceExample``.
    """

    context: dict[str, Any]
    feature_lists: dict[str, Any]
    empty_parts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        context = {
            name: as_feature(f"context[{name!r}]", values) for name, values in check_named("context", self.context)
        }
        lists = {}
        for name, steps in check_named("feature_lists", self.feature_lists):
            if not isinstance(steps, list | tuple) and not (isinstance(steps, np.ndarray) and steps.ndim > 0):
                raise TypeError(f"feature_lists[{name!r}] must be a list of steps, but is {type(steps).__name__}")
            lists[name] = as_steps(f"feature_lists[{name!r}]", steps)
        if not isinstance(self.empty_parts, tuple):
            raise TypeError(f"empty_parts must be a tuple of names, but is {type(self.empty_parts).__name__}")
        for part in self.empty_parts:
            check_choice("empty_parts", part, PARTS)
        object.__setattr__(self, "context", context)
        object.__setattr__(self, "feature_lists", lists)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SequenceExample) and self.serialize() == other.serialize()

    __hash__ = None  # type: ignore[assignment]

    def serialize(self) -> bytes:
        """Return the example as bytes; equal examples have equal ones.

        Names come in the order of their UTF-8; where one is the beginning of another, the longer comes first.
        Source: ``SerializeToString(deterministic=True)`` of ``tf.train.SequenceExample``.
        """
        context = {name: feature_bytes(values) for name, values in self.context.items()}
        lists = {name: steps_bytes(steps) for name, steps in self.feature_lists.items()}
        parts = [
            message(field, *(message(1, message(1, name), message(2, value)) for name, value in in_order(part)))
            for field, name, part in zip((CONTEXT, FEATURE_LISTS), PARTS, (context, lists), strict=True)
            if part or name in self.empty_parts
        ]
        return b"".join(parts)

    @classmethod
    def parse(cls, data: bytes | bytearray) -> "SequenceExample":
        """Return the example that the bytes ``data`` hold; ``ValueError`` where they hold none.

        Source: ``tf.train.SequenceExample.FromString``.
        """
        numbers = np.frombuffer(bytearray(check_bytes("data", data)), np.uint8)
        context, lists = parts = read_example(numbers)
        there = () if all(parts) else parts_of(numbers)
        return cls(context, lists, tuple(PARTS[field - 1] for field in sorted(there) if not parts[field - 1]))


def parse_single_sequence_example(
    serialized: bytes | bytearray, context_features: Features = None, sequence_features: Features = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return ``(context, sequences)`` of one example in bytes: {name: value} each, as the descriptions shape them.

    A ``FixedLenFeature`` gives an array of its shape, for [] a scalar; a ``FixedLenSequenceFeature``
    ``[T, *shape]``. Bytes are in arrays of objects. Raises ``ValueError`` for an example that is damaged or does not
    suit.
    Source: ``tf.io.parse_single_sequence_example``.
    """
    schema = Schema(context_features, sequence_features)
    columns = read_all(schema, [check_bytes("serialized", serialized)], "serialized")
    return next(schema.rows(columns))


def parse_sequence_example(
    serialized: Sequence[bytes], context_features: Features = None, sequence_features: Features = None
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return ``(context, sequences, lengths)`` of a list of B examples in bytes, as one batch.

    A ``FixedLenFeature`` gives ``[B, *shape]``; a ``FixedLenSequenceFeature`` ``[B, T, *shape]``, padded with 0 or b""
    to the longest, and in ``lengths`` the steps of each example, [B]. Raises what ``parse_single_sequence_example``
    raises, with the number of the example. Source: ``tf.io.parse_sequence_example``.
    """
    if not isinstance(serialized, list | tuple):
        raise TypeError(f"serialized must be a list of bytes, but is {type(serialized).__name__}")
    for number, data in enumerate(serialized):
        check_bytes(f"serialized[{number}]", data)
    schema = Schema(context_features, sequence_features)
    return schema.batch(read_all(schema, serialized, "serialized[{}]"))


def read_all(schema: Schema, serialized: Sequence[bytes | bytearray], name: str) -> Any:
    """Return the columns of all these examples; ``name`` is what to call one that is refused."""
    sizes = np.array([len(data) for data in serialized], np.int64)
    stops = np.cumsum(sizes)
    columns, error = schema.read(np.frombuffer(bytearray().join(serialized), np.uint8), stops - sizes, stops)
    if error is not None:
        raise ValueError(f"{name.format(len(columns[0].step_ends) - 1)}: {error}")
    return columns


def read_sequence_examples(
    paths: FilePath | Sequence[FilePath],
    context_features: Features = None,
    sequence_features: Features = None,
    compression_type: str = "",
    on_damage: str = "raise",
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield ``(context, sequences)`` of each example in a TFRecord file, or in a list of them.

    They are what ``parse_single_sequence_example`` returns for each record of ``read_tfrecord``, and so are the errors,
    which name the file, the number of the record and the byte at which it begins. With ``on_damage="skip"`` damaged
    records are skipped, as by ``read_tfrecord``; an example that does not suit the features is an error all the same.
    The file is read in chunks of 256 KB or of one record, whichever is larger, and no more than that is in memory.
    """
    check_choice("on_damage", on_damage, ON_DAMAGE)
    paths = [paths] if isinstance(paths, str | os.PathLike) else paths
    if not isinstance(paths, list | tuple):
        raise TypeError(f"paths must be the path of a file or a list of them, but is {type(paths).__name__}")
    checked = [check_path(f"paths[{number}]", path) for number, path in enumerate(paths)]
    return examples(
        checked, Schema(context_features, sequence_features), check_compression(compression_type), on_damage
    )


def examples(
    paths: list[Path], schema: Schema, compression_type: str, on_damage: str
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for path in paths:
        for chunk in read_chunks(path, compression_type, LARGEST, on_damage):
            columns, error = schema.read(chunk.data, chunk.starts, chunk.stops)
            yield from schema.rows(columns)
            if error is not None:
                good = len(columns[0].step_ends) - 1
                offset = chunk.offset + int(chunk.starts[good]) - HEADER
                raise ValueError(f"{path}: {placed(chunk.number + good, offset, compression_type, error)}")


def in_order(part: dict[str, Any]) -> list[tuple[bytes, Any]]:
    """Return the names, in UTF-8, and values of one part in the order in which they are written."""
    # No byte of UTF-8 is 0xff.
    return sorted(((name.encode(), value) for name, value in part.items()), key=lambda entry: entry[0] + b"\xff")


def check_named(name: str, features: Any) -> ItemsView[str, Any]:
    """Return the items of a dict whose keys are names."""
    if not isinstance(features, dict):
        raise TypeError(f"{name} must be a dict of names and values, but is {type(features).__name__}")
    for key in features:
        if not isinstance(key, str):
            raise TypeError(f"{name} must be named by str, but has a {type(key).__name__}")
        as_bytes(f"{name}, in a name,", [key])
    return features.items()
