"""TensorFlow's unrolling on lists, ``tf.compat.v1.nn.static_rnn``: T copies of the cell, one after another."""

from collections.abc import Sequence

import numpy as np

from scratch.arrays import Array, Float, Lengths, Masks, Params, State
from scratch.cell import Cell
from tf_impl.cell import as_structure, feed_state, genuine
from tf_impl.cells.dropout import feed_masks, set_masks
from tf_impl.program import Program
from tf_impl.tensorflow import v1


def static_rnn(
    cell: Cell,
    params: Params,
    inputs: Sequence[Float[Array, "B D"]],
    initial_state: State = None,
    sequence_length: Lengths = None,
    masks: Masks = None,
) -> tuple[list[Float[Array, "B output"]], State, Program]:
    """Return ``(outputs, final_state, program)``: arguments and results are those of ``scratch.static_rnn``."""
    program = Program()
    dtype = inputs[0].dtype
    with program.graph.as_default():
        xs, state = program.feed(list(inputs)), feed_state(program, cell, initial_state, len(inputs[0]), dtype)
        lengths = None if sequence_length is None else program.feed(np.asarray(sequence_length))
        tf_cell = genuine(cell, dtype)
        if masks is not None:
            set_masks(cell, tf_cell, masks, dtype.type)
        outputs, final_state = v1.nn.static_rnn(
            tf_cell, xs, as_structure(tf_cell.state_size, state), sequence_length=lengths
        )
        if masks is not None:
            program.feeds |= feed_masks(program.graph, cell, masks, len(inputs))
        results = outputs, as_structure(cell.state_size, final_state)
        program.differentiate(results, (xs, state, program.load(params, v1.trainable_variables())))
    return *program.run(results), program


def static_rnn_backward(
    program: Program, d_outputs: Sequence[Float[Array, "B output"]] | None = None, d_final_state: State = None
) -> tuple[list[Float[Array, "B D"]], State, Params]:
    """Return ``(d_inputs, d_initial_state, d_params)``, from ``tf.gradients``."""
    return program.backward((d_outputs, d_final_state))
