"""TensorFlow's unrolling on arrays, ``tf.compat.v1.nn.dynamic_rnn``: one copy of the cell in a ``while_loop``."""

import numpy as np

from scratch.arrays import Array, Float, Lengths, Masks, Params, State
from scratch.cell import Cell
from tf_impl.cell import as_structure, feed_state, genuine
from tf_impl.cells.dropout import masks_in_order, set_masks
from tf_impl.program import Program
from tf_impl.tensorflow import v1


def dynamic_rnn(
    cell: Cell,
    params: Params,
    inputs: Float[Array, "_ _ D"],
    sequence_length: Lengths = None,
    initial_state: State = None,
    time_major: bool = False,
    masks: Masks = None,
) -> tuple[Float[Array, "_ _ output"], State, Program]:
    """Return ``(outputs, final_state, program)``: arguments and results are those of ``scratch.dynamic_rnn``.

    Masks can only be those of variational wrappers: what is drawn inside the ``while_loop``, no session can feed.
    """
    program = Program()
    with program.graph.as_default():
        batch_size = inputs.shape[1 if time_major else 0]
        x, state = program.feed(inputs), feed_state(program, cell, initial_state, batch_size, inputs.dtype)
        lengths = None if sequence_length is None else program.feed(np.asarray(sequence_length))
        tf_cell = genuine(cell, inputs.dtype)
        if masks is not None:
            if any(True for _ in masks_in_order(cell, masks, 0)):
                raise ValueError("masks of a while_loop cannot be fed unless all are variational; use static_rnn")
            set_masks(cell, tf_cell, masks, inputs.dtype.type)
        outputs, final_state = v1.nn.dynamic_rnn(
            tf_cell, x, lengths, as_structure(tf_cell.state_size, state), time_major=time_major
        )
        results = outputs, as_structure(cell.state_size, final_state)
        program.differentiate(results, (x, state, program.load(params, v1.trainable_variables())))
    return *program.run(results), program


def dynamic_rnn_backward(
    program: Program, d_outputs: Float[Array, "_ _ output"] | None = None, d_final_state: State = None
) -> tuple[Float[Array, "_ _ D"], State, Params]:
    """Return ``(d_inputs, d_initial_state, d_params)``, from ``tf.gradients``."""
    return program.backward((d_outputs, d_final_state))
