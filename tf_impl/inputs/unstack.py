"""TensorFlow's moves of inputs and outputs: ``tf.reshape``, ``tf.unstack``, ``tf.stack``, ``tf.transpose``.

Each function takes and returns NumPy arrays, as its namesake in ``scratch``.
"""

from collections.abc import Callable, Sequence
from typing import Any

from scratch.arrays import Array, Shaped, Tree
from tf_impl.program import Program
from tf_impl.tensorflow import tf


def compute(function: Callable[..., Any], *arrays: Tree) -> Any:
    """Return ``function`` of the arrays, computed in a graph of its own."""
    program = Program()
    with program.graph.as_default():
        tensors = map(program.feed, arrays)
        result = function(*tensors)
    return program.run(result)


def gradient(function: Callable[[Any], Any], tree: Tree, d_result: Tree) -> Any:
    """Return the gradient of ``tree`` (an array or a list), given that of ``function(tree)``, from ``tf.gradients``."""
    program = Program()
    with program.graph.as_default():
        tensors = program.feed(tree)
        program.differentiate((function(tensors),), (tensors,))
    return program.backward((d_result,))[0]


def series_to_rows(series: Shaped[Array, "N ..."], batch_size: int) -> Shaped[Array, "B T ..."]:
    """Return ``tf.reshape(series, [batch_size, -1, …])``."""
    return compute(lambda x: tf.reshape(x, [batch_size, -1, *series.shape[1:]]), series)


def unstack(inputs: Array, axis: int = 1) -> list[Array]:
    """Return ``tf.unstack(inputs, axis=axis)``."""
    return compute(lambda x: tf.unstack(x, axis=axis), inputs)


def stack(steps: Sequence[Array], axis: int = 1) -> Array:
    """Return ``tf.stack(steps, axis)``."""
    return compute(lambda xs: tf.stack(xs, axis), list(steps))


def swap_time_and_batch(inputs: Shaped[Array, "B T ..."]) -> Shaped[Array, "T B ..."]:
    """Return ``tf.transpose(inputs, [1, 0, …])``."""
    return compute(lambda x: tf.transpose(x, [1, 0, *range(2, inputs.ndim)]), inputs)


def flatten_time(outputs: Shaped[Array, "B T ..."]) -> Shaped[Array, "B*T ..."]:
    """Return ``tf.reshape(outputs, [-1, …])``: [B, T, …] as [B·T, …]."""
    return compute(lambda x: tf.reshape(x, [-1, *outputs.shape[2:]]), outputs)


def unflatten_time(flat: Shaped[Array, "rows ..."], batch_size: int) -> Shaped[Array, "B T ..."]:
    """Return ``tf.reshape(flat, [batch_size, -1, …])``: [B·T, …] as [B, T, …]."""
    return compute(lambda x: tf.reshape(x, [batch_size, -1, *flat.shape[1:]]), flat)
