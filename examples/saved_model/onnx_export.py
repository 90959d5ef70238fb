"""From a file of ONNX to a description: its nodes, who takes what from whom, and all constants by name.

The file is read by the package ``onnx``. A node becomes a layer of the same graph that models of Keras become; its kind
is ``onnx.`` and the operator.
"""

import numpy as np

from saved_model import Refused
from saved_model.onnx_arrays import TYPES
from saved_model.onnx_nodes import NODES, RECURRENT, cell_of
from scratch.extras import lacking


def load_onnx(path):
    """Return the model in a file, checked by ONNX's own checker."""
    try:
        import onnx
    except ImportError as error:
        raise ImportError(lacking("to read .onnx files takes", "onnx")) from error
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model)
    except Exception as error:
        # The parser of the format and the checker raise errors of their own, of many kinds.
        said = (str(error).strip().splitlines() or [""])[0]
        raise Refused(f"{path} is not a whole model of ONNX: {said}") from error
    return model


def describe_onnx(model):
    """Return ``(description, arrays)`` of a model."""
    versions = {entry.domain: entry.version for entry in model.opset_import}
    arrays, graph = {}, model.graph
    constants = {tensor.name: array_of(tensor) for tensor in graph.initializer}
    inputs = [info for info in graph.input if info.name not in constants]
    walk = Walk("", arrays, versions.get("", versions.get("ai.onnx", 0)))
    described = walk.graph(graph, constants, [info.name for info in inputs])
    outputs = [info.name for info in graph.output]
    return {
        "framework": "onnx",
        "inputs": [described_input(info) for info in inputs],
        "outputs": outputs,
        "model": described,
    }, arrays


def array_of(tensor):
    """Return the numbers of a tensor, refusing one that has none of its type."""
    from onnx import numpy_helper

    try:
        return numpy_helper.to_array(tensor)
    except (LookupError, TypeError, ValueError) as error:
        kind = f"of ONNX's type {tensor.data_type}"
        raise Refused(f"the tensor {tensor.name!r}, {kind}, cannot be read: {error}") from error


def described_input(info):
    """Return the name, the shape and the dtype of an input; a size without a number may be any."""
    kind = info.type.tensor_type
    if kind.elem_type not in TYPES:
        raise Refused(f"the input {info.name} is of ONNX's type {kind.elem_type}, which cannot be run")
    shape = [size.dim_value if size.HasField("dim_value") else None for size in kind.shape.dim]
    return {"name": info.name, "shape": shape, "dtype": TYPES[kind.elem_type]}


class Walk:
    """One walk through a graph. What it finds: the nodes (``parts``), and their ``calls`` in the order of the file."""

    def __init__(self, path, arrays, version):
        self.path, self.arrays, self.version = path, arrays, version
        self.numbers, self.constants, self.weights, self.names = {}, {}, [], {}
        # What a graph inside another uses of it, in the order in which it is met.
        self.captured = []
        self.outer = None

    def graph(self, graph, constants, inputs):
        """Return the description of a graph with these constants and the names of its inputs."""
        self.constants = constants
        given = [self.number(name) for name in inputs]
        parts, calls = {}, []
        for index, node in enumerate(graph.node):
            name = node.name or f"{node.op_type} {index}"
            if node.domain not in ("", "ai.onnx") or node.op_type not in NODES:
                full = f"{node.domain}.{node.op_type}" if node.domain not in ("", "ai.onnx") else node.op_type
                raise Refused(f"{name} is a {full}, which cannot be run")
            parts[str(index)], taken = self.layer(node, name, str(index))
            outputs = [self.number(output or f"{index} {place}") for place, output in enumerate(node.output)]
            calls.append({"layer": str(index), "inputs": taken, "mask": [], "initial_state": [], "outputs": outputs})
        outputs = []
        for info in graph.output:
            if info.name in self.numbers:
                outputs.append(self.numbers[info.name])
                continue
            # A constant, or a tensor of the graph around this one, that is handed on as it is.
            index = str(len(parts))
            parts[index] = {"kind": "onnx.Identity", "name": info.name, "options": {}, "weights": [], "parts": {}}
            call = {"layer": index, "inputs": [self.encoded(info.name)], "mask": [], "initial_state": []}
            outputs.append(len(self.numbers))
            self.numbers[f"{index} as output"] = outputs[-1]
            calls.append({**call, "outputs": [outputs[-1]]})
        options = {"inputs": given + [self.numbers[name] for name in self.captured], "outputs": outputs, "calls": calls}
        return {"kind": "Model", "name": graph.name, "options": options, "weights": self.weights, "parts": parts}

    def number(self, name):
        """Return the number that stands for a tensor."""
        return self.numbers.setdefault(name, len(self.numbers))

    def encoded(self, name):
        """Return an input of a node as JSON: a tensor by its number, a constant by its name among the weights."""
        if not name:
            return None
        if name in self.constants:
            if name not in self.names:
                self.names[name] = f"constant{len(self.weights)}"
                self.weights.append(self.names[name])
                self.arrays[f"{self.path}{self.names[name]}"] = self.constants[name]
            return {"array": self.names[name]}
        if name not in self.numbers and self.outer is not None:
            self.captured.append(name)
            self.number(name)
        if name not in self.numbers:
            raise Refused(f"no node makes {name}, which is used")
        return {"tensor": self.numbers[name]}

    def layer(self, node, name, index):
        """Return the description of a node, and what it is called on."""
        from onnx import AttributeProto, helper

        path = f"{self.path}{index}/"
        options = {"version": self.version, "outputs": len(node.output)}
        weights, graphs = [], {}
        for attribute in node.attribute:
            value = helper.get_attribute_value(attribute)
            if attribute.type == AttributeProto.GRAPH:
                graphs[attribute.name] = value
            elif attribute.type == AttributeProto.TENSOR:
                weights.append(attribute.name)
                self.arrays[f"{path}{attribute.name}"] = array_of(value)
            else:
                options[attribute.name] = plain(value)
        taken = [self.encoded(given) for given in node.input]
        parts = {}
        for branch, graph in graphs.items():
            inner = Walk(f"{path}{branch}/", self.arrays, self.version)
            inner.outer = self
            parts[branch] = inner.graph(graph, {t.name: array_of(t) for t in graph.initializer}, [])
            options.setdefault("captured", {})[branch] = [len(taken) - 1 + i for i in range(len(inner.captured))]
            taken += [self.encoded(captured) for captured in inner.captured]
        if node.op_type in RECURRENT:
            try:
                cell_of(node.op_type, options, len(node.input) > 7 and bool(node.input[7]))
            except ValueError as error:
                raise Refused(f"{name}: {error}") from error
        kind = f"onnx.{node.op_type}"
        return {"kind": kind, "name": name, "options": options, "weights": weights, "parts": parts}, taken


def plain(value):
    """Return an attribute as JSON keeps it."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, list | tuple) or type(value).__name__.startswith("Repeated"):
        return [plain(part) for part in value]
    return value.item() if isinstance(value, np.generic) else value
