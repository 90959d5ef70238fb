"""The operators of ONNX with products and sums: matrices, convolutions, normalisations."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from saved_model import Refused


def matmul(options, a, b):
    return a @ b


def gemm(options, a, b, c=None):
    a = a.T if options.get("transA") else a
    b = b.T if options.get("transB") else b
    y = a.dtype.type(options.get("alpha", 1.0)) * (a @ b)
    return y if c is None else y + a.dtype.type(options.get("beta", 1.0)) * c


def spatial(options, ndim):
    """Return the strides, the dilations, and the padding in front and behind, which must be numbers."""
    if options.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise Refused(f"a convolution with auto_pad={options['auto_pad']!r} cannot be run")
    ones = [1] * ndim
    pads = np.reshape(options.get("pads", [0] * 2 * ndim), (2, ndim)).T
    return options.get("strides", ones), options.get("dilations", ones), pads


def conv(options, x, w, b=None):
    """Return Σ w ⊙ window + b for each window of x [B, C, …] and each kernel of w [M, C / groups, …]."""
    ndim, groups = x.ndim - 2, options.get("group", 1)
    strides, dilations, pads = spatial(options, ndim)
    x = np.pad(x, [(0, 0), (0, 0), *pads.tolist()])
    spans = [(size - 1) * step + 1 for size, step in zip(w.shape[2:], dilations, strict=True)]
    windows = sliding_window_view(x, spans, tuple(range(2, x.ndim)))
    places = tuple(slice(None, None, stride) for stride in strides)
    taps = tuple(slice(None, None, step) for step in dilations)
    windows = windows[(slice(None), slice(None), *places, *taps)]
    made = []
    for kernels, part in zip(np.split(w, groups), np.split(windows, groups, axis=1), strict=True):
        # [B, places…, C, taps…] as rows, against each kernel as a column.
        rows = np.moveaxis(part, 1, 1 + ndim)
        sizes = rows.shape[: 1 + ndim]
        y = rows.reshape(math.prod(sizes), -1) @ kernels.reshape(len(kernels), -1).T
        made.append(np.moveaxis(y.reshape(*sizes, len(kernels)), -1, 1))
    y = np.concatenate(made, axis=1)
    return y if b is None else y + b.reshape(-1, *[1] * ndim)


def conv_transpose(options, x, w, b=None):
    """Return the transpose of ``conv``: each number of x adds its kernel, w [C, M / groups, …], to the output."""
    ndim, groups = x.ndim - 2, options.get("group", 1)
    strides, dilations, pads = spatial(options, ndim)
    if options.get("output_shape"):
        raise Refused("a ConvTranspose with output_shape cannot be run")
    more = options.get("output_padding", [0] * ndim)
    places, taps = x.shape[2:], w.shape[2:]
    sizes = [
        (n - 1) * stride + (size - 1) * step + 1 + extra
        for n, stride, size, step, extra in zip(places, strides, taps, dilations, more, strict=True)
    ]
    y = np.zeros((len(x), w.shape[1] * groups, *sizes), x.dtype)
    for group, (part, kernels) in enumerate(zip(np.split(x, groups, axis=1), np.split(w, groups), strict=True)):
        own = slice(group * w.shape[1], (group + 1) * w.shape[1])
        for tap in np.ndindex(*taps):
            at = tuple(
                slice(k * step, k * step + (n - 1) * stride + 1, stride)
                for k, step, n, stride in zip(tap, dilations, places, strides, strict=True)
            )
            added = np.moveaxis(np.tensordot(part, kernels[(slice(None), slice(None), *tap)], ([1], [0])), -1, 1)
            y[(slice(None), own, *at)] += added
    kept = tuple(slice(front, size - behind) for (front, behind), size in zip(pads.tolist(), sizes, strict=True))
    y = y[(slice(None), slice(None), *kept)]
    return y if b is None else y + b.reshape(-1, *[1] * ndim)


def batch_normalization(options, x, scale, shift, mean, variance):
    if options.get("training_mode"):
        raise Refused("a BatchNormalization that is still training cannot be run")
    mean, variance, scale, shift = (a.reshape(-1, *[1] * (x.ndim - 2)) for a in (mean, variance, scale, shift))
    return (x - mean) / np.sqrt(variance + x.dtype.type(options.get("epsilon", 1e-5))) * scale + shift


def layer_normalization(options, x, scale, shift=None):
    axes = tuple(range(options.get("axis", -1) % x.ndim, x.ndim))
    centred = x - x.mean(axis=axes, keepdims=True)
    variance = np.square(centred).mean(axis=axes, keepdims=True)
    y = centred / np.sqrt(variance + x.dtype.type(options.get("epsilon", 1e-5))) * scale
    return y if shift is None else y + shift


PRODUCTS = {
    "MatMul": matmul,
    "Gemm": gemm,
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "BatchNormalization": batch_normalization,
    "LayerNormalization": layer_normalization,
}
