"""From a cell's description to TensorFlow's own cell, and one time step of it.

Each file of ``tf_impl/cells`` registers with ``genuine`` how TensorFlow makes its cell.
"""

from functools import singledispatch

from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


@singledispatch
def genuine(cell, dtype):
    """Return TensorFlow's own cell for the description ``cell``, with weights of ``dtype`` still to be made.

    Raises ``TypeError`` for a description that no file of ``tf_impl/cells`` has registered.
    """
    raise TypeError(f"tf_impl knows no TensorFlow cell for {type(cell).__name__}")


def feed_state(program, cell, state, batch_size, dtype):
    """Return the tensors of ``state`` in the structure of ``cell.state_size``: placeholders, or zeros for ``None``."""
    if state is None:
        return tf.nest.map_structure(lambda size: tf.zeros([batch_size, size], dtype), cell.state_size)
    return program.feed(state)


def as_structure(state_size, state):
    """Return ``state`` in the tuples of ``state_size``: scratch's ``LSTMState`` for ``LSTMStateTuple``, or back."""
    return tf.nest.pack_sequence_as(state_size, tf.nest.flatten(state))


def forward(cell, params, x, state):
    """Compute one step of TensorFlow's cell: ``(output, new_state, program)``, as ``cell.forward`` does."""
    program = Program()
    with program.graph.as_default():
        tf_x, tf_state = program.feed(x), feed_state(program, cell, state, len(x), x.dtype)
        tf_cell = genuine(cell, x.dtype)
        output, new_state = tf_cell(tf_x, as_structure(tf_cell.state_size, tf_state))
        results = output, as_structure(cell.state_size, new_state)
        program.differentiate(results, (tf_x, tf_state, program.load(params, v1.trainable_variables())))
    return *program.run(results), program


def backward(program, d_output, d_new_state):
    """Return ``(d_x, d_state, d_params)``, as ``cell.backward`` does."""
    return program.backward((d_output, d_new_state))
