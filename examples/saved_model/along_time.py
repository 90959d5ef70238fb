"""Layers that go along time without a state: convolution, pooling, and what cuts, fills or stretches a sequence."""

import numpy as np

from saved_model.activations import activate
from saved_model.tensor import Tensor


def one(size):
    """Return a size that Keras keeps as a number or as a list of one."""
    return size[0] if isinstance(size, list) else size


def padded(x, padding, size, stride, filler):
    """Return x [B, T, D] with the steps in front and at the end that "same" or "causal" adds, of ``filler``."""
    if padding == "causal":
        before, after = size - 1, 0
    elif padding == "same":
        # As many windows as strides fit into T, rounded up; the odd step of padding goes to the end.
        missing = max((-(-x.shape[1] // stride) - 1) * stride + size - x.shape[1], 0)
        before, after = missing // 2, missing - missing // 2
    else:
        before, after = 0, 0
    return np.pad(x, ((0, 0), (before, after), (0, 0)), constant_values=filler)


def windows(x, size, stride):
    """Return every window of ``size`` steps, ``stride`` apart: [B, number of windows, D, size]."""
    return np.lib.stride_tricks.sliding_window_view(x, size, axis=1)[:, ::stride]


def conv1d(layer, x):
    # y_t = φ(Σ over k of x_{s t + d k} W_k + b), with stride s and dilation d.
    options, kernel = layer.options, layer.weights["kernel"]
    stride, dilation = one(options["strides"]), one(options["dilation_rate"])
    reach = (len(kernel) - 1) * dilation + 1
    steps = windows(padded(x, options["padding"], reach, stride, 0), reach, stride)[..., ::dilation]
    y = np.einsum("btdk,kdh->bth", steps, kernel, optimize=True) + layer.weights.get("bias", np.float32(0))
    return activate(options["activation"], y)


def max_pooling1d(layer, x):
    size, stride = pool(layer)
    return windows(padded(x, layer.options["padding"], size, stride, -np.inf), size, stride).max(axis=-1)


def average_pooling1d(layer, x):
    size, stride = pool(layer)
    total, count = (
        windows(padded(part, layer.options["padding"], size, stride, 0), size, stride).sum(axis=-1)
        for part in (x, np.ones_like(x))
    )
    # What is padding counts neither above nor below the line.
    return total / count


def pool(layer):
    size = one(layer.options["pool_size"])
    return size, one(layer.options["strides"]) or size


def global_max_pooling1d(layer, x):
    return x.max(axis=1, keepdims=layer.options["keepdims"])


def global_average_pooling1d(layer, tensors, call):
    """The mean of the steps that count, and the one pooling that looks at the mask."""
    ((x, mask),), keep = tensors, layer.options["keepdims"]
    if mask is None:
        return Tensor(x.mean(axis=1, keepdims=keep))
    live = mask[..., None]
    with np.errstate(invalid="ignore"):
        # A row without a step is 0 / 0, NaN, as in Keras.
        return Tensor(np.where(live, x, 0).sum(axis=1, keepdims=keep) / live.sum(axis=1, keepdims=keep, dtype=x.dtype))


def zero_padding1d(layer, x):
    sides = layer.options["padding"]
    before, after = sides if isinstance(sides, list) else (sides, sides)
    return np.pad(x, ((0, 0), (before, after), (0, 0)))


def cropping1d(layer, x):
    sides = layer.options["cropping"]
    before, after = sides if isinstance(sides, list) else (sides, sides)
    return x[:, before : x.shape[1] - after]


def up_sampling1d(layer, x):
    return np.repeat(x, one(layer.options["size"]), axis=1)
