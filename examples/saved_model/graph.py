"""The run of a model: every call in turn, in the order in which each finds its inputs made."""

import numpy as np

from saved_model import Refused
from saved_model.tensor import Tensor

# What NumPy and ``scratch`` raise for inputs or weights that do not fit.
UNFIT = (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)


def model(layer, tensors, call):
    """Run a model on its inputs: a layer like any other, which is how one model stands inside another."""
    options = layer.options
    made = dict(zip(options["inputs"], tensors, strict=True))
    for step in options["calls"]:
        part = layer.parts[step["layer"]]
        inputs = [filled_in(argument, made, layer.weights) for argument in step["inputs"]]
        if step["mask"]:
            masks = [filled_in(argument, made, layer.weights) for argument in step["mask"]]
            inputs = [Tensor(x.value, mask and mask.value != 0) for x, mask in zip(inputs, masks, strict=True)]
        states = [filled_in(state, made, layer.weights).value for state in step["initial_state"]]
        outputs = run_layer(part, inputs, call._replace(initial_state=states, mask_given=bool(step["mask"])))
        outputs = outputs if isinstance(outputs, list) else [outputs]
        made.update(zip(step["outputs"], outputs, strict=True))
    results = [made[number] for number in options["outputs"]]
    return results if len(results) > 1 else results[0]


def filled_in(argument, made, weights):
    """Return an argument of a call with the tensors, arrays and slices for which the description has a dict."""
    if isinstance(argument, list):
        return [filled_in(part, made, weights) for part in argument]
    if not isinstance(argument, dict):
        return argument
    ((kind, value),) = argument.items()
    if kind == "tensor":
        return made[value]
    if kind == "array":
        return Tensor(weights[value])
    return slice(*value) if kind == "slice" else ...


def run_layer(layer, inputs, call):
    """Run one layer, and say which where it cannot be; only floating-point numbers, as float32, reach a layer."""
    if layer.options.get("float"):
        inputs = [Tensor(np.asarray(x.value, np.float32), x.mask) for x in inputs]
    try:
        return layer.run(layer, inputs, call)
    except UNFIT as error:
        shapes = ", ".join(str(list(np.shape(x.value))) for x in inputs if isinstance(x, Tensor))
        message = str(error) or type(error).__name__
        raise Refused(f"{layer.name}, a {layer.kind}, cannot be run on inputs of shape {shapes}: {message}") from error
