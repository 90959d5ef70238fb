"""The tagger as a TF1 program: look-up, ``bidirectional_dynamic_rnn``, dense layer, masked mean, optimiser."""

from collections.abc import Sequence
from typing import Any

import numpy as np

import scratch.tasks.tagging as description
from scratch.arrays import Array, Int, Params
from tf_impl.tensorflow import tf
from tf_impl.training.trainer import Feeds, Trainer


def loss_and_gradients(
    tagger: description.Tagger, params: Params, batch: description.TaggingBatch
) -> tuple[Any, Params]:
    """Return ``(loss, d_params)`` as ``scratch.tasks.tagging.loss_and_gradients`` does, from ``tf.gradients``."""
    step = TaggingTrainer(tagger, params).trainer.step(batch.words, batch.labels, batch.sequence_length)
    return params["dense"]["kernel"].dtype.type(step.loss), step.gradients


class TaggingTrainer:
    """The twin of ``scratch.tasks.tagging.TaggingTrainer``: built from the same tagger and weights."""

    def __init__(self, tagger: description.Tagger, params: Params) -> None:
        feeds = Feeds((None, None), lengths=True)
        self.trainer = Trainer(tagger.network, params, description.LOSS, description.OPTIMIZER, feeds)

    @property
    def params(self) -> Params:
        return self.trainer.params

    def step(self, batch: description.TaggingBatch) -> float:
        """Train on one ``TaggingBatch`` and return its loss, before the weights change."""
        return self.trainer.step(batch.words, batch.labels, batch.sequence_length).loss

    def predict(self, words: Int[Array, "B T"], sequence_length: Int[Array, " B"]) -> Int[Array, "B T"]:
        """Return the likeliest label [B, T] of each of the words [B, T]."""
        return self.trainer.logits(words, sequence_length).argmax(axis=-1)


def confusion_matrix(
    rows: Sequence[Int[Array, "_ 2"]], predicted: Sequence[Int[Array, " _"]], num_labels: int
) -> Int[Array, "C C"]:
    """Return ``tf.math.confusion_matrix`` of the labels of all rows."""
    labels = np.concatenate([row[:, 1] for row in rows])
    return tf.math.confusion_matrix(labels, np.concatenate(predicted), num_labels, dtype=tf.int64).numpy()
