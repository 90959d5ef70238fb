"""What the exercises on inputs are called with."""

from collections.abc import Iterator
from types import ModuleType

import numpy as np

from parity_tests.grade.draws.sizes import FLOAT32, Call, Sizes, some


def series_to_rows(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    yield Call("series_to_rows", (some(rng, sizes.batch * sizes.steps), sizes.batch))
    inputs = some(rng, sizes.batch, sizes.steps, sizes.inputs)
    yield Call("unstack", (inputs,))
    yield Call("stack", (solved.unstack(inputs),))


def flatten_time(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    outputs = some(rng, sizes.batch, sizes.steps, sizes.units)
    yield Call("flatten_time", (outputs,))
    yield Call("unflatten_time", (solved.flatten_time(outputs), sizes.batch))
    yield Call("time_major", (outputs,))


def pad_batch(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    rows = [some(rng, length, sizes.inputs) for length in sizes.lengths]
    yield Call("pad_batch", (rows, -7.0))
    yield Call("pad_batch", ([row.astype(np.float32) for row in rows], -7.0), FLOAT32)
    lengths = np.array(sizes.lengths)
    yield Call("pad_batch_backward", (lengths, some(rng, sizes.batch, sizes.steps, sizes.inputs)))


def sequence_mask(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    values, lengths = some(rng, sizes.batch, sizes.steps), np.array(sizes.lengths)
    yield Call("sequence_mask", (lengths, sizes.steps))
    # T is no length of a row here.
    yield Call("sequence_mask", (lengths, sizes.steps + 2), "T greater than every length")
    yield Call("mean_of_rows", (values[lengths > 0], lengths[lengths > 0]))
    yield Call("mean_of_rows", (values, lengths), "a row of no steps")
    yield Call("mean_of_steps", (values, lengths))


def buckets(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    lengths, boundaries = rng.integers(1, 12, 17), [3, 5, 9]
    lengths[:5] = 5, 3, 9, 2, 8
    yield Call("bucket_of", (lengths, boundaries))
    yield Call("bucket_batches", (lengths, boundaries, 3))
    yield Call("padding_steps", (lengths, solved.bucket_batches(lengths, boundaries, 3)))


def vocabulary(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    letters = list("zebrafish")
    counts = {"the": 4, "cat": 3, "bird": 3, "a": 2, "zoo": 2, "once": 1, "dog": 1, "mat": 2}
    words = [word for word, count in counts.items() for _ in range(count)] + letters[: sizes.units]
    words = [words[place] for place in rng.permutation(len(words))]
    sentences = [words[:5], words[5:6], words[6:]]
    yield Call("vocabulary_of", (sentences, 2))
    yield Call("numbers_of", (["the", "moon", "cat", "zoo", "the", "sun"], ["the", "bird", "cat", "zoo"]))


def embedding(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    embeddings = some(rng, sizes.classes + 2, sizes.inputs)
    numbers = rng.integers(0, sizes.classes, (sizes.batch, sizes.steps))
    yield Call("embedding_forward", (embeddings, numbers))
    yield Call("embedding_backward", (embeddings, numbers, some(rng, *numbers.shape, sizes.inputs)))
