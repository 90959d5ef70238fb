"""Where weights start: a function of a generator, a shape and a dtype for every TF1 initialiser used here.

At the end are two ways to start a whole GRU, ``cell.init_params`` being the usual one.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from scratch.arrays import Array, DType, Initializer, Params, Tree
from scratch.checks import check_array, check_dtype, shape_text
from scratch.options import MOST, check_count
from scratch.shown import shown


def glorot_uniform(rng: np.random.Generator, shape: tuple[int, ...], dtype: DType) -> Array:
    """Return uniform draws in ±sqrt(6 / (fan_in + fan_out)), the default of every TF1 variable.

    Source: Glorot and Bengio (2010), equation 16; ``tf.compat.v1.glorot_uniform_initializer``.
    """
    check_draw(shape, dtype, rng)
    if not shape:
        raise ValueError("glorot_uniform needs at least one axis, but the shape is []")
    fan_in, fan_out = shape[0], shape[-1]  # TensorFlow's count for a vector, such as a peephole: its length, twice
    limit = np.sqrt(6 / max(fan_in + fan_out, 2))
    return rng.uniform(-limit, limit, shape).astype(dtype)


def orthogonal(rng: np.random.Generator, shape: tuple[int, ...], dtype: DType) -> Array:
    """Return a matrix with orthonormal columns (rows, where it is wider than tall), uniform among all of these.

    QR of a normal draw, with the signs of R's diagonal moved into Q: without that, QR's own habits would show.
    Source: Saxe et al. (2013); ``tf.compat.v1.orthogonal_initializer``. Raises ``ValueError`` for any but two axes.
    """
    check_draw(shape, dtype, rng)
    if len(shape) != 2:
        raise ValueError(f"orthogonal needs a matrix, but the shape is {list(shape)}")
    q, r = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
    q = q * np.sign(np.diag(r))
    return (q if shape[0] >= shape[1] else q.T).astype(dtype)


def uniform(rng: np.random.Generator, shape: tuple[int, ...], dtype: DType) -> Array:
    """Return uniform draws in [0, 1), as ``np.random.rand``: the start of the echo tutorial's hand-written weights."""
    check_draw(shape, dtype, rng)
    return rng.random(shape).astype(dtype)


def normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: DType) -> Array:
    """Return draws of mean 0 and standard deviation 1, as ``tf.random_normal``: the MNIST tutorials' output layers."""
    check_draw(shape, dtype, rng)
    return rng.standard_normal(shape).astype(dtype)


def zeros(rng: np.random.Generator, shape: tuple[int, ...], dtype: DType) -> Array:
    """Return zeros, the start of every TF1 cell's bias; ``rng`` is not used."""
    check_draw(shape, dtype)
    return np.zeros(shape, dtype)


def ones(rng: np.random.Generator, shape: tuple[int, ...], dtype: DType) -> Array:
    """Return ones, the start of the bias of a GRU's gates; ``rng`` is not used."""
    check_draw(shape, dtype)
    return np.ones(shape, dtype)


def check_draw(shape: Any, dtype: DType, rng: Any = ...) -> None:
    """Refuse all but a tuple of sizes, a dtype of weights, and, where numbers are drawn, a generator."""
    if rng is not ...:
        check_generator(rng)
    if not isinstance(shape, tuple | list):
        raise TypeError(f"shape must be a tuple of sizes, but is {shown(shape)}")
    for axis, size in enumerate(shape):
        check_count(f"shape[{axis}]", size, least=0)
    if (total := math.prod(shape)) > MOST:
        raise ValueError(f"shape must be of at most {MOST} numbers, but {shape_text(shape)} is of {total}")
    check_dtype("dtype", dtype)


def check_generator(rng: Any) -> None:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, but is {type(rng).__name__}")


def draw_params(
    shapes: Tree, initializer: Callable[[str], Initializer], rng: np.random.Generator, dtype: DType, path: str = ""
) -> Any:
    """Return the nested dict ``shapes`` with an array drawn for every shape, in order.

    ``initializer(path)`` chooses a function of this file for the parameter at ``path``, such as ``"gates/bias"``.
    Raises ``TypeError`` or ``ValueError`` where ``rng`` is not a ``numpy.random.Generator``, or where what such a
    function returns is not an array of this shape and dtype.
    """
    check_generator(rng)
    if isinstance(shapes, dict):
        return {
            key: draw_params(shape, initializer, rng, dtype, f"{path}/{key}" if path else key)
            for key, shape in shapes.items()
        }
    chosen = initializer(path)
    if not callable(chosen):
        raise TypeError(f"the initializer of {path} must be a function of (rng, shape, dtype), but is {shown(chosen)}")
    drawn = chosen(rng, shapes, dtype)
    check_array(f"what the initializer of {path} returns", drawn, shapes)
    if drawn.dtype != dtype:
        raise TypeError(f"what the initializer of {path} returns must be {np.dtype(dtype)}, but is {drawn.dtype}")
    return drawn


def cudnn_start(cell: Any, rng: np.random.Generator, input_size: int, dtype: DType) -> Params:
    """Return a GRU's parameters as the tutorial starts ``CudnnGRU``: every bias 0, every gate's matrices orthogonal.

    cuDNN keeps W_x and W_h of each gate apart, and each of them is orthogonal on its own.
    """

    def by_gate(rng: np.random.Generator, shape: tuple[int, ...], dtype: DType) -> Array:
        width = cell.num_units
        heights = (shape[0] - width, width) if shape[0] > width else (shape[0],)
        gates = range(shape[1] // width)
        return np.block([[orthogonal(rng, (height, width), dtype) for _ in gates] for height in heights])

    shapes = cell.param_shapes(input_size)
    return draw_params(shapes, lambda path: zeros if path.endswith("bias") else by_gate, rng, dtype)


def rnn_start(cell: Any, rng: np.random.Generator, input_size: int, dtype: DType) -> Params:
    """Return a GRU's parameters with which it begins as a vanilla RNN of an orthogonal matrix: r ≈ 1 and u ≈ 0.

    h' ≈ φ(x W_x + h W_h) turns what h knows and loses little of it, so that every pixel reaches the end from the start.
    """
    params = cudnn_start(cell, rng, input_size, dtype)
    # σ(±4) is 0.98 or 0.02; weights of the usual size would throw the gates about with every pixel.
    kernel, bias = 0.3 * params["gates"]["kernel"], np.repeat(np.array([4, -4], dtype), cell.num_units)
    return {**params, "gates": {"kernel": kernel, "bias": bias}}
