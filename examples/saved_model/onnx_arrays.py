"""The operators of ONNX that treat every place alike, or move numbers: each takes its options, then arrays."""

import math

import numpy as np

from saved_model import Refused
from saved_model.activations import elu, leaky_relu, softmax
from scratch.activations import sigmoid

# The numbers of ONNX's types, and NumPy's types for them.
TYPES = {1: "float32", 2: "uint8", 3: "int8", 5: "int16", 6: "int32", 7: "int64", 9: "bool", 11: "float64"}


def elementwise(function):
    return lambda options, *arrays: function(*arrays)


def divide(a, b):
    """Return a / b; of integers the quotient towards 0, as ONNX has it."""
    return np.trunc(a / b).astype(a.dtype) if a.dtype.kind in "iu" else a / b


def cast(options, x):
    if options["to"] not in TYPES:
        raise Refused(f"a Cast to ONNX's type {options['to']} cannot be run")
    return x.astype(TYPES[options["to"]])


def clip(options, x, least=None, most=None):
    least = options.get("min", least)
    most = options.get("max", most)
    return x if least is None and most is None else np.clip(x, least, most).astype(x.dtype)


def axes_of(options, axes):
    """Return the axes of a node as a tuple, wherever this version of ONNX has them, or ``None``."""
    axes = options.get("axes") if axes is None else axes.tolist()
    return None if axes is None else tuple(np.atleast_1d(axes).tolist())


def reduce(function):
    def run(options, x, axes=None):
        axes = axes_of(options, axes)
        if not axes and options.get("noop_with_empty_axes"):
            return x
        return np.asarray(function(x, axis=axes or None, keepdims=bool(options.get("keepdims", 1))), x.dtype)

    return run


def softmax_node(options, x):
    axis = options.get("axis", -1 if options["version"] >= 13 else 1)
    if options["version"] < 13 and axis % x.ndim != x.ndim - 1:
        raise Refused(f"a Softmax of version {options['version']} over axis {axis} of {x.ndim} cannot be run")
    return softmax(x, axis)


def reshape(options, x, shape):
    sizes = shape.tolist()
    if not options.get("allowzero"):
        sizes = [x.shape[axis] if size == 0 else size for axis, size in enumerate(sizes)]
    return x.reshape(sizes)


def flatten(options, x):
    axis = options.get("axis", 1)
    return x.reshape(math.prod(x.shape[:axis]), -1)


def transpose(options, x):
    return x.transpose(options.get("perm"))


def squeeze(options, x, axes=None):
    return np.squeeze(x, axes_of(options, axes))


def unsqueeze(options, x, axes=None):
    return np.expand_dims(x, axes_of(options, axes))


def slices(options, x, starts=None, ends=None, axes=None, steps=None):
    starts = np.atleast_1d(options["starts"] if starts is None else starts).tolist()
    ends = np.atleast_1d(options["ends"] if ends is None else ends).tolist()
    axes = axes_of(options, axes) or range(len(starts))
    steps = [1] * len(starts) if steps is None else steps.tolist()
    chosen = [slice(None)] * x.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        size = x.shape[axis]
        # Backwards, an end before the first place is no place counted from the end.
        before = step < 0 and end < -size
        chosen[axis] = slice(start, None if before else end, step)
    return x[tuple(chosen)]


def gather(options, x, indices):
    return np.take(x, indices, axis=options.get("axis", 0))


def concat(options, *arrays):
    return np.concatenate(arrays, axis=options["axis"])


