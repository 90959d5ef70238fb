"""Padding, reshaping, words, pictures, examples."""

import numpy as np

import scratch
from parity_tests.rows.row import Row, integers, normal

ROWS = [normal(size, 2) for size in (3, 1, 5)]
BATCHES = scratch.padded_batches(ROWS, 2)
COUNTS = np.array([3, 0, 1, 2])
LOGITS = normal(4, 3, 5)
# Numbers are moved, whatever they are.
MOVED = [
    "object",
    "text",
    "axis",
    "an axis",
    "other float",
    "half",
    "long",
    "complex",
    "whole",
    "Boolean",
    "byte-swapped",
    "NaN",
    "infinity",
    "int32",
    "float",
]
# The dtype of the rows can hold these.
HELD = ["a Boolean", "a NumPy Boolean", "NaN", "infinity"]
INT64 = ["int"]
NUMBERS = ["a Boolean", "a NumPy Boolean", "a float", "Decimal", "negative", "2**62"]
FEATURES = {"context_features": ["empty", "less"], "sequence_features": ["empty", "less"]}
WORDS = scratch.Vocabulary(("a", "b"))
EXAMPLE = scratch.SequenceExample({"n": [1, 2]}, {"s": [[1.0], [2.0]]})
SCHEMA = {
    "context_features": {"n": scratch.FixedLenFeature([2], np.int64)},
    "sequence_features": {"s": scratch.FixedLenSequenceFeature([], np.float32)},
}
SPARSE = scratch.SparseTensorValue(np.array([[0, 1], [1, 0]]), np.array([5, 6]), np.array([2, 3]))
RAGGED = scratch.RaggedTensorValue(np.array([1, 2, 3]), np.array([0, 2, 3]))


def padding(function, **arguments):
    return Row(
        function,
        {"rows": ROWS, "padding_value": 0.0} | arguments,
        {"rows": ["shorter", "longer", "axis 0", "an axis more behind"], "padding_value": HELD},
    )


