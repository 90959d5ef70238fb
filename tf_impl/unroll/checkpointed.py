"""A short tape in TensorFlow: ``tf.recompute_grad`` runs each stretch of steps again to differentiate it."""

import numpy as np

from scratch.arrays import Array, Float, Int, Lengths, Params, State
from scratch.cell import Cell
from tf_impl.cell import as_structure, feed_state, genuine
from tf_impl.program import Program
from tf_impl.tensorflow import Tensor, tf, v1


def checkpointed_rnn(
    cell: Cell,
    params: Params,
    inputs: Float[Array, "B T D"],
    checkpoint_every: int,
    sequence_length: Lengths = None,
    initial_state: State = None,
) -> tuple[Float[Array, "B T output"], State, Program]:
    """Return ``(outputs, final_state, program)``: those of ``scratch.dynamic_rnn`` with ``checkpoint_every``."""
    program = Program()
    with program.graph.as_default():
        batch_size, num_steps, _ = inputs.shape
        x, first_state = program.feed(inputs), feed_state(program, cell, initial_state, batch_size, inputs.dtype)
        lengths = np.full(batch_size, num_steps) if sequence_length is None else np.asarray(sequence_length)
        lengths = program.feed(lengths)
        tf_cell = genuine(cell, inputs.dtype)
        # A step whose result is not used makes the weights. A recomputed function would make them twice.
        # Made by dynamic_rnn, they would be read through a copy outside, whose gradient recompute_grad does not know.
        tf_cell(x[:, 0], as_structure(tf_cell.state_size, first_state))

        @tf.recompute_grad
        def stretch(
            span: Float[Tensor, "B S D"], left: Int[Tensor, " B"], *state: Float[Tensor, "B _"]
        ) -> tuple[Tensor, ...]:
            state = tf.nest.pack_sequence_as(tf_cell.state_size, state)
            outputs, state = v1.nn.dynamic_rnn(tf_cell, span, left, state)
            return outputs, *tf.nest.flatten(state)

        state, outputs = tf.nest.flatten(first_state), []
        for start in range(0, num_steps, checkpoint_every):
            span = x[:, start : start + checkpoint_every]
            left = tf.clip_by_value(lengths - start, 0, span.shape[1])
            span_outputs, *state = stretch(span, left, *state)
            outputs.append(span_outputs)
        results = tf.concat(outputs, axis=1), as_structure(cell.state_size, state)
        program.differentiate(results, (x, first_state, program.load(params, v1.trainable_variables())))
    return *program.run(results), program


def checkpointed_rnn_backward(
    program: Program, d_outputs: Float[Array, "_ _ output"] | None = None, d_final_state: State = None
) -> tuple[Float[Array, "_ _ D"], State, Params]:
    """Return ``(d_inputs, d_initial_state, d_params)``, from ``tf.gradients``."""
    return program.backward((d_outputs, d_final_state))
