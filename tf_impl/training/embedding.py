"""TensorFlow's look-up, ``tf.nn.embedding_lookup``."""

import scratch.training.embedding
from scratch.arrays import Array, Float, Int, Params
from tf_impl.program import Program
from tf_impl.tensorflow import tf


class Embedding:
    """The twin of the description ``scratch.Embedding``: the same ``forward`` and ``backward``."""

    def __init__(self, layer: scratch.training.embedding.Embedding) -> None:
        self.layer = layer

    def forward(self, params: Params, numbers: Int[Array, "*N"]) -> tuple[Float[Array, "*N D"], Program]:
        """Return ``(vectors [..., D], program)``."""
        program = Program()
        with program.graph.as_default():
            weights = program.feed(params)
            results = (tf.nn.embedding_lookup(weights["embeddings"], program.feed(numbers)),)
            program.differentiate(results, (weights,))
            # ``IndexedSlices``, a row for each place, until TensorFlow adds those of the same word.
            program.d_arguments = tf.nest.map_structure(tf.convert_to_tensor, program.d_arguments)
        return *program.run(results), program

    def backward(self, params: Params, program: Program, d_vectors: Float[Array, "*N D"]) -> Params:
        """Return ``d_params``, from ``tf.gradients``."""
        return program.backward((d_vectors,))[0]
