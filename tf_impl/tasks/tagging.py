"""The tagger as a TF1 program: look-up, ``bidirectional_dynamic_rnn``, dense layer, masked mean, optimiser."""

from collections.abc import Sequence
from typing import Any

import numpy as np

import scratch.tasks.tagging as description
from scratch.arrays import Array, DType, Float, Int, Params
from tf_impl.cell import genuine
from tf_impl.program import Program
from tf_impl.tensorflow import Tensor, tf, v1
from tf_impl.training import optimizers


class Network:
    """TensorFlow's own layers for a ``Tagger``, with variables in the graph, or in the ``strategy.scope()``, at hand.

    ``weights`` are the variables in the structure of ``tagger.init_params``.
    """

    def __init__(self, tagger: description.Tagger, dtype: DType) -> None:
        _, cell, _ = tagger.layers
        with v1.variable_scope("embedding"):
            self.embeddings = v1.get_variable("embeddings", [tagger.vocabulary_size, tagger.embedding_size], dtype)
        self.cells = []
        for direction in ("fw", "bw"):
            with v1.variable_scope(f"bidirectional_rnn/{direction}"):
                self.cells.append(genuine(cell, dtype))
                self.cells[-1].build([None, tagger.embedding_size])
        self.dense = v1.layers.Dense(tagger.num_labels, dtype=dtype, name="dense")
        self.dense.build([None, None, 2 * tagger.num_units])
        layers = *self.cells, self.dense
        fw, bw, dense = (dict(zip(("kernel", "bias"), layer.variables, strict=True)) for layer in layers)
        self.weights = {
            "embedding": {"embeddings": self.embeddings},
            "bidirectional_rnn": {"fw": fw, "bw": bw},
            "dense": dense,
        }

    def logits(self, words: Int[Tensor, "B T"], sequence_length: Int[Tensor, " B"]) -> Float[Tensor, "B T C"]:
        """Return the scores [B, T, num_labels] of the labels."""
        vectors = tf.nn.embedding_lookup(self.embeddings, words)
        cell_fw, cell_bw = self.cells
        outputs, _ = v1.nn.bidirectional_dynamic_rnn(cell_fw, cell_bw, vectors, sequence_length, dtype=vectors.dtype)
        return self.dense(tf.concat(outputs, axis=2))

    def loss_sum(self, batch: Any) -> tuple[Tensor, Tensor]:
        """Return the sum of the losses of all real words, and how many they are, as a number of the same dtype."""
        words, labels, sequence_length = batch
        logits = self.logits(words, sequence_length)
        mask = tf.sequence_mask(sequence_length, tf.shape(words)[1], logits.dtype)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        return tf.reduce_sum(losses * mask), tf.reduce_sum(mask)


def feed_batch(program: Program) -> Any:
    """Return a ``TaggingBatch`` of placeholders for any size."""
    with program.graph.as_default():
        shapes = ([None, None], [None, None], [None])
        return description.TaggingBatch._make(v1.placeholder(tf.int64, shape) for shape in shapes)


def loss_and_gradients(
    tagger: description.Tagger, params: Params, batch: description.TaggingBatch
) -> tuple[Any, Params]:
    """Return ``(loss, d_params)`` as ``scratch.tasks.tagging.loss_and_gradients`` does, from ``tf.gradients``."""
    program = Program()
    placeholders = feed_batch(program)
    with program.graph.as_default():
        network = Network(tagger, params["dense"]["kernel"].dtype)
        total, count = network.loss_sum(placeholders)
        loss = total / count
        weights = program.load(params, tf.nest.flatten(network.weights))
        gradients = tf.gradients(loss, tf.nest.flatten(weights))
        gradients = tf.nest.pack_sequence_as(weights, [tf.convert_to_tensor(gradient) for gradient in gradients])
    program.run(())
    return program.session.run((loss, gradients), dict(zip(placeholders, batch, strict=True)))


class TaggingTrainer:
    """The twin of ``scratch.tasks.tagging.TaggingTrainer``: built from the same tagger and weights."""

    def __init__(self, tagger: description.Tagger, params: Params) -> None:
        self.program = Program()
        self.batch = feed_batch(self.program)
        with self.program.graph.as_default():
            network = Network(tagger, params["dense"]["kernel"].dtype)
            total, count = network.loss_sum(self.batch)
            self.loss = total / count
            self.train_step = optimizers.genuine(description.OPTIMIZER).minimize(self.loss)
            self.predicted = tf.argmax(network.logits(self.batch.words, self.batch.sequence_length), axis=-1)
            initializer = v1.global_variables_initializer()
            self.variables = self.program.load(params, tf.nest.flatten(network.weights))
        self.program.session.run(initializer)
        self.program.run(())

    @property
    def params(self) -> Params:
        return self.program.session.run(self.variables)

    def step(self, batch: description.TaggingBatch) -> float:
        """Train on one ``TaggingBatch`` and return its loss, before the weights change."""
        feeds = dict(zip(self.batch, batch, strict=True))
        return float(self.program.session.run((self.loss, self.train_step), feeds)[0])

    def predict(self, words: Int[Array, "B T"], sequence_length: Int[Array, " B"]) -> Int[Array, "B T"]:
        """Return the likeliest label [B, T] of each of the words [B, T]."""
        feeds = {self.batch.words: words, self.batch.sequence_length: sequence_length}
        return self.program.session.run(self.predicted, feeds)


def confusion_matrix(
    rows: Sequence[Int[Array, "_ 2"]], predicted: Sequence[Int[Array, " _"]], num_labels: int
) -> Int[Array, "C C"]:
    """Return ``tf.math.confusion_matrix`` of the labels of all rows."""
    labels = np.concatenate([row[:, 1] for row in rows])
    return tf.math.confusion_matrix(labels, np.concatenate(predicted), num_labels, dtype=tf.int64).numpy()
