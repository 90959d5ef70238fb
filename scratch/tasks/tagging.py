"""Tagging: a label for every word of a sentence, from the words on both sides of it.

    x = E[words]                                a row of the table for each word
    h = [fw, bw]                                two LSTMs, one from each end, side by side
    y = h W + b                                 a score for each label
    loss = mean of the cross-entropies of all real words of the batch

Words and labels are numbers, padded to [B, T]; 0 is a label like any other, so that what is padding only the lengths
can tell. The page is ``docs/tasks/tagging.md``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from scratch.arrays import Array, DType, Float, Int, Params
from scratch.cells.lstm import BasicLSTMCell
from scratch.engines import check_engine
from scratch.finite import check_finite
from scratch.inputs.padding import bucket_by_length, unpad_batch
from scratch.options import check_count, check_options
from scratch.training.adam import AdamOptimizer
from scratch.training.dense import Dense
from scratch.training.embedding import Embedding
from scratch.training.layers import Bidirectional
from scratch.training.losses import CrossEntropy
from scratch.training.network import Network
from scratch.training.trainer import Batch, Trainer

# The mean over all real words of a batch.
LOSS, OPTIMIZER = CrossEntropy("steps"), AdamOptimizer(0.01)
BATCH_SIZE = 32
BUCKET_BOUNDARIES = [8, 12, 16, 20, 28]


# Sentences as arrays [T_b, 2] of words and labels.
Rows: TypeAlias = Sequence[Array]


class TaggingBatch(NamedTuple):
    """Padded numbers of words and of labels, [B, T] each, and the length [B] of each sentence."""

    words: Int[Array, "B T"]
    labels: Int[Array, "B T"]
    sequence_length: Int[Array, " B"]


@dataclass(frozen=True)
class Tagger:
    """The network: an embedding, an LSTM from each end, and an output layer. Like a cell, it holds no weights.

    ``vocabulary_size`` and ``num_labels`` count the numbers of words and of labels. Raises ``ValueError`` or
    ``TypeError`` where a size is not an integer of at least 1.
    """

    vocabulary_size: int
    num_labels: int
    embedding_size: int = 16
    num_units: int = 24

    def __post_init__(self) -> None:
        sizes = ("vocabulary_size", "num_labels", "embedding_size", "num_units")
        check_options(self, **dict.fromkeys(sizes, check_count))

    @property
    def network(self) -> Network:
        """The chain of the embedding, the two LSTMs and the output layer."""
        cell = BasicLSTMCell(self.num_units)
        return Network(
            {
                "embedding": Embedding(self.vocabulary_size, self.embedding_size),
                "bidirectional_rnn": Bidirectional(cell, cell),
                "dense": Dense(self.num_labels),
            }
        )

    def init_params(self, rng: np.random.Generator, dtype: DType = np.float32) -> Params:
        """Return freshly drawn weights, each part as TF1 starts it, from a ``numpy.random.Generator``."""
        return self.network.init_params(rng, self.vocabulary_size, dtype)


def loss_and_gradients(
    tagger: Tagger, params: Params, batch: TaggingBatch, engine: str = "numpy"
) -> tuple[Any, Params]:
    """Return ``(loss, d_params)`` of a ``TaggingBatch``: the mean over its real words, and its gradient."""
    trainer = TaggingTrainer(tagger, params, engine).trainer
    loss, _, _, gradients = trainer.loss_and_gradients(Batch(batch.words, batch.labels, batch.sequence_length))
    return loss, gradients


class TaggingTrainer:
    """A ``Trainer`` of the network of a ``Tagger``, fed with ``TaggingBatch``es.

    - ``params``: from ``tagger.init_params``; never changed, each step replaces ``trainer.params``.
    - ``engine``: ``"numpy"`` or ``"numba"``.
    """

    def __init__(self, tagger: Tagger, params: Params, engine: str = "numpy") -> None:
        check_engine(engine)
        self.trainer = Trainer(tagger.network, params, LOSS, OPTIMIZER, engine=engine)

    @property
    def params(self) -> Params:
        return self.trainer.params

    @property
    def slots(self) -> Params:
        return self.trainer.slots

    def step(self, batch: TaggingBatch) -> float:
        """Train on one ``TaggingBatch`` and return its loss, before the weights change."""
        return self.trainer.step(batch.words, batch.labels, batch.sequence_length).loss

    def predict(self, words: Int[Array, "B T"], sequence_length: Any) -> Int[Array, "B T"]:
        """Return the likeliest label [B, T] of each of the words [B, T]; those past a sentence's end mean nothing."""
        return self.trainer.logits(words, sequence_length).argmax(axis=-1)


