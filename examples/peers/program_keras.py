"""Keras 3 on whole programs: a model and its ``train_on_batch``, on TensorFlow."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

from peers.problem import DoesNotRun
from peers.program_peers import ProgramPeer
from peers.programs import ECHO, MNIST, PIXELS, TAGGER, TAGGING
from scratch import BasicLSTMCell, to_keras
from scratch.tasks import echo, tagging


class KerasProgram(ProgramPeer):
    """Layers in a ``Sequential``. What is padding is masked, and the loss is the mean over the rest."""

    def prepare(self, feed, threads):
        if feed.name == PIXELS:
            raise DoesNotRun("its GRU has other variables, so that clipping each of them is another training")
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        params, (_, batch_size, num_steps, *width) = feed.params, feed.x.shape
        layers = {ECHO: self.echo, TAGGING: self.tagging}.get(feed.name, self.rows)(params)
        dense = keras.layers.Dense(params["dense"]["bias"].size)
        self.model = keras.Sequential([*(layer for layer, _ in layers), dense])
        self.model.build((batch_size, num_steps, *width))
        for layer, weights in [*layers, (dense, list(params["dense"].values()))]:
            layer.set_weights(weights)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum_over_batch_size")
        self.model.compile(self.optimizer_of(feed.name), loss)

    def echo(self, params):
        weights = [to_keras(BasicLSTMCell(echo.STATE_SIZE), layer) for layer in params["rnn"].values()]
        return [
            (keras.layers.LSTM(echo.STATE_SIZE, return_sequences=True, stateful=True), of_layer) for of_layer in weights
        ]

    def rows(self, params):
        program = MNIST[self.feed.name]
        (rnn,) = params["rnn"].values()
        return [(keras.layers.LSTM(program.cell.num_units), to_keras(program.cell, rnn))]

    def tagging(self, params):
        cell, table = BasicLSTMCell(TAGGER.num_units), params["embedding"]["embeddings"]
        lstm = keras.layers.LSTM(TAGGER.num_units, return_sequences=True)
        weights = [leaf for half in params["bidirectional_rnn"].values() for leaf in to_keras(cell, half)]
        # Word 0 is the padding, and nothing but that.
        embedding = keras.layers.Embedding(*table.shape, mask_zero=True)
        return [(embedding, [table]), (keras.layers.Bidirectional(lstm), weights)]

    def optimizer_of(self, name):
        if name == ECHO:
            return keras.optimizers.Adagrad(echo.LEARNING_RATE, initial_accumulator_value=0.1, epsilon=1e-30)
        ours = tagging.OPTIMIZER if name == TAGGING else MNIST[name].optimizer
        return keras.optimizers.Adam(ours.learning_rate, ours.beta1, ours.beta2, ours.epsilon)

    def train(self, x, labels, lengths):
        return self.model.train_on_batch(x, labels)
