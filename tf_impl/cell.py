"""From a cell's description to TensorFlow's own cell, and one time step of it.

Each file of ``tf_impl/cells`` registers with ``genuine`` how TensorFlow makes its cell.
"""

from functools import singledispatch
from typing import Any

from scratch.arrays import Array, DType, Float, Params, Sizes, State
from scratch.cell import Cell
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


@singledispatch
def genuine(cell: Cell, dtype: DType) -> Any:
    """Return TensorFlow's own cell for the description ``cell``, with weights of ``dtype`` still to be made.

    Raises ``TypeError`` for a description that no file of ``tf_impl/cells`` has registered.
    """
    raise TypeError(f"tf_impl knows no TensorFlow cell for {type(cell).__name__}")


def feed_state(program: Program, cell: Cell, state: State, batch_size: int, dtype: DType) -> State:
    """Return the tensors of ``state`` in the structure of ``cell.state_size``: placeholders, or zeros for ``None``."""
    if state is None:
        return tf.nest.map_structure(lambda size: tf.zeros([batch_size, size], dtype), cell.state_size)
    return program.feed(state)


def as_structure(state_size: Sizes, state: State) -> State:
    """Return ``state`` in the tuples of ``state_size``: scratch's ``LSTMState`` for ``LSTMStateTuple``, or back."""
    return tf.nest.pack_sequence_as(state_size, tf.nest.flatten(state))


def forward(
    cell: Cell, params: Params, x: Float[Array, "B D"], state: State
) -> tuple[Float[Array, "B output"], State, Program]:
    """Compute one step of TensorFlow's cell: ``(output, new_state, program)``, as ``cell.forward`` does."""
    program = Program()
    with program.graph.as_default():
        tf_x, tf_state = program.feed(x), feed_state(program, cell, state, len(x), x.dtype)
        tf_cell = genuine(cell, x.dtype)
        output, new_state = tf_cell(tf_x, as_structure(tf_cell.state_size, tf_state))
        results = output, as_structure(cell.state_size, new_state)
        program.differentiate(results, (tf_x, tf_state, program.load(params, v1.trainable_variables())))
    return *program.run(results), program


def backward(
    program: Program, d_output: Float[Array, "B output"], d_new_state: State
) -> tuple[Float[Array, "B D"], State, Params]:
    """Return ``(d_x, d_state, d_params)``, as ``cell.backward`` does."""
    return program.backward((d_output, d_new_state))
