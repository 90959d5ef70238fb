"""Sentences by TensorFlow's own readers: ``tf.strings.split`` for text, ``tf.data`` for records."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scratch.arrays import Array, FilePath, Int
from scratch.tasks.sentences import Sentence
from scratch.tasks.tagging import TaggingBatch
from tf_impl.tensorflow import Tensor, tf


def read_sentences(path: str | Path) -> list[Sentence]:
    """Return the sentences of a text file in which nothing is wrong, from ``tf.strings``."""
    text = tf.strings.regex_replace(tf.io.read_file(str(path)), "\r", "")
    blocks = tf.strings.split(tf.strings.regex_replace(tf.strings.strip(text), "\n\n+", "\a"), "\a")
    # [sentences, lines, 2], ragged in the first two axes alone
    fields = tf.strings.split(tf.strings.split(blocks, "\n"), "\t").to_list()
    return [Sentence([word.decode() for word, _ in lines], [label.decode() for _, label in lines]) for lines in fields]


def dataset_of(paths: Sequence[FilePath]) -> Any:
    """Return a ``tf.data.Dataset`` of ``TaggingBatch``, a sentence each, in the order in which they were dealt out."""
    files = tf.data.Dataset.from_tensor_slices([str(path) for path in paths])
    # One record from each file in turn; a file that has ended is passed over.
    records = files.interleave(tf.data.TFRecordDataset, cycle_length=len(paths), block_length=1)
    return records.map(parse)


def parse(record: Tensor) -> Any:
    """Return the ``TaggingBatch`` of one record, made of tensors: words [T], labels [T], and the length."""
    step = tf.io.FixedLenSequenceFeature([], tf.int64)
    context, steps = tf.io.parse_single_sequence_example(
        record, {"length": tf.io.FixedLenFeature([], tf.int64)}, {"words": step, "labels": step}
    )
    return TaggingBatch(steps["words"], steps["labels"], context["length"])


def read_rows(paths: Sequence[FilePath]) -> Iterator[Int[Array, "_ 2"]]:
    """Yield the rows [T_b, 2] of all these files, from ``tf.data.TFRecordDataset``."""
    for words, labels, length in dataset_of(paths).as_numpy_iterator():
        yield np.stack([words[:length], labels[:length]], axis=1)
