"""LiteRT, formerly TensorFlow Lite: the layers of Keras, converted, and run by its interpreter."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from peers.problem import STREAMING, TRAINING, DoesNotRun, name_results, one_by_one

CELLS = {"rnn": keras.layers.SimpleRNNCell, "lstm": keras.layers.LSTMCell, "gru": keras.layers.GRUCell}
LAYERS = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


class LiteRtPeer:
    """A model of whole layers, or in a stream of their cells, from x and states to y and new states."""

    def __init__(self, problem, threads):
        if problem.mode == TRAINING or problem.lengths is not None:
            raise DoesNotRun("it infers, and trains nothing; whole rows only")
        self.mode, self.inputs, self.times = problem.mode, problem.inputs, []
        num_steps, batch_size, input_size = problem.inputs.shape
        options = {"reset_after": problem.reset_after} if problem.kind == "gru" else {}
        is_stream, layers = self.mode == STREAMING, []
        for n, weights in enumerate(problem.weights):
            if is_stream:
                layer = CELLS[problem.kind](problem.num_units, name=f"cell_{n}", **options)
                layer.build((batch_size, len(weights[0])))
            else:
                layer = LAYERS[problem.kind](problem.num_units, return_sequences=True, **options)
                layer.build((batch_size, num_steps, len(weights[0])))
            layer.set_weights(weights)
            layers.append(layer)
        if is_stream:
            x = y = keras.Input((input_size,), batch_size=batch_size)
            size = (problem.num_units,)
            states = [[keras.Input(size, batch_size=batch_size) for _ in parts] for parts in problem.states]
            given, found = [x, *(part for state in states for part in state)], []
            for layer, state in zip(layers, states, strict=True):
                y, new = layer(y, state)
                found += new
            model = keras.Model(given, [y, *found])
        else:
            x = y = keras.Input((num_steps, input_size), batch_size=batch_size)
            for layer in layers:
                y = layer(y)
            model = keras.Model(x, y)
        self.load(tf.lite.TFLiteConverter.from_keras_model(model).convert(), threads)
        self.states = [np.zeros((batch_size, problem.num_units), np.float32) for _ in self.fed[1:]]

    def load(self, model, threads):
        self.interpreter = Interpreter(model_content=model, num_threads=threads)
        self.interpreter.allocate_tensors()
        signature = self.interpreter.get_signature_list()["serving_default"]
        runner = self.interpreter.get_signature_runner()
        # By name, in the order in which the model was written: the interpreter has an order of its own.
        details = runner.get_input_details(), runner.get_output_details()
        self.fed, self.fetched = (
            [of[name]["index"] for name in sorted(signature[key], key=number_of)]
            for of, key in zip(details, ("inputs", "outputs"), strict=True)
        )

    def infer(self, *arrays):
        for index, array in zip(self.fed, arrays, strict=True):
            self.interpreter.set_tensor(index, array)
        self.interpreter.invoke()
        return [self.interpreter.get_tensor(index) for index in self.fetched]

    def take(self, x):
        output, *self.states = self.infer(x, *self.states)
        return output

    def step(self):
        if self.mode == STREAMING:
            self.found = one_by_one(self.take, self.inputs, self.times)
        else:
            self.found = self.infer(self.inputs.swapaxes(0, 1))[0]

    def results(self):
        return name_results(np.stack(self.found) if self.mode == STREAMING else self.found.swapaxes(0, 1))


def number_of(name):
    """Return the number at the end of a name such as ``output_2``; ``keras_tensor`` has none, and is the first."""
    return int("0" + name.rpartition("_")[2]) if name.rpartition("_")[2].isdigit() else 0
