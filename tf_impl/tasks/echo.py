"""The echo task as the tutorial wrote it: one graph, fed window by window, the state fetched and fed back."""

import numpy as np

import scratch.tasks.echo as description
from scratch.arrays import Array, Float, Int, Masks, Params, State
from scratch.tree import named_leaves
from tf_impl.cell import as_structure, genuine
from tf_impl.cells.dropout import feed_masks
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1
from tf_impl.training import optimizers


class EchoTrainer:
    """The twin of ``scratch.tasks.echo.EchoTrainer``: built from the same part and weights, stepped the same way."""

    def __init__(self, part: description.EchoPart, params: Params) -> None:
        self.cell = part.cell
        self.dtype = params["dense"]["kernel"].dtype
        self.program = Program()
        with self.program.graph.as_default():
            shape = [description.BATCH_SIZE, description.TRUNCATED_BACKPROP_LENGTH]
            # Each scope is a box in TensorBoard's picture of the graph.
            with v1.name_scope("inputs"):
                self.x = v1.placeholder(self.dtype, shape, "x")
                self.labels = v1.placeholder(tf.int64, shape, "labels")
                self.state = tf.nest.map_structure(
                    lambda size: v1.placeholder(self.dtype, [description.BATCH_SIZE, size]), part.cell.state_size
                )
                inputs = self.x[:, :, None]
            tf_cell = genuine(part.cell, self.dtype)
            initial_state = as_structure(tf_cell.state_size, self.state)
            # Part 6, too, is unrolled statically here: inside a while_loop no session could feed it our masks.
            if part.unroll == "static" or any(named_leaves(part.cell.mask_sizes(1))):
                outputs, new_state = v1.nn.static_rnn(tf_cell, tf.unstack(inputs, axis=1), initial_state)
                outputs = tf.stack(outputs, axis=1)
            else:
                outputs, new_state = v1.nn.dynamic_rnn(tf_cell, inputs, initial_state=initial_state)
            # The tutorial's reshapes: [5, 15, 4] to [75, 4], and the labels to [75].
            dense = v1.layers.Dense(description.NUM_CLASSES, dtype=self.dtype, name="dense")
            logits = dense(tf.reshape(outputs, [-1, part.cell.output_size]))
            with v1.name_scope("loss"):
                labels = tf.reshape(self.labels, [-1])
                losses = v1.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
                loss = tf.reduce_mean(losses)
            with v1.name_scope("train"):
                train_step = optimizers.genuine(description.OPTIMIZER).minimize(loss)
            initializer = v1.global_variables_initializer()
            self.program.load({**params["rnn"], "dense": params["dense"]}, v1.trainable_variables())
            probabilities = tf.reshape(tf.nn.softmax(logits), [*shape, description.NUM_CLASSES])
            self.fetches = loss, probabilities, as_structure(part.cell.state_size, new_state), train_step
        self.program.session.run(initializer)
        self.program.run(())

    def zero_state(self, batch_size: int) -> State:
        return self.cell.zero_state(batch_size, self.dtype)

    def draw_masks(self, rng: np.random.Generator, batch_size: int) -> Masks:
        return self.cell.draw_masks(rng, description.TRUNCATED_BACKPROP_LENGTH, batch_size, 1)

    def step(
        self, x: Int[Array, "B T"], labels: Int[Array, "B T"], state: State, masks: Masks
    ) -> tuple[float, Float[Array, "B T C"], State]:
        """Train on one window, x and labels [B, T], and return ``(loss, probabilities [B, T, 2], new_state)``."""
        feeds = {self.x: x, self.labels: labels}
        feeds |= zip(tf.nest.flatten(self.state), tf.nest.flatten(state), strict=True)
        masks = feed_masks(self.program.graph, self.cell, masks, description.TRUNCATED_BACKPROP_LENGTH)
        feeds |= {reference.deref(): noise for reference, noise in masks.items()}
        loss, probabilities, new_state, _ = self.program.session.run(self.fetches, feeds)
        return loss, probabilities, new_state
