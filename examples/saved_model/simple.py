"""Layers that treat every place alike, or only give an array another shape."""

import math

import numpy as np

from saved_model import Refused
from saved_model.activations import activate
from saved_model.tensor import Tensor
from scratch import BatchNormalization, Dense, Embedding


def identity(layer, x):
    """Dropout and noise, which do nothing once a model is trained."""
    return x


def activation(layer, x):
    return activate(layer.options["activation"], x)


def prelu(layer, x):
    # y = x where x > 0, and α x elsewhere; α has the shape of a row of x, or 1 along the axes that share it.
    return np.where(x > 0, x, layer.weights["alpha"] * x)


def dense(layer, x):
    kernel, units = layer.weights["kernel"], layer.options["units"]
    bias = layer.weights.get("bias", np.zeros(units, np.float32))
    y, _ = Dense(units).forward({"kernel": kernel, "bias": bias}, x)
    return activate(layer.options["activation"], y)


def embedding(layer, tensors, call):
    ((x, _),) = tensors
    whole = np.asarray(x).astype(np.int64)
    if (whole != x).any():
        place = tuple(np.argwhere(whole != x)[0].tolist())
        raise Refused(f"the inputs of {layer.name} must be integers, but at {list(place)} there is {x[place]}")
    y, _ = Embedding(*layer.weights["embeddings"].shape).forward(layer.weights, whole)
    return Tensor(y, whole != 0 if layer.options["mask_zero"] else None)


def masking(layer, tensors, call):
    ((x, _),) = tensors
    mask = (x != np.float32(layer.options["mask_value"])).any(axis=-1)
    return Tensor(x * mask[..., None], mask)


def flatten(layer, x):
    return x.reshape(len(x), math.prod(x.shape[1:]))


def reshape(layer, x):
    shape, rest = list(layer.options["target_shape"]), math.prod(x.shape[1:])
    if -1 in shape:
        shape[shape.index(-1)] = rest // math.prod(size for size in shape if size != -1)
    return x.reshape(len(x), *shape)


def permute(layer, x):
    return x.transpose(0, *layer.options["dims"])


def repeat_vector(layer, x):
    return np.repeat(x[:, None], layer.options["n"], axis=1)


def rescaling(layer, x):
    return x * np.asarray(layer.options["scale"], x.dtype) + np.asarray(layer.options["offset"], x.dtype)


def batch_normalization(layer, x):
    options, weights = layer.options, layer.weights
    moving = {name: weights[name] for name in ("moving_mean", "moving_variance")}
    params = {name: weights[name] for name in ("gamma", "beta") if name in weights}
    norm = BatchNormalization(epsilon=options["epsilon"], center="beta" in params, scale="gamma" in params)
    # Keras 2 keeps the axis in a list.
    (axis,) = np.atleast_1d(options["axis"])
    y, _, _ = norm.forward(params, moving, np.moveaxis(x, axis, -1), training=False)
    return np.moveaxis(y, -1, axis)


def layer_normalization(layer, x):
    # x̂ = (x − mean) / √(variance + ε), both over the axes of one row, then y = γ x̂ + β.
    options, weights = layer.options, layer.weights
    axes = tuple(axis % x.ndim for axis in np.atleast_1d(options["axis"]).tolist())
    shape = [size if axis in axes else 1 for axis, size in enumerate(x.shape)]
    centred = x - x.mean(axis=axes, keepdims=True)
    variance = np.square(centred).mean(axis=axes, keepdims=True)
    y = centred / np.sqrt(variance + np.float32(options["epsilon"]))
    y = y * weights["gamma"].reshape(shape) if "gamma" in weights else y
    return y + weights["beta"].reshape(shape) if "beta" in weights else y


def time_distributed(layer, tensors, call):
    """Run a layer on each step alone: to the layer, B rows of T steps are B · T rows."""
    ((x, mask),), inner = tensors, layer.parts["layer"]
    batch_size, num_steps = x.shape[:2]
    step_mask = None
    if mask is not None and mask.ndim > 2:
        if layer.options["keras"] == 2:
            raise Refused(f"{layer.name} has a mask of {mask.ndim} axes, which cannot be run as Keras 2 does")
        step_mask = mask.reshape(batch_size * num_steps, *mask.shape[2:])
    y = inner.run(inner, [Tensor(x.reshape(batch_size * num_steps, *x.shape[2:]), step_mask)], call)
    if isinstance(y, list):
        raise Refused(f"{layer.name} makes {len(y)} outputs a step, which cannot be run")
    return Tensor(y.value.reshape(batch_size, num_steps, *y.value.shape[1:]), mask)
