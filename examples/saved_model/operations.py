"""What a graph of Keras holds besides layers: the arithmetic, the slices and the masks written out in a model."""

import numpy as np

from saved_model.activations import ACTIVATIONS, softmax
from saved_model.tensor import Tensor


def operation(function):
    """Return the ``run`` of ``function(options, *arguments)``: tensors become arrays, and no mask goes on."""

    def run(layer, arguments, call):
        return Tensor(function(layer.options, *map(value_of, arguments)))

    return run


def value_of(argument):
    if isinstance(argument, Tensor):
        return argument.value
    return list(map(value_of, argument)) if isinstance(argument, list) else argument


def along(function):
    """Return a reduction, such as a sum, over the axes that the options name."""

    def reduce(options, x):
        axis = options["axis"]
        return function(x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=options["keepdims"])

    return operation(reduce)


def single(function):
    return operation(lambda options, *arguments: function(*arguments))


def get_item(options, x, key):
    return x[tuple(key) if isinstance(key, list) else key]


def expand_dims(options, x):
    axis = options["axis"]
    return np.expand_dims(x, tuple(axis) if isinstance(axis, list) else axis)


def squeeze(options, x):
    axis = options["axis"]
    return np.squeeze(x, tuple(axis) if isinstance(axis, list) else axis)


def reshape(options, x):
    return x.reshape(options["newshape"])


AXIS, AXES = {"axis": ()}, {"axis": (), "keepdims": ()}
# For each operation: how it is run, and the options that are kept.
OPERATIONS = {
    "Add": (single(np.add), {}),
    "Subtract": (single(np.subtract), {}),
    "Multiply": (single(np.multiply), {}),
    "Divide": (single(np.divide), {}),
    "TrueDivide": (single(np.true_divide), {}),
    "Power": (single(np.power), {}),
    "Maximum": (single(np.maximum), {}),
    "Minimum": (single(np.minimum), {}),
    "Negative": (single(np.negative), {}),
    "Absolute": (single(np.abs), {}),
    "Square": (single(np.square), {}),
    "Sqrt": (single(np.sqrt), {}),
    "Exp": (single(np.exp), {}),
    "Tanh": (single(np.tanh), {}),
    "Sigmoid": (single(ACTIVATIONS["sigmoid"]), {}),
    "Relu": (single(ACTIVATIONS["relu"]), {}),
    "Softmax": (operation(lambda options, x: softmax(x, options["axis"])), AXIS),
    "Matmul": (single(np.matmul), {}),
    "Equal": (single(np.equal), {}),
    "NotEqual": (single(np.not_equal), {}),
    "Greater": (single(np.greater), {}),
    "GreaterEqual": (single(np.greater_equal), {}),
    "Less": (single(np.less), {}),
    "LessEqual": (single(np.less_equal), {}),
    "LogicalAnd": (single(np.logical_and), {}),
    "LogicalOr": (single(np.logical_or), {}),
    "LogicalNot": (single(np.logical_not), {}),
    "Sum": (along(np.sum), AXES),
    "Mean": (along(np.mean), AXES),
    "Max": (along(np.max), AXES),
    "Min": (along(np.min), AXES),
    "Any": (along(np.any), AXES),
    "All": (along(np.all), AXES),
    "Concatenate": (operation(lambda options, xs: np.concatenate(xs, options["axis"])), AXIS),
    "Stack": (operation(lambda options, xs: np.stack(xs, options["axis"])), AXIS),
    "Flip": (operation(lambda options, x: np.flip(x, options["axis"])), AXIS),
    "ExpandDims": (operation(expand_dims), AXIS),
    "Squeeze": (operation(squeeze), AXIS),
    "Transpose": (operation(lambda options, x: np.transpose(x, options["axes"])), {"axes": ()}),
    "Reshape": (operation(reshape), {"newshape": ()}),
    "ZerosLike": (single(lambda x, dtype=None: np.zeros_like(x, dtype)), {}),
    "OnesLike": (single(lambda x, dtype=None: np.ones_like(x, dtype)), {}),
    "Cast": (operation(lambda options, x: x.astype(options["dtype"])), {"dtype": ("float32", "bool", "int32")}),
    "GetItem": (operation(get_item), {}),
    "ConvertToTensor": (single(lambda x, *told: x), {}),
}
