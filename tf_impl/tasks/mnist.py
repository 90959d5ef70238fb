"""Sequential MNIST as the tutorials wrote it: one graph, fed batch by batch, trained by TensorFlow's own optimisers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

import scratch.tasks.mnist as description
from scratch.arrays import Array, DType, Float, Int, Params
from scratch.cells.full_lstm import LSTMBlockCell
from scratch.tasks.mnist_data import NUM_CLASSES
from scratch.tree import map_named
from tf_impl.cell import genuine
from tf_impl.cells.full_lstm import LSTMCell
from tf_impl.program import Program
from tf_impl.tensorflow import Tensor, tf, v1
from tf_impl.training import optimizers
from tf_impl.training.batch_norm import BatchNormalization


class MnistTrainer:
    """The twin of ``scratch.tasks.mnist.MnistTrainer``: built from the same program and weights, stepped the same way.

    A graph has to know the ``input_shape`` (T, D) of its sequences beforehand.
    """

    def __init__(self, program: description.MnistProgram, params: Params, input_shape: Sequence[int]) -> None:
        self.program, self.dtype = program, params["dense"]["kernel"].dtype
        self.tf_program = Program()
        with self.tf_program.graph.as_default():
            self.inputs = v1.placeholder(self.dtype, [None, *input_shape])
            self.labels = v1.placeholder(tf.int64, [None])
            self.tf_logits = self.network(self.inputs)
            one_hot = tf.one_hot(self.labels, NUM_CLASSES, dtype=self.dtype)
            losses = v1.nn.softmax_cross_entropy_with_logits(labels=one_hot, logits=self.tf_logits)
            loss = tf.reduce_mean(losses)
            right = tf.equal(tf.argmax(self.tf_logits, axis=1), self.labels)
            accuracy = tf.reduce_mean(tf.cast(right, self.dtype))
            variables = self.tf_program.load(params, v1.trainable_variables())
            gradients = tf.nest.pack_sequence_as(variables, tf.gradients(loss, tf.nest.flatten(variables)))
            clipped = map_named(self.clip, gradients)
            pairs = zip(tf.nest.flatten(clipped), tf.nest.flatten(variables), strict=True)
            train_step = optimizers.genuine(program.optimizer).apply_gradients(list(pairs))
            self.fetches = loss, accuracy, gradients, clipped, train_step
            self.tf_variables = {variable.op.name: variable for variable in v1.global_variables()}
            self.restored = {name: v1.placeholder(v.dtype, v.shape) for name, v in self.tf_variables.items()}
            self.restoring = [v.assign(self.restored[name]).op for name, v in self.tf_variables.items()]
            initializer = v1.global_variables_initializer()
        self.tf_program.session.run(initializer)
        self.tf_program.run(())

    def network(self, inputs: Float[Tensor, "B T D"]) -> Float[Tensor, "B C"]:
        """Return the logits [B, 10] of inputs [B, T, D]."""
        program = self.program
        dense = {"kernel_initializer": "zeros", "dtype": self.dtype}
        if program.hidden_units is not None:
            inputs = v1.layers.Dense(program.hidden_units, name="hidden", **dense)(inputs)
        tf_cell = genuine_cell(program.cell, self.dtype)
        if program.unroll == "static":
            outputs, _ = v1.nn.static_rnn(tf_cell, tf.unstack(inputs, axis=1), dtype=self.dtype)
            h = outputs[-1]
        else:
            outputs, _ = v1.nn.dynamic_rnn(tf_cell, inputs, dtype=self.dtype)
            h = outputs[:, -1]
        if program.batch_norm:
            h = BatchNormalization(description.BATCH_NORM).genuine(self.dtype)(h, training=False)
        return v1.layers.Dense(NUM_CLASSES, name="dense", **dense)(h)

    def clip(self, path: str, gradient: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        if self.program.clip_norm is None or path.startswith("dense/"):
            return gradient
        return tf.clip_by_norm(gradient, self.program.clip_norm)

    def step(self, inputs: Float[Array, "B T D"], labels: Int[Array, " B"]) -> description.MnistStep:
        """Train on inputs [B, T, D] and labels [B], and return an ``MnistStep``."""
        feeds = {self.inputs: inputs, self.labels: labels}
        loss, accuracy, gradients, clipped, _ = self.tf_program.session.run(self.fetches, feeds)
        return description.MnistStep(float(loss), float(accuracy), gradients, clipped)

    def logits(self, inputs: Float[Array, "B T D"]) -> Float[Array, "B C"]:
        """Return the logits [B, 10] of inputs [B, T, D]."""
        return self.tf_program.session.run(self.tf_logits, {self.inputs: inputs})

    def variables(self) -> dict[str, Array]:
        """Return ``{name: array}`` of all that training goes on from."""
        return {name: np.asarray(a) for name, a in self.tf_program.session.run(self.tf_variables).items()}

    def restore(self, variables: dict[str, Array]) -> None:
        """Go on from ``variables``, which may hold more."""
        feeds = {placeholder: variables[name] for name, placeholder in self.restored.items()}
        self.tf_program.session.run(self.restoring, feeds)


def genuine_cell(cell: Any, dtype: DType) -> Any:
    """Return TensorFlow's own cell; for ``LSTMBlockCell``, a kernel of float32 alone, the cell of its equations."""
    return LSTMCell(cell, dtype) if isinstance(cell, LSTMBlockCell) else genuine(cell, dtype)
