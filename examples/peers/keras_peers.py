"""Keras 3 on TensorFlow: ``SimpleRNN``, ``LSTM`` and ``GRU`` in a ``tf.function``, with XLA and without."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf

from peers.problem import INFERENCE, STREAMING, DoesNotRun, name_results, one_by_one

LAYERS = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


class KerasPeer:
    """Layers on one another, batch-major as Keras has it. TensorFlow's functions have ended when they return."""

    xla = False

    def __init__(self, problem, threads):
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        options = {"reset_after": problem.reset_after} if problem.kind == "gru" else {}
        if problem.lengths is not None:
            options["zero_output_for_mask"] = True
        self.mode, self.layers = problem.mode, []
        for weights in problem.weights:
            layer = LAYERS[problem.kind](problem.num_units, return_sequences=True, **options)
            layer.build((problem.inputs.shape[1], len(problem.inputs), len(weights[0])))
            layer.set_weights(weights)
            self.layers.append(layer)
        self.x = tf.constant(problem.inputs.swapaxes(0, 1))
        self.mask = None if problem.lengths is None else tf.constant(problem.live().T)
        # Keras has h before c.
        self.states = [[tf.constant(part) for part in reversed(layer)] for layer in problem.states]
        self.d_outputs = tf.constant(problem.d_outputs.swapaxes(0, 1))
        compiled = tf.function(jit_compile=self.xla or None)
        if self.mode == STREAMING:
            if len(self.layers) > 1:
                raise DoesNotRun("its stream is written for one layer")
            self.times = []
            self.cell, self.stream, self.state = compiled(self.layers[0].cell), list(problem.inputs), self.states[0]
        else:
            self.function = compiled(self.forward if self.mode == INFERENCE else self.train)

    def forward(self, x, states):
        for layer, state in zip(self.layers, states, strict=True):
            x = layer(x, initial_state=state, mask=self.mask)
        return x

    def train(self, x, states, d_outputs):
        weights = [variable.value for layer in self.layers for variable in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch([x, states])
            outputs = self.forward(x, states)
        return outputs, tape.gradient(outputs, [x, states, weights], d_outputs)

    def take(self, x):
        output, self.state = self.cell(x, self.state)
        return output.numpy()

    def step(self):
        if self.mode == STREAMING:
            self.found = one_by_one(self.take, self.stream, self.times)
        elif self.mode == INFERENCE:
            self.found = self.function(self.x, self.states)
        else:
            self.found = self.function(self.x, self.states, self.d_outputs)

    def results(self):
        if self.mode == STREAMING:
            return name_results(np.stack(self.found))
        if self.mode == INFERENCE:
            return name_results(self.found.numpy().swapaxes(0, 1))
        outputs, (d_inputs, d_states, d_weights) = tf.nest.map_structure(lambda tensor: tensor.numpy(), self.found)
        d_states = [d_layer[::-1] for d_layer in d_states]
        d_weights = [d_weights[start : start + 3] for start in range(0, len(d_weights), 3)]
        return name_results(outputs.swapaxes(0, 1), d_inputs.swapaxes(0, 1), d_states, d_weights)


class KerasXlaPeer(KerasPeer):
    """The same, compiled by XLA."""

    xla = True
