"""Truncated backpropagation as a TensorFlow graph: one ``dynamic_rnn`` a window, ``tf.stop_gradient`` between."""

import numpy as np

from tf_impl.cell import as_structure, feed_state, genuine
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


def truncated_rnn(cell, params, inputs, truncated_backprop_length, sequence_length=None, initial_state=None):
    """Return ``(outputs, final_state, program)``: arguments and results are those of ``scratch.truncated_rnn``."""
    program = Program()
    with program.graph.as_default():
        x, first_state = program.feed(inputs), feed_state(program, cell, initial_state, len(inputs), inputs.dtype)
        lengths = None if sequence_length is None else program.feed(np.asarray(sequence_length))
        tf_cell = genuine(cell, inputs.dtype)
        state, outputs = as_structure(tf_cell.state_size, first_state), []
        for start in range(0, inputs.shape[1], truncated_backprop_length):
            window = x[:, start : start + truncated_backprop_length]
            left = None if lengths is None else tf.clip_by_value(lengths - start, 0, window.shape[1])
            window_outputs, state = v1.nn.dynamic_rnn(tf_cell, window, left, state)
            final_state = as_structure(cell.state_size, state)
            state = tf.nest.map_structure(tf.stop_gradient, state)
            outputs.append(window_outputs)
        results = tf.concat(outputs, axis=1), final_state
        program.differentiate(results, (x, first_state, program.load(params, v1.trainable_variables())))
    return *program.run(results), program


def truncated_rnn_backward(program, d_outputs, d_final_state=None):
    """Return ``(d_inputs, d_initial_state, d_params)``, from ``tf.gradients``."""
    return program.backward((d_outputs, d_final_state))
