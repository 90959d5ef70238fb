"""The model of a case for engines that read ONNX: one operator, time first, its weights and states fed as inputs."""

import numpy as np
import onnx
from onnx import helper

from parity_tests.harness import Results
from parity_tests.scoreboard.engine import CannotSayError, asked, network_of, words_for
from scratch import MultiRNNCell
from scratch.conversions import onnx_attributes, state_from_onnx, state_to_onnx, to_onnx


def answer_with(case, problem, run):
    """Return the ``Results`` of an engine: ``run(model, fed, names)`` returns the outputs of these names."""
    if isinstance(case.cell, MultiRNNCell):
        raise CannotSayError("a node is one layer; a stack is one node above another")
    network = network_of(case)
    with words_for():
        fed = {"X": problem.inputs.swapaxes(0, 1)} | to_onnx(network, problem.params)
        fed |= state_to_onnx(network, problem.initial_state)
        attributes = onnx_attributes(network)
    if case.sequence_length is not None:
        fed["sequence_lens"] = np.array(case.sequence_length, np.int32)
    wanted = ["Y", "Y_h", "Y_c"] if "initial_c" in fed else ["Y", "Y_h"]
    with asked():
        y, *states = run(model_of(attributes, fed, wanted), fed, wanted)
    outputs = [array.swapaxes(0, 1) for array in y.swapaxes(0, 1)]
    both = case.direction == "both"
    return Results(tuple(outputs) if both else outputs[0], state_from_onnx(network, *states), None, None, None)


def model_of(attributes, fed, wanted):
    order = ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")
    names = [name if name in fed else "" for name in order]
    while not names[-1]:
        names.pop()
    operator = attributes.pop("op_type")

    def described(name):
        array = fed[name]
        return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)

    (steps, batch, _), (directions, _, size) = fed["X"].shape, fed["R"].shape
    shapes = {"Y": (steps, directions, batch, size)}
    kind = helper.np_dtype_to_tensor_dtype(fed["X"].dtype)
    state = (directions, batch, size)
    outputs = [helper.make_tensor_value_info(name, kind, shapes.get(name, state)) for name in wanted]
    node = helper.make_node(operator, names, wanted, **attributes)
    graph = helper.make_graph([node], operator, [described(name) for name in fed], outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    onnx.checker.check_model(model)
    return model
