"""TensorFlow's output layer, ``tf.compat.v1.layers.Dense``."""

import scratch.training.dense
from scratch.arrays import Array, Float, Params
from tf_impl.program import Program
from tf_impl.tensorflow import v1


class Dense:
    """The twin of the description ``scratch.Dense``: the same ``forward`` and ``backward``."""

    def __init__(self, layer: scratch.training.dense.Dense) -> None:
        self.layer = layer

    def forward(self, params: Params, inputs: Float[Array, "*N D"]) -> tuple[Float[Array, "*N units"], Program]:
        """Return ``(outputs [..., units], program)``."""
        program = Program()
        with program.graph.as_default():
            x = program.feed(inputs)
            tf_layer = v1.layers.Dense(self.layer.units, dtype=inputs.dtype)
            results = (tf_layer(x),)
            program.differentiate(results, (x, program.load(params, tf_layer.trainable_variables)))
        return *program.run(results), program

    def backward(
        self, params: Params, program: Program, d_outputs: Float[Array, "*N units"]
    ) -> tuple[Float[Array, "*N D"], Params]:
        """Return ``(d_inputs, d_params)``, from ``tf.gradients``."""
        return program.backward((d_outputs,))
