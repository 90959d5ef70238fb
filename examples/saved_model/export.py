"""From a model of Keras to a description without Keras: its layers, who calls whom, and all weights by name.

Keras 3 and Keras 2 keep the same graph: each tensor knows the layer that made it, in which of the layer's calls, and
as which of its outputs. So the walk goes from the outputs back to the inputs.
"""

import numpy as np

from saved_model import Refused
from saved_model.kinds import KINDS, MODELS
from saved_model.layer_options import described_options

STATEFUL = ("SimpleRNN", "LSTM", "GRU", "Bidirectional")


def describe(model, keras):
    """Return ``(description, arrays)`` of a whole model; ``keras`` is 2 or 3, whose rules it keeps."""
    if not model.built or not getattr(model, "inputs", None):
        raise Refused("the model has no weights yet: give it an Input, or call it on data, before it is saved")
    arrays = {}
    described = describe_model(model, "", arrays, keras)
    inputs = []
    for tensor in model.inputs:
        if getattr(tensor, "sparse", False) or getattr(tensor, "ragged", False):
            raise Refused(f"the input {tensor.name} is sparse or ragged, which cannot be run")
        dtype = getattr(tensor.dtype, "name", tensor.dtype)
        inputs.append({"name": tensor.name, "shape": list(tensor.shape), "dtype": dtype})
    names = unlike([made_by(tensor)[0].name for tensor in model.outputs])
    return {"framework": "keras", "inputs": inputs, "outputs": names, "model": described}, arrays


def unlike(names):
    """Return the names with a number behind those that were there before: two outputs may be of one layer."""
    return [f"{name}_{names[:i].count(name)}" if name in names[:i] else name for i, name in enumerate(names)]


def made_by(tensor):
    """Return what computes a tensor of a model, in which of its calls, and as which of its outputs."""
    operation, call, output = tensor._keras_history
    return operation, call, output


def describe_model(model, path, arrays, keras):
    walk = Walk(path, arrays, keras)
    inputs = [walk.number(made_by(tensor)) for tensor in model.inputs]
    walk.calls.clear()
    outputs = [walk.visit(tensor) for tensor in model.outputs]
    options = {"inputs": inputs, "outputs": outputs, "calls": walk.calls}
    return {"kind": "Model", "name": model.name, "options": options, "weights": walk.weights, "parts": walk.parts}