def split(options, x, sizes=None):
    axis, sizes = options.get("axis", 0), options.get("split") if sizes is None else sizes.tolist()
    if sizes is None:
        each = -(-x.shape[axis] // options["outputs"])
        sizes = [each] * options["outputs"]
    return np.split(x, np.cumsum(sizes)[:-1], axis=axis)


def pad(options, x, pads=None, value=None, axes=None):
    pads = options["pads"] if pads is None else pads.tolist()
    axes = axes_of(options, axes) or range(x.ndim)
    widths = np.zeros((x.ndim, 2), int)
    widths[list(axes)] = np.reshape(pads, (2, -1)).T
    mode = options.get("mode", "constant")
    if mode not in ("constant", "reflect", "edge", "wrap") or (widths < 0).any():
        raise Refused(f"a Pad with mode {mode!r} and widths {widths.tolist()} cannot be run")
    more = {"constant_values": options.get("value", 0) if value is None else value} if mode == "constant" else {}
    return np.pad(x, widths, mode, **more)


def scatter_nd(options, x, indices, updates):
    if options.get("reduction", "none") != "none":
        raise Refused(f"a ScatterND with reduction={options['reduction']!r} cannot be run")
    y = x.copy()
    y[tuple(np.moveaxis(indices, -1, 0))] = updates
    return y


def constant_of_shape(options, shape):
    value = options.get("value", np.zeros(1, np.float32))
    return np.full(shape.tolist(), value.reshape(()), value.dtype)


def expand(options, x, shape):
    return x * np.ones(shape.tolist(), x.dtype) if x.dtype != bool else x & np.ones(shape.tolist(), bool)


def dropout(options, x, ratio=None, training=None):
    if training is not None and training.any():
        raise Refused("a Dropout that is still training cannot be run")
    return x


def shape_of(options, x):
    return np.array(x.shape[options.get("start", 0) : options.get("end")], np.int64)


ARRAYS = {
    **{name: elementwise(f) for name, f in {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply}.items()},
    **{name: elementwise(f) for name, f in {"Pow": np.power, "Sqrt": np.sqrt, "Exp": np.exp, "Log": np.log}.items()},
    **{name: elementwise(f) for name, f in {"Neg": np.negative, "Abs": np.abs, "Tanh": np.tanh}.items()},
    **{name: elementwise(f) for name, f in {"Equal": np.equal, "Less": np.less, "Greater": np.greater}.items()},
    **{name: elementwise(f) for name, f in {"And": np.logical_and, "Or": np.logical_or}.items()},
    **{name: elementwise(f) for name, f in {"Not": np.logical_not, "Floor": np.floor, "Where": np.where}.items()},
    "Div": elementwise(divide),
    "Reciprocal": elementwise(lambda x: 1 / x),
    "Sigmoid": elementwise(sigmoid),
    "Relu": elementwise(lambda x: np.maximum(x, 0).astype(x.dtype)),
    "Softplus": elementwise(lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))),
    "Softsign": elementwise(lambda x: x / (1 + np.abs(x))),
    "PRelu": elementwise(lambda x, slope: np.where(x > 0, x, slope * x)),
    "LeakyRelu": lambda options, x: leaky_relu(x, np.float32(options.get("alpha", 0.01))),
    "Elu": lambda options, x: elu(x, np.float32(options.get("alpha", 1.0))),
    "Max": lambda options, *arrays: np.maximum.reduce(np.broadcast_arrays(*arrays)),
    "Min": lambda options, *arrays: np.minimum.reduce(np.broadcast_arrays(*arrays)),
    "Clip": clip,
    "Cast": cast,
    "Softmax": softmax_node,
    **{
        f"Reduce{name}": reduce(f) for name, f in {"Sum": np.sum, "Mean": np.mean, "Max": np.max, "Min": np.min}.items()
    },
    "Identity": elementwise(lambda x: x),
    "Dropout": dropout,
    "Constant": lambda options: options["value"],
    "ConstantOfShape": constant_of_shape,
    "Shape": shape_of,
    "Size": elementwise(lambda x: np.array(x.size, np.int64)),
    "Range": elementwise(lambda start, limit, step: np.arange(start, limit, step, start.dtype)),
    "Reshape": reshape,
    "Flatten": flatten,
    "Transpose": transpose,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Slice": slices,
    "Gather": gather,
    "Concat": concat,
    "Split": split,
    "Pad": pad,
    "Expand": expand,
    "Tile": elementwise(lambda x, repeats: np.tile(x, repeats)),
    "ScatterND": scatter_nd,
}
