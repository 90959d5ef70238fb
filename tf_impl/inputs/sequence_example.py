"""TensorFlow's series on disk: ``tf.train.SequenceExample`` and ``tf.io.parse_sequence_example``.

Each takes the same values and descriptions as its namesake in ``scratch`` and returns the same. TensorFlow has two
parsers: ``SequenceExample.parse`` is Protocol Buffers' own, the functions use TensorFlow's fast one. A damaged example
raises their own errors here.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from scratch.arrays import Array, FilePath, Shaped
from scratch.inputs import sequence_example as scratch
from scratch.inputs.wire.layout import Features
from tf_impl.tensorflow import Tensor, tf

DTYPES = {np.int64: tf.int64, np.float32: tf.float32, bytes: tf.string, np.int32: tf.int32}


class SequenceExample(scratch.SequenceExample):
    """The same values, turned into bytes and back by ``tf.train.SequenceExample``."""

    def serialize(self) -> bytes:
        """Return the bytes of ``SerializeToString(deterministic=True)``."""
        example = tf.train.SequenceExample()
        for part in self.empty_parts:
            getattr(example, part).SetInParent()
        for name, values in self.context.items():
            fill(example.context.feature[name], values)
        for name, steps in self.feature_lists.items():
            feature_list = example.feature_lists.feature_list[name]
            for values in steps:
                fill(feature_list.feature.add(), values)
        return example.SerializeToString(deterministic=True)

    @classmethod
    def parse(cls, data: bytes | bytearray) -> "SequenceExample":
        """Return the example of ``FromString``."""
        example = tf.train.SequenceExample.FromString(data)
        return cls(
            {name: values_of(feature) for name, feature in example.context.feature.items()},
            {
                name: [values_of(feature) for feature in steps.feature]
                for name, steps in example.feature_lists.feature_list.items()
            },
            tuple(
                part
                for part, features in (("context", "feature"), ("feature_lists", "feature_list"))
                if example.HasField(part) and not getattr(getattr(example, part), features)
            ),
        )


def fill(feature: Any, values: Any) -> None:
    """Put the values of a feature into a ``tf.train.Feature``."""
    if values is None:
        return
    kinds = {np.dtype(np.int64): "int64_list", np.dtype(np.float32): "float_list", np.dtype(object): "bytes_list"}
    kept = getattr(feature, kinds[values.dtype])
    kept.SetInParent()
    kept.value.extend(values.tolist())


def values_of(feature: Any) -> Shaped[Array, " n"] | None:
    """Return the values of a ``tf.train.Feature``, ``None`` where it has no kind."""
    kind = feature.WhichOneof("kind")
    dtypes = {"int64_list": np.int64, "float_list": np.float32, "bytes_list": object}
    return None if kind is None else np.array(getattr(feature, kind).value, dtypes[kind])


def described(features: Features) -> dict[str, Any]:
    """Return ``scratch``'s descriptions as those of ``tf.io``."""
    return {name: description(feature) for name, feature in (features or {}).items()}


def description(feature: Any) -> Any:
    dtype = DTYPES[feature.dtype]
    if isinstance(feature, scratch.FixedLenFeature):
        return tf.io.FixedLenFeature(feature.shape, dtype, feature.default_value)
    if isinstance(feature, scratch.FixedLenSequenceFeature):
        return tf.io.FixedLenSequenceFeature(feature.shape, dtype, feature.allow_missing)
    if isinstance(feature, scratch.VarLenFeature):
        return tf.io.VarLenFeature(dtype)
    return tf.io.RaggedFeature(dtype, row_splits_dtype=DTYPES[feature.row_splits_dtype])


def as_arrays(tensors: dict[str, Tensor]) -> dict[str, Any]:
    """Return a dict of tensors as NumPy arrays and ``scratch``'s named tuples of them."""
    return {name: as_array(tensor) for name, tensor in tensors.items()}


def as_array(tensor: Tensor) -> Any:
    if isinstance(tensor, tf.SparseTensor):
        return scratch.SparseTensorValue(tensor.indices.numpy(), tensor.values.numpy(), tensor.dense_shape.numpy())
    if isinstance(tensor, tf.RaggedTensor):
        return scratch.RaggedTensorValue(as_array(tensor.values), tensor.row_splits.numpy())
    return tensor.numpy()


def to_dense(
    sparse: scratch.SparseTensorValue, default_value: Any = None, shape: Sequence[int | None] | None = None
) -> Shaped[Array, "..."]:
    """Return the array of ``tf.sparse.to_dense``, after ``tf.sparse.slice`` where a shape is given."""
    tensor = tf.SparseTensor(sparse.indices, sparse.values, sparse.dense_shape)
    if shape is not None:
        sizes = [size if wanted is None else wanted for size, wanted in zip(sparse.dense_shape, shape, strict=True)]
        cut = tf.sparse.slice(tensor, [0] * len(sizes), sizes)
        tensor = tf.SparseTensor(cut.indices, cut.values, sizes)
    return tf.sparse.to_dense(tensor, default_value).numpy()


def to_tensor(
    ragged: Any, default_value: Any = None, shape: Sequence[int | None] | None = None
) -> Shaped[Array, "..."]:
    """Return the array of ``tf.RaggedTensor.to_tensor``."""
    splits = []
    while isinstance(ragged, scratch.RaggedTensorValue):
        splits.append(ragged.row_splits)
        ragged = ragged.values
    return tf.RaggedTensor.from_nested_row_splits(ragged, splits).to_tensor(default_value, shape=shape).numpy()


def parse_single_sequence_example(
    serialized: bytes, context_features: Features = None, sequence_features: Features = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return ``(context, sequences)`` of ``tf.io.parse_single_sequence_example``."""
    context, sequences = tf.io.parse_single_sequence_example(
        serialized, described(context_features), described(sequence_features)
    )
    return as_arrays(context), as_arrays(sequences)


def parse_sequence_example(
    serialized: Sequence[bytes], context_features: Features = None, sequence_features: Features = None
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return ``(context, sequences, lengths)`` of ``tf.io.parse_sequence_example``."""
    context, sequences, lengths = tf.io.parse_sequence_example(
        tf.constant(serialized, tf.string), described(context_features), described(sequence_features)
    )
    return as_arrays(context), as_arrays(sequences), as_arrays(lengths)


def read_sequence_examples(
    paths: FilePath | Sequence[FilePath],
    context_features: Features = None,
    sequence_features: Features = None,
    compression_type: str = "",
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield ``(context, sequences)`` of each example in the files of a ``tf.data.TFRecordDataset``."""
    paths = [paths] if isinstance(paths, str | os.PathLike) else paths
    context_features, sequence_features = described(context_features), described(sequence_features)
    records = tf.data.TFRecordDataset([os.fspath(path) for path in paths], compression_type)
    for context, sequences in records.map(
        lambda record: tf.io.parse_single_sequence_example(record, context_features, sequence_features)
    ):
        yield as_arrays(context), as_arrays(sequences)
