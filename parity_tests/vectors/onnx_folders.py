"""The vectors as ONNX's backend tests: a folder a case, with ``model.onnx`` and ``test_data_set_0``.

ONNX has RNN, LSTM and GRU, time first, their gates in an order of their own, and no gradients:

    LSTM   i, o, f, c  (our i, o, f, j)       GRU   z, r, h  (our u, r, n)        peepholes  i, o, f
    a weight for x [gates H, D], one for h [gates H, H], and for each a bias; the forget bias is in the bias
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMCell

OPSET = 22
OPS = {BasicRNNCell: "RNN", BasicLSTMCell: "LSTM", LSTMCell: "LSTM", GRUCell: "GRU"}
DIRECTIONS = {"forward": "forward", "reverse": "reverse", "both": "bidirectional"}
PHI = {"tanh": "Tanh", "relu": "Relu"}


def can_say(case):
    """Return whether ONNX has an operator for a case: its own clipping is another, and it has no projection."""
    without = all(getattr(case.cell, name, None) is None for name in ("cell_clip", "num_proj"))
    return type(case.cell) in OPS and without and case.direction in DIRECTIONS


def columns(array, order, wanted):
    """Return gates that stand side by side in the last axis, in the wanted order."""
    gates = dict(zip(order, np.split(array, len(order), axis=-1), strict=True))
    return [gates[gate] for gate in wanted]


def weights_of(cell, params):
    """Return ``(W [gates H, D], R [gates H, H], B [2 gates H], P [3H] or None)`` of one direction."""
    size = cell.num_units
    if isinstance(cell, BasicRNNCell):
        kernels, biases = [params["kernel"]], [params["bias"]]
    elif isinstance(cell, GRUCell):
        (r, u), (bias_r, bias_u) = (columns(params["gates"][name], "ru", "ru") for name in ("kernel", "bias"))
        n = params["candidate"]
        if cell.reset_after:
            n = {name: [layer[name] for layer in n.values()] for name in ("kernel", "bias")}
            n["kernel"] = np.concatenate(n["kernel"])
        kernels, biases = [u, r, n["kernel"]], [bias_u, bias_r, n["bias"]]
    else:
        kernels, biases = (columns(params[name], "ijfo", "iofj") for name in ("kernel", "bias"))
        biases[2] = biases[2] + params["bias"].dtype.type(cell.forget_bias)
    # Of a gate's two biases, the second is 0; those of reset_after's candidate are there as a pair.
    biases = [pair if isinstance(pair, list) else [pair, np.zeros_like(pair)] for pair in biases]
    bias = np.concatenate([part for side in zip(*biases, strict=True) for part in side])
    kernel = np.concatenate(kernels, axis=1)
    peepholes = [params[f"w_{gate}_diag"] for gate in "iof"] if getattr(cell, "use_peepholes", False) else None
    return kernel[:-size].T, kernel[-size:].T, bias, None if peepholes is None else np.concatenate(peepholes)


def inputs_of(case, problem):
    """Return ``{name: array}`` in the order of the operator's inputs, ``None`` for one that is left out."""
    sides = list(problem.params.values()) if case.direction == "both" else [problem.params]
    states = problem.initial_state if case.direction == "both" else (problem.initial_state,)
    weights = zip(*(weights_of(case.cell, params) for params in sides), strict=True)
    W, R, B, P = (None if part[0] is None else np.stack(part) for part in weights)
    lengths = None if case.sequence_length is None else np.array(case.sequence_length, np.int32)
    found = {"X": problem.inputs.swapaxes(0, 1), "W": W, "R": R, "B": B, "sequence_lens": lengths}
    if OPS[type(case.cell)] == "LSTM":
        return found | {f"initial_{name}": np.stack([getattr(s, name) for s in states]) for name in "hc"} | {"P": P}
    return found | {"initial_h": np.stack(states)}


def outputs_of(case, expected):
    """Return ``{name: array}`` of the operator's outputs: Y [T, directions, B, H], and the final states."""
    both = case.direction == "both"
    outputs, states = (expected.outputs, expected.final_state) if both else ([expected.outputs], [expected.final_state])
    found = {"Y": np.stack(outputs).transpose(2, 0, 1, 3)}
    if OPS[type(case.cell)] == "LSTM":
        return found | {f"Y_{name}": np.stack([getattr(state, name) for state in states]) for name in "hc"}
    return found | {"Y_h": np.stack(states)}


def model_of(case, given, wanted):
    """Return the model of a case: one operator, whose inputs are all fed."""
    cell, op, directions = case.cell, OPS[type(case.cell)], 2 if case.direction == "both" else 1
    squashing = {"RNN": [], "LSTM": ["Sigmoid"], "GRU": ["Sigmoid"]}[op]
    activations = [*squashing, PHI[cell.activation]] + ([PHI[cell.activation]] if op == "LSTM" else [])
    options = {"hidden_size": cell.num_units, "direction": DIRECTIONS[case.direction]}
    options["activations"] = activations * directions
    if op == "GRU":
        options["linear_before_reset"] = int(cell.reset_after)
    names = ["" if array is None else name for name, array in given.items()]
    while not names[-1]:
        names.pop()
    node = helper.make_node(op, names, list(wanted), **options)

    def described(arrays):
        kinds = [(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape) for name, array in arrays.items()]
        return [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in kinds]

    fed = {name: array for name, array in given.items() if array is not None}
    graph = helper.make_graph([node], case.name, described(fed), described(wanted))
    opset = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opset, producer_name="unrolled", ir_version=10)
    onnx.checker.check_model(model)
    return model


def write(folder, case, problem, expected):
    """Write the folder ``test_NAME`` of a case, its outputs rounded to its dtype."""
    given = inputs_of(case, problem)
    wanted = {name: array.astype(case.dtype) for name, array in outputs_of(case, expected).items()}
    model = model_of(case, given, wanted)
    fed = {name: array for name, array in given.items() if array is not None}
    data = folder / f"test_{case.name}" / "test_data_set_0"
    data.mkdir(parents=True, exist_ok=True)
    (data.parent / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    for kind, arrays in (("input", fed), ("output", wanted)):
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
