"""Layers that make one sequence of several: Concatenate, Dot, and the arithmetic ones."""

import functools

import numpy as np

from saved_model.tensor import Tensor


def merge(combine, mean=False, passed_over=False):
    """Return the ``run`` of a layer that combines its inputs one after another, such as Add; ``mean`` divides.

    ``passed_over``: in Keras 3, an input whose mask says that a step does not count has no part in it at that step.
    """

    def run(layer, tensors, call):
        widest = max(tensor.value.ndim for tensor in tensors)
        masks = [tensor.mask for tensor in tensors]
        # An input with fewer axes gets new ones after that of the batch.
        values = [t.value.reshape(len(t.value), *[1] * (widest - t.value.ndim), *t.value.shape[1:]) for t in tensors]
        if passed_over and layer.options["keras"] == 3:
            y = combined(combine, values, masks)
        else:
            y = functools.reduce(combine, values)
        return Tensor(y / len(values) if mean else y, merged_mask(layer, masks))

    return run


def combined(combine, values, masks):
    """Return the inputs combined, at each step those that count there."""
    if combine is np.multiply:
        ones = [x if mask is None else np.where(mask[..., None], x, 1) for x, mask in zip(values, masks, strict=True)]
        y = functools.reduce(combine, ones).astype(values[0].dtype)
        # Where no input counts, the product is 0.
        return y if any(mask is None for mask in masks) else y * functools.reduce(np.logical_or, masks)[..., None]
    y, seen = values[0], masks[0]
    for x, mask in zip(values[1:], masks[1:], strict=True):
        x = x if mask is None else np.where(mask[..., None], x, y)
        y = combine(y if seen is None else np.where(seen[..., None], y, x), x)
        seen = None if seen is None or mask is None else seen | mask
    return y


def merged_mask(layer, masks):
    """Return the mask of an arithmetic layer: Keras 3 asks that any input counts, Keras 2 that all masked ones do."""
    if layer.options["keras"] == 2:
        masks = [mask for mask in masks if mask is not None]
        return functools.reduce(np.logical_and, masks) if masks else None
    return None if any(mask is None for mask in masks) else functools.reduce(np.logical_or, masks)


def concatenate(layer, tensors, call):
    axis, values = layer.options["axis"], [tensor.value for tensor in tensors]
    y = np.concatenate(values, axis=axis)
    if all(tensor.mask is None for tensor in tensors):
        return Tensor(y)
    # Every mask in the shape of its input, all ones where there is none.
    masks = [
        np.ones(x.shape, bool)
        if mask is None
        else np.broadcast_to(mask if mask.ndim == x.ndim else mask[..., None], x.shape)
        for x, mask in tensors
    ]
    joined = np.concatenate(masks, axis=axis)
    return Tensor(y, joined.all(axis=-1) if layer.options["keras"] == 2 else joined.any(axis=-1))


def dot(layer, tensors, call):
    """The product of two inputs, summed over one axis of each; the axis of the batch stays."""
    (x, _), (y, _) = tensors
    axes = layer.options["axes"]
    first, second = axes if isinstance(axes, list) else (axes, axes)
    first, second = first % x.ndim, second % y.ndim
    if layer.options["normalize"]:
        x, y = unit(x, first), unit(y, second)
    # Letters for einsum: 0 for the batch, one for the axis that is summed over, others for the rest.
    of_x, of_y = list(range(x.ndim)), [0, *range(x.ndim, x.ndim + y.ndim - 1)]
    of_y[second] = first
    rest = [axis for axis in of_x + of_y if axis not in (0, first)]
    z = np.einsum(x, of_x, y, of_y, [0, *rest])
    return Tensor(z if z.ndim > 1 else z[:, None])


def unit(x, axis):
    return x / np.sqrt(np.maximum(np.square(x).sum(axis=axis, keepdims=True), np.float32(1e-12)))
