"""``tf.data`` making the batches of ``next_batch``: epochs one after another first, and cut into batches then."""

import itertools

import numpy as np

from scratch.arrays import Array, Shaped
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


class BatchSource:
    """The twin of ``scratch.BatchSource``: the same batches from the same generator, all of one size."""

    def __init__(
        self, images: Shaped[Array, "N ..."], labels: Shaped[Array, "N ..."], rng: np.random.Generator, batch_size: int
    ) -> None:
        self.program = Program()
        with self.program.graph.as_default():
            orders = tf.data.Dataset.from_generator(
                lambda: (rng.permutation(len(images)) for _ in itertools.count()),
                output_signature=tf.TensorSpec([len(images)], tf.int64),
            )
            # The other way round, batch and then repeat, the last batch of an epoch would be short.
            rows = v1.data.make_initializable_iterator(orders.unbatch().batch(batch_size))
            chosen = rows.get_next()
            self.batch = tf.gather(self.program.feed(images), chosen), tf.gather(self.program.feed(labels), chosen)
        self.program.session.run(rows.initializer)

    def next_batch(self) -> tuple[Shaped[Array, "B ..."], Shaped[Array, "B ..."]]:
        """Return ``(images, labels)`` of the next batch."""
        return self.program.run(self.batch)
