"""TensorFlow's batch normalisation, ``tf.compat.v1.layers.BatchNormalization``."""

from typing import Any

import scratch.training.batch_norm
from scratch.arrays import Array, DType, Float, Params
from tf_impl.program import Program
from tf_impl.tensorflow import v1


class BatchNormalization:
    """The twin of the description ``scratch.BatchNormalization``: the same ``forward`` and ``backward``."""

    def __init__(self, layer: scratch.training.batch_norm.BatchNormalization) -> None:
        self.layer = layer

    def genuine(self, dtype: DType, name: str | None = None) -> Any:
        """Return TensorFlow's own layer with the same options, its variables in the scope ``name``."""
        return v1.layers.BatchNormalization(
            momentum=self.layer.momentum,
            epsilon=self.layer.epsilon,
            center=self.layer.center,
            scale=self.layer.scale,
            fused=False,
            dtype=dtype,
            name=name,
        )

    def forward(
        self, params: Params, moving: Params, x: Float[Array, "*N D"], training: bool
    ) -> tuple[Float[Array, "*N D"], Params, Program]:
        """Return ``(y [..., D], new_moving, program)``, the moving statistics after TensorFlow's ``UPDATE_OPS``."""
        program = Program()
        with program.graph.as_default():
            tf_x = program.feed(x)
            tf_layer = self.genuine(x.dtype)
            results = (tf_layer(tf_x, training=training),)
            tf_moving = program.load(moving, tf_layer.non_trainable_variables)
            program.differentiate(results, (tf_x, program.load(params, tf_layer.trainable_variables)))
            updates = v1.get_collection(v1.GraphKeys.UPDATE_OPS)
        (y,) = program.run(results)
        program.run(updates)
        return y, program.run(tf_moving), program

    def backward(
        self, params: Params, program: Program, d_y: Float[Array, "*N D"]
    ) -> tuple[Float[Array, "*N D"], Params]:
        """Return ``(d_x, d_params)``, from ``tf.gradients``."""
        return program.backward((d_y,))