INPUTS = {
    "pad_batch": padding(scratch.pad_batch, num_steps=6),
    "padded_batches": padding(scratch.padded_batches, batch_size=2, drop_remainder=False),
    "bucket_by_length": padding(
        scratch.bucket_by_length,
        bucket_boundaries=[2, 7],
        bucket_batch_sizes=[1, 2, 1],
        pad_to_bucket_boundary=False,
        drop_remainder=False,
    ),
    "unpad_batch": Row(
        scratch.unpad_batch,
        {"inputs": LOGITS, "sequence_length": COUNTS},
        {"inputs": MOVED},
        {"inputs": ("sequence_length",)},
    ),
    "padding_cost": Row(scratch.padding_cost, {"batches": BATCHES}, {"batches": ["shorter", "longer"]}),
    "padding_saved": Row(scratch.padding_saved, {"before": BATCHES, "after": BATCHES[::-1]}, {}),
    "sequence_mask": Row(
        scratch.sequence_mask,
        {"lengths": COUNTS, "maxlen": 4, "dtype": np.float32},
        {"lengths": ["axis", "an axis", "huge"], "dtype": ["int", "float16", "complex64", "bool", "byte-swapped"]},
    ),
    "reverse_sequence": Row(
        scratch.reverse_sequence,
        {"inputs": LOGITS, "sequence_length": COUNTS, "seq_axis": 1, "batch_axis": 0},
        {"inputs": MOVED},
        {"inputs": ("sequence_length", "_axis")},
    ),
    "series_to_rows": Row(scratch.series_to_rows, {"series": normal(6), "batch_size": 2}, {"series": MOVED}),
    "unflatten_time": Row(scratch.unflatten_time, {"flat": normal(6, 2), "batch_size": 2}, {"flat": MOVED}),
    "unstack": Row(scratch.unstack, {"inputs": LOGITS, "axis": 1}, {"inputs": MOVED, "axis": ["negative"]}),
    "stack": Row(
        scratch.stack, {"steps": list(LOGITS), "axis": 1}, {"steps": ["shorter", "longer"], "axis": ["negative"]}
    ),
    "swap_time_and_batch": Row(scratch.swap_time_and_batch, {"inputs": LOGITS}, {"inputs": MOVED}),
    "flatten_time": Row(scratch.flatten_time, {"outputs": LOGITS}, {"outputs": MOVED}),
    "Vocabulary": Row(scratch.Vocabulary, {"words": ("a", "b")}, {"words": ["shorter", "another text", "empty"]}),
    "Vocabulary.numbers": Row(
        WORDS.numbers, {"words": ["a", "c"]}, {"words": ["shorter", "longer", "empty", "another text"]}
    ),
    "Vocabulary.words_at": Row(WORDS.words_at, {"numbers": [1, 2]}, {"numbers": ["shorter", "longer", "empty"]}),
    "vocabulary_of": Row(
        scratch.vocabulary_of,
        {"sentences": [["a"], ["b", "a"]], "least_count": 1},
        {"sentences": ["shorter", "longer", "empty", "another text"]},
    ),
    "as_rows": Row(scratch.as_rows, {"images": normal(3, 4)}, {"images": ["axis 0", "other float", "complex"]}),
    "as_pixels": Row(
        scratch.as_pixels,
        {"images": normal(3, 4), "order": np.array([2, 0, 3, 1])},
        {"images": ["axis 0", "other float", "complex"], "order": ["object"]},
        {"images": ("order",)},
    ),
    "one_hot": Row(
        scratch.one_hot,
        {"labels": integers(5, 3), "num_classes": 5, "dtype": np.float64},
        {"labels": ["axis"]},
        {"num_classes": ("labels",)},
    ),
    "seeded_permutation": Row(scratch.seeded_permutation, {"seed": 3, "size": 5}),
    "load_digits": Row(lambda **a: scratch.load_digits(**a).test.labels, {"validation_size": 150, "test_size": 297}),
    "masked_crc32c": Row(scratch.masked_crc32c, {"data": b"abc"}, {"data": ["bytearray", "empty bytes"]}),
    "parse_sequence_example": Row(
        scratch.parse_sequence_example,
        {"serialized": [EXAMPLE.serialize()] * 2} | SCHEMA,
        FEATURES | {"serialized": ["shorter", "longer", "empty", "bytearray"]},
    ),
    "parse_single_sequence_example": Row(
        scratch.parse_single_sequence_example,
        {"serialized": EXAMPLE.serialize()} | SCHEMA,
        FEATURES | {"serialized": ["bytearray"]},
    ),
    "SequenceExample": Row(
        lambda **a: scratch.SequenceExample(**a).serialize(),
        {"context": {"n": [1, 2]}, "feature_lists": {"s": [[1.0], [2.0]]}, "empty_parts": ()},
        {"context": [""], "feature_lists": [""]},
    ),
    "SequenceExample.parse": Row(
        lambda data: scratch.SequenceExample.parse(data).serialize(),
        {"data": EXAMPLE.serialize()},
        {"data": ["bytearray", "empty bytes"]},
    ),
    "SequenceExample.serialize": Row(EXAMPLE.serialize, {}),
    "FixedLenFeature": Row(
        lambda **a: scratch.FixedLenFeature(**a).default(),
        {"shape": [2], "dtype": np.int64, "default_value": [1, 2]},
        {"dtype": INT64, "default_value": NUMBERS},
        {"shape": ("default_value",)},
    ),
    "FixedLenSequenceFeature": Row(
        scratch.FixedLenSequenceFeature,
        {"shape": [2], "dtype": np.int64, "allow_missing": True},
        {"dtype": INT64, "shape": [""]},
    ),
    "VarLenFeature": Row(scratch.VarLenFeature, {"dtype": np.int64}, {"dtype": INT64}),
    "RaggedFeature": Row(
        scratch.RaggedFeature,
        {"dtype": np.int64, "row_splits_dtype": np.int64},
        {"dtype": INT64, "row_splits_dtype": INT64},
    ),
    "FixedLenFeature.default": Row(scratch.FixedLenFeature([2], np.int64, [1, 2]).default, {}),
    "RaggedTensorValue.to_tensor": Row(
        RAGGED.to_tensor,
        {"default_value": 7, "shape": [2, 3]},
        {"default_value": NUMBERS, "shape[0]": ["nothing"], "shape[1]": ["nothing"], "shape": ["with nothing"]},
    ),
    "SparseTensorValue.to_dense": Row(
        SPARSE.to_dense,
        {"default_value": 7, "shape": [2, 3]},
        {"default_value": NUMBERS, "shape[0]": ["nothing"], "shape[1]": ["nothing"], "shape": ["with nothing"]},
    ),
}