def make_batches(rows: Rows, batch_size: int = BATCH_SIZE) -> tuple[list[Any], list[Any]]:
    """Return ``(batches, rows of each)``: sentences of about one length, from rows [T_b, 2] of words and labels.

    Padding is 0 in both columns: no word, but a label like any other.
    """
    sizes = [batch_size] * (len(BUCKET_BOUNDARIES) + 1)
    padded = bucket_by_length(rows, BUCKET_BOUNDARIES, sizes)
    return [as_batch(inputs, lengths) for inputs, lengths, _ in padded], [batch.rows for batch in padded]


def as_batch(inputs: Int[Array, "B T 2"], sequence_length: Int[Array, " B"]) -> TaggingBatch:
    """Return the ``TaggingBatch`` of padded rows [B, T, 2] of words and labels."""
    return TaggingBatch(inputs[..., 0].copy(), inputs[..., 1].copy(), sequence_length)


def train(
    trainer: Any, rows: Rows, rng: np.random.Generator, num_epochs: int, batch_size: int = BATCH_SIZE
) -> Iterator[Any]:
    """Train batch by batch, yielding the loss of each; the order of every epoch is drawn from ``rng``.

    Raises ``FloatingPointError``, which names the step, where a loss is infinite or NaN.
    """
    step = 0
    for _ in range(check_count("num_epochs", num_epochs)):
        batches, _ = make_batches([rows[i] for i in rng.permutation(len(rows))], batch_size)
        for i in rng.permutation(len(batches)):
            step, loss = step + 1, trainer.step(batches[i])
            check_finite(step, {"the loss": loss})
            yield loss


def tag(trainer: Any, rows: Rows) -> list[Array]:
    """Return the labels [T_b] that a trainer predicts for each of the rows."""
    found: list[Any] = [None] * len(rows)
    for batch, members in zip(*make_batches(rows), strict=True):
        predicted = unpad_batch(trainer.predict(batch.words, batch.sequence_length), batch.sequence_length)
        for row, labels in zip(members, predicted, strict=True):
            found[row] = labels
    return found


def most_frequent_labels(rows: Rows, tagger: Tagger) -> Int[Array, " V"]:
    """Return the label [vocabulary_size] that each word has most often in rows of words and labels: what a tagger that
    sees no neighbours can know at best. A word that is in no row gets the label that is commonest of all.
    """
    counts = np.zeros((tagger.vocabulary_size, tagger.num_labels), np.int64)
    for words, labels in (row.T for row in rows):
        np.add.at(counts, (words, labels), 1)
    return np.where(counts.any(axis=1), counts.argmax(axis=1), counts.sum(axis=0).argmax())


def confusion_matrix(rows: Rows, predicted: Sequence[Array], num_labels: int) -> Int[Array, "L L"]:
    """Return how often each label was taken for each, [true, predicted]. Source: ``tf.math.confusion_matrix``."""
    counts = np.zeros((num_labels, num_labels), np.int64)
    for row, labels in zip(rows, predicted, strict=True):
        np.add.at(counts, (row[:, 1], labels), 1)
    return counts


def f1_scores(confusion: Int[Array, "L L"]) -> Float[Array, " L"]:
    """Return 2 · right / (true + predicted) for each label, [num_labels]: 1 where all are found and nothing else is.

    A label that is neither there nor predicted gets 0.
    """
    total = confusion.sum(axis=0) + confusion.sum(axis=1)
    return 2 * np.diag(confusion) / np.maximum(total, 1)
