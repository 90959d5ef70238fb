"""Truncated backpropagation as a TensorFlow graph: one ``dynamic_rnn`` a window, ``tf.stop_gradient`` between."""

import numpy as np

from scratch.arrays import Array, Float, Lengths, Params, State
from scratch.cell import Cell
from tf_impl.cell import as_structure, feed_state, genuine
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


def truncated_rnn(
    cell: Cell,
    params: Params,
    inputs: Float[Array, "B T D"],
    truncated_backprop_length: int | list[int],
    sequence_length: Lengths = None,
    initial_state: State = None,
    reach: int = 1,
) -> tuple[Float[Array, "B T output"], State, Program]:
    """Return ``(outputs, final_state, program)``: arguments and results are those of ``scratch.truncated_rnn``.

    ``reach`` is here, and not an argument of the backward pass, because a graph says before it runs what it cuts. With
    a reach of several windows, each ``dynamic_rnn`` runs all the windows that its gradient may reach, from a state cut
    off before them, and only the outputs of the last one are used.
    """
    program = Program()
    with program.graph.as_default():
        x, first_state = program.feed(inputs), feed_state(program, cell, initial_state, len(inputs), inputs.dtype)
        lengths = None if sequence_length is None else program.feed(np.asarray(sequence_length))
        tf_cell = genuine(cell, inputs.dtype)
        states, outputs = [as_structure(tf_cell.state_size, first_state)], []
        borders = window_borders(inputs.shape[1], truncated_backprop_length)
        for window, stop in enumerate(borders[1:]):
            first = max(0, window - reach + 1)
            start, state = borders[first], states[first]
            if first > 0:
                state = tf.nest.map_structure(tf.stop_gradient, state)
            span = x[:, start:stop]
            left = None if lengths is None else tf.clip_by_value(lengths - start, 0, stop - start)
            span_outputs, state = v1.nn.dynamic_rnn(tf_cell, span, left, state)
            states.append(state)
            outputs.append(span_outputs[:, borders[window] - start :])
        results = tf.concat(outputs, axis=1), as_structure(cell.state_size, states[-1])
        program.differentiate(results, (x, first_state, program.load(params, v1.trainable_variables())))
    return *program.run(results), program


def window_borders(num_steps: int, truncated_backprop_length: int | list[int]) -> list[int]:
    """Return the steps at which a window starts, and last the end."""
    if isinstance(truncated_backprop_length, list):
        return [0, *np.cumsum(truncated_backprop_length).tolist()]
    return [*range(0, num_steps, truncated_backprop_length), num_steps]


def truncated_rnn_backward(
    program: Program, d_outputs: Float[Array, "_ _ output"] | None, d_final_state: State = None
) -> tuple[Float[Array, "_ _ D"], State, Params]:
    """Return ``(d_inputs, d_initial_state, d_params)``, from ``tf.gradients``."""
    return program.backward((d_outputs, d_final_state))
