"""LiteRT: the layer of Keras 3 on TensorFlow, converted and run by ``ai_edge_litert``."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from parity_tests.harness import Results
from parity_tests.scoreboard.adapters.keras_layers import layer_of, parts
from parity_tests.scoreboard.engine import CannotSayError, asked, layers_of, live_steps, words_for
from scratch import LSTMState
from scratch.conversions import to_keras

NAME = "LiteRT"
PACKAGES = ("ai-edge-litert", "tensorflow")
DOCUMENTED = "https://ai.google.dev/edge/litert/conversion/tensorflow/rnn"


def answer(case, problem):
    if case.direction == "both" or len(layers_of(case.cell)) > 1:
        raise CannotSayError("asked of one layer of one direction alone")
    with words_for():
        weights = to_keras(case.cell, problem.params)
    layer = layer_of(case.cell, problem.inputs.dtype.name)
    layer.build(problem.inputs.shape)
    layer.set_weights(weights)
    fed = [problem.inputs, *parts(problem.initial_state)]
    mask = live_steps(case)
    if mask is not None:
        fed.append(mask)

    specs = [tf.TensorSpec(array.shape, array.dtype, f"input_{number}") for number, array in enumerate(fed)]

    @tf.function(input_signature=specs)
    def run(x, *rest):
        states, given = (rest, None) if mask is None else (rest[:-1], rest[-1])
        return layer(x, initial_state=list(states), mask=given)

    with asked():
        # The weights as constants: its interpreter takes no variables in a loop.
        frozen = convert_variables_to_constants_v2(run.get_concrete_function())
        converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
        y, *final = call(Interpreter(model_content=converter.convert()), fed)
    state = LSTMState(c=final[1], h=final[0]) if len(final) == 2 else final[0]
    return Results(y, state, None, None, None)


def call(interpreter, fed):
    """Return the outputs, in the order in which the function returned them."""
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        number = int(detail["name"].partition("input_")[2].partition(":")[0])
        interpreter.set_tensor(detail["index"], np.ascontiguousarray(fed[number]))
    interpreter.invoke()
    found = sorted(interpreter.get_output_details(), key=lambda detail: detail["name"])
    return [interpreter.get_tensor(detail["index"]) for detail in found]