class Walk:
    """One walk through a graph. What it finds: the layers (``parts``), and their ``calls`` in an order to run them."""

    def __init__(self, path, arrays, keras):
        self.path, self.arrays, self.keras = path, arrays, keras
        self.parts, self.calls, self.weights, self.numbers, self.names = {}, [], [], {}, {}

    def number(self, made):
        """Return the number that stands for a tensor."""
        operation, call, output = made
        return self.numbers.setdefault((id(operation), call, output), len(self.numbers))

    def visit(self, tensor):
        """Return the number of a tensor, after the call that makes it and all that this one needs are written down."""
        operation, call, output = made_by(tensor)
        if (id(operation), call, output) not in self.numbers:
            node = operation._inbound_nodes[call]
            if type(operation).__name__ == "InputLayer":
                raise Refused(f"{operation.name} is an input of a layer, but not of the model")
            arguments = getattr(node, "arguments", node)
            args = getattr(arguments, "args", None) if self.keras == 3 else arguments.call_args
            kwargs = arguments.kwargs if self.keras == 3 else arguments.call_kwargs
            described = self.arguments(operation, list(args), dict(kwargs))
            outputs = [self.number((operation, call, index)) for index in range(len(flat(node.outputs)))]
            self.calls.append({"layer": self.layer(operation), **described, "outputs": outputs})
        return self.numbers[id(operation), call, output]

    def layer(self, operation):
        """Return the name of a layer among the parts, and describe it where it is met for the first time."""
        if id(operation) not in self.names:
            name = self.names[id(operation)] = str(len(self.parts))
            self.parts[name] = describe_layer(operation, f"{self.path}{name}/", self.arrays, self.keras)
        return self.names[id(operation)]

    def arguments(self, operation, args, kwargs):
        """Return what an operation is called on, its masks and its states, refusing all else that it is told."""
        kind = kind_of(operation)
        if kind.startswith("ops."):
            told = [name for name, value in kwargs.items() if value is not None]
            if told:
                raise Refused(f"{operation.name} is called with {told[0]}, which cannot be run")
            return {"inputs": [self.encoded(value) for value in args], "mask": [], "initial_state": []}
        first = args.pop(0) if args else kwargs.pop(next(iter(kwargs)))
        inputs, states = flat(first), []
        if kind in STATEFUL:
            # Keras 2 adds the states to the inputs.
            given = kwargs.pop("initial_state", None)
            given = args.pop(0) if given is None and args else given
            inputs, states = inputs[:1], inputs[1:] or ([] if given is None else flat(given))
        mask = kwargs.pop("mask", None)
        masks = flat(mask) if any(part is not None for part in flat(mask)) else []
        for name, value in [*kwargs.items(), *(("an argument more", value) for value in args)]:
            if value is not None and value is not False:
                raise Refused(f"{operation.name} is called with {name}, which cannot be run")
        encoded = {"inputs": inputs, "mask": masks, "initial_state": states}
        return {name: [self.encoded(value) for value in values] for name, values in encoded.items()}

    def encoded(self, value):
        """Return an argument as JSON: a tensor by its number, a constant array by its name among the weights."""
        if hasattr(value, "_keras_history"):
            return {"tensor": self.visit(value)}
        if isinstance(value, list | tuple):
            return [self.encoded(part) for part in value]
        if isinstance(value, slice):
            return {"slice": [value.start, value.stop, value.step]}
        if value is ...:
            return {"ellipsis": True}
        if value is None or isinstance(value, bool | int | float | str):
            return value
        name = f"constant{len(self.weights)}"
        self.weights.append(name)
        self.arrays[f"{self.path}{name}"] = np.asarray(value)
        return {"array": name}


def flat(nested):
    """Return the values of nested lists and dicts one after another, a dict in the order of its keys, as Keras does."""
    if isinstance(nested, dict):
        nested = [nested[key] for key in sorted(nested)]
    return [leaf for part in nested for leaf in flat(part)] if isinstance(nested, list | tuple) else [nested]


def kind_of(operation):
    """Return the name of a layer in the table, refusing what is not there, or is not Keras's own."""
    kind, module = type(operation).__name__, type(operation).__module__
    own = module.startswith(("keras.", "tf_keras."))
    if own and module.startswith("keras.src.ops."):
        kind = f"ops.{kind}"
    kind = "Model" if kind in MODELS else kind
    if not own or kind not in KINDS:
        raise Refused(f"{operation.name} is a {kind.removeprefix('ops.')}, which cannot be run")
    return kind


def describe_layer(layer, path, arrays, keras):
    """Return the kind, the options and the parts of a layer; put its weights into ``arrays``, below ``path``."""
    kind = kind_of(layer)
    if kind == "Model":
        return describe_model(layer, path, arrays, keras)
    options, parts, weights = described_options(layer, kind, keras), {}, []
    inner = {"Bidirectional": ("forward_layer", "backward_layer"), "TimeDistributed": ("layer",)}.get(kind, ())
    for attribute in inner:
        name = attribute.removesuffix("_layer")
        parts[name] = describe_layer(getattr(layer, attribute), f"{path}{name}/", arrays, keras)
    holder = getattr(layer, "cell", layer)
    for name in KINDS[kind].weights:
        variable = getattr(holder, name, None)
        if variable is not None and not isinstance(variable, bool | float):
            arrays[f"{path}{name}"] = np.asarray(variable.numpy())
            weights.append(name)
    return {"kind": kind, "name": layer.name, "options": options, "weights": weights, "parts": parts}
