"""TensorFlow 1's cells without their biases, which TF1 has no option for."""

from typing import Any

from scratch.arrays import Array, Float
from tf_impl.tensorflow import tf


class Biasless:
    """What stands before a TF1 cell: in the place of each bias that the cell would make it has the constant 0."""

    dtype: Any

    def add_weight(self, name: str, shape: Any = None, **options: Any) -> Float[Array, "..."]:
        if name.split("/")[-1] in ("bias", "B"):
            return tf.zeros(shape, self.dtype)
        return super().add_weight(name, shape=shape, **options)  # type: ignore[misc]


def with_or_without_bias(kind: Any, use_bias: bool) -> Any:
    """Return the class of a TF1 cell, or one of the same name that makes no bias."""
    return kind if use_bias else type(kind.__name__, (Biasless, kind), {})
