"""The vectors as ONNX's backend tests: a folder a case, with ``model.onnx`` and ``test_data_set_0``.

ONNX has RNN, LSTM and GRU, time first, and no gradients. What a node's weights and attributes are, ``scratch.to_onnx``
and ``scratch.onnx_attributes`` say.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import scratch

OPSET = 22
# The inputs of each operator, in its order.
INPUTS = ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")
DIRECTIONS = {"forward": "forward", "reverse": "reverse", "both": "bidirectional"}


def network(case):
    """Return the cell, or the pair of cells, of a node."""
    return (case.cell, case.cell) if case.direction == "both" else case.cell


def can_say(case):
    """Return whether ONNX has an operator for a case: it has no mask of steps, no dropout of a step, and no layers."""
    if case.direction not in DIRECTIONS or case.holes or case.repeated or isinstance(case.cell, scratch.DropoutWrapper):
        return False
    try:
        scratch.onnx_attributes(network(case))
    except (TypeError, ValueError):
        return False
    return True


def inputs_of(case, problem):
    """Return ``{name: array}`` of the operator's inputs."""
    cell, lengths = network(case), case.sequence_length
    found = {"X": problem.inputs.swapaxes(0, 1)} | scratch.to_onnx(cell, problem.params)
    found |= scratch.state_to_onnx(cell, problem.initial_state)
    return found if lengths is None else found | {"sequence_lens": np.array(lengths, np.int32)}


def outputs_of(case, expected):
    """Return ``{name: array}`` of the operator's outputs: Y [T, directions, B, H], and the final states."""
    outputs = expected.outputs if case.direction == "both" else [expected.outputs]
    states = scratch.state_to_onnx(network(case), expected.final_state)
    found = {name.replace("initial", "Y"): array for name, array in states.items()}
    return {"Y": np.stack(outputs).transpose(2, 0, 1, 3)} | found


def model_of(case, given, wanted):
    """Return the model of a case: one operator, whose inputs are all fed."""
    options = scratch.onnx_attributes(network(case)) | {"direction": DIRECTIONS[case.direction]}
    names = [name if name in given else "" for name in INPUTS]
    while not names[-1]:
        names.pop()
    node = helper.make_node(options.pop("op_type"), names, list(wanted), **options)

    def described(arrays):
        kinds = [(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape) for name, array in arrays.items()]
        return [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in kinds]

    graph = helper.make_graph([node], case.name, described(given), described(wanted))
    opset = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opset, producer_name="unrolled", ir_version=10)
    onnx.checker.check_model(model)
    return model


def write(folder, case, problem, expected):
    """Write the folder ``test_NAME`` of a case, its outputs rounded to its dtype."""
    given = inputs_of(case, problem)
    given = {name: given[name] for name in INPUTS if name in given}
    wanted = {name: array.astype(case.dtype) for name, array in outputs_of(case, expected).items()}
    model = model_of(case, given, wanted)
    data = folder / f"test_{case.name}" / "test_data_set_0"
    data.mkdir(parents=True, exist_ok=True)
    (data.parent / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    for kind, arrays in (("input", given), ("output", wanted)):
        for number, (name, array) in enumerate(arrays.items()):
            tensor = numpy_helper.from_array(np.ascontiguousarray(array), name)
            (data / f"{kind}_{number}.pb").write_bytes(tensor.SerializeToString(deterministic=True))


def read_arrays(data, kind):
    """Return the arrays of a folder ``test_data_set_0``, as a runner reads them: ``{name: array}``."""
    found = {}
    for number in range(len(list(data.glob(f"{kind}_*.pb")))):
        tensor = TensorProto.FromString((data / f"{kind}_{number}.pb").read_bytes())
        found[tensor.name] = numpy_helper.to_array(tensor)
    return found
