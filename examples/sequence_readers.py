"""The readers that sequence_records.py measures: by hand and by tf.data, one example after another and in batches."""

import itertools
import time

from common import Table

import numpy as np

import scratch
from scratch import FixedLenFeature, FixedLenSequenceFeature, SequenceExample, TFRecordWriter

CONTEXT = {"length": FixedLenFeature([], np.int64)}
LISTS = {"tokens": FixedLenSequenceFeature([], np.int64), "labels": FixedLenSequenceFeature([], np.int64)}
BATCH, ROUNDS = 128, 3


def make_example(tokens, labels):
    """Return the example of one labelled sequence."""
    return SequenceExample({"length": len(tokens)}, {"tokens": tokens, "labels": labels})


def write_many(rng, count, path):
    """Write ``count`` records like those of a tagger: 10 to 30 tokens of 10,000, each with one of 9 labels."""
    with TFRecordWriter(path) as writer:
        for _ in range(count):
            length = int(rng.integers(10, 31))
            tokens, labels = rng.integers(0, 10_000, length), rng.integers(0, 9, length)
            writer.write(make_example(tokens.tolist(), labels.tolist()).serialize())


def batches_by_hand(path):
    """Yield the examples of a file in padded batches."""
    records = scratch.read_tfrecord(path)
    while batch := list(itertools.islice(records, BATCH)):
        yield scratch.parse_sequence_example(batch, CONTEXT, LISTS)


def make_readers(path, witness=True):
    """Return ``{what is read: {reader: a function that returns an iterator}}``; without a witness by hand alone."""
    by_hand = {
        "one by one": {
            "by hand: read_sequence_examples": lambda: scratch.read_sequence_examples(path, CONTEXT, LISTS),
        },
        f"batches of {BATCH}": {"by hand: read_tfrecord, parse_sequence_example": lambda: batches_by_hand(path)},
    }
    return {what: readers | tensorflow_readers(path)[what] for what, readers in by_hand.items()} if witness else by_hand


def tensorflow_readers(path):
    """Return the readers of ``tf.data``, under the same names."""
    from tf_impl.inputs.sequence_example import described
    from tf_impl.tensorflow import tf

    features, auto = (described(CONTEXT), described(LISTS)), tf.data.AUTOTUNE

    def records():
        return tf.data.TFRecordDataset(str(path))

    def single(record):
        return tf.io.parse_single_sequence_example(record, *features)

    def batches():
        return records().batch(BATCH)

    def several(batch):
        return tf.io.parse_sequence_example(batch, *features)

    return {
        "one by one": {
            "tf.data: map(parse_single)": lambda: records().map(single),
            "tf.data: map(parse_single, AUTOTUNE).prefetch": lambda: records().map(single, auto).prefetch(auto),
        },
        f"batches of {BATCH}": {
            "tf.data: batch.map(parse)": lambda: batches().map(several),
            "tf.data: batch.map(parse, AUTOTUNE).prefetch": lambda: batches().map(several, auto).prefetch(auto),
            "tf.data: map(parse_single, AUTOTUNE).padded_batch.prefetch": lambda: (
                records().map(single, auto).padded_batch(BATCH).prefetch(auto)
            ),
        },
    }


def seconds_of(reader):
    """Return how long it takes to read everything as NumPy arrays."""
    started = time.perf_counter()
    examples = reader()
    for _ in examples if not hasattr(examples, "as_numpy_iterator") else examples.as_numpy_iterator():
        pass
    return time.perf_counter() - started


def measure(arguments, witness, console):
    """Read the same file in every way, in turns, and print the medians."""
    path, count = arguments.out / "benchmark.tfrecord", arguments.benchmark
    write_many(np.random.default_rng(arguments.seed), count, path)
    size = path.stat().st_size / count
    console.print(f"{path}: {count} records of {size:.0f} bytes, medians of {ROUNDS} rounds in turns")
    readers = make_readers(path, witness)
    seconds = {name: [] for group in readers.values() for name in group}
    for _ in range(ROUNDS):
        for group in readers.values():
            for name, reader in group.items():
                seconds[name].append(seconds_of(reader))
    for what, group in readers.items():
        table = Table("reader", "µs/record", "of ours", title=what)
        first = np.median(seconds[next(iter(group))])
        for name in group:
            median = np.median(seconds[name])
            table.add_row(name, f"{1e6 * median / count:.2f}", f"{median / first:.1f}")
        console.print(table)
    path.unlink()
