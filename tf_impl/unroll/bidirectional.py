"""TensorFlow's unrolling from both ends: ``tf.compat.v1.nn.bidirectional_dynamic_rnn`` and its static relative."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from scratch.arrays import Array, Bool, Float, Lengths, Masks, Params, State
from scratch.cell import Cell
from tf_impl.cell import as_structure, feed_state, genuine
from tf_impl.cells.dropout import masks_in_order, noise, set_masks
from tf_impl.program import Program
from tf_impl.tensorflow import v1


def bidirectional_dynamic_rnn(
    cell_fw: Cell,
    cell_bw: Cell,
    params: Params,
    inputs: Float[Array, "_ _ D"],
    sequence_length: Lengths = None,
    initial_state_fw: State = None,
    initial_state_bw: State = None,
    time_major: bool = False,
    *,
    masks: Masks = None,
) -> tuple[tuple[Float[Array, "_ _ fw"], Float[Array, "_ _ bw"]], tuple[State, State], Program]:
    """Return ``(outputs, final_states, program)``, as ``scratch.bidirectional_dynamic_rnn`` does.

    Masks can only be those of variational wrappers: what is drawn inside the ``while_loop``, no session can feed.
    """
    cells, masks = (cell_fw, cell_bw), masks or (None, None)
    program = Program()
    with program.graph.as_default():
        batch_size = inputs.shape[1 if time_major else 0]
        x = program.feed(inputs)
        states = (
            feed_state(program, cell_fw, initial_state_fw, batch_size, inputs.dtype),
            feed_state(program, cell_bw, initial_state_bw, batch_size, inputs.dtype),
        )
        lengths = None if sequence_length is None else program.feed(np.asarray(sequence_length))
        tf_cells = loop_pair(cells, masks, inputs.dtype)
        start_fw, start_bw = as_structures(tf_cells, states)
        outputs, final_states = v1.nn.bidirectional_dynamic_rnn(
            tf_cells[0], tf_cells[1], x, lengths, start_fw, start_bw, time_major=time_major
        )
        results = outputs, as_structures(cells, final_states)
        program.differentiate(results, (x, states, program.load(params, v1.trainable_variables())))
    return *program.run(results), program


def bidirectional_dynamic_rnn_backward(
    program: Program, d_outputs: Any = None, d_final_states: Any = None
) -> tuple[Float[Array, "_ _ D"], tuple[State, State], Params]:
    """Return ``(d_inputs, d_initial_states, d_params)``, from ``tf.gradients``."""
    return program.backward((d_outputs, d_final_states))


def static_bidirectional_rnn(
    cell_fw: Cell,
    cell_bw: Cell,
    params: Params,
    inputs: Sequence[Float[Array, "B D"]],
    initial_state_fw: State = None,
    initial_state_bw: State = None,
    sequence_length: Lengths = None,
    masks: Masks = None,
) -> tuple[list[Float[Array, "B fw_and_bw"]], State, State, Program]:
    """Return ``(outputs, state_fw, state_bw, program)``, as ``scratch.static_bidirectional_rnn`` does."""
    cells, masks, dtype = (cell_fw, cell_bw), masks or (None, None), inputs[0].dtype
    program = Program()
    with program.graph.as_default():
        xs = program.feed(list(inputs))
        states = (
            feed_state(program, cell_fw, initial_state_fw, len(inputs[0]), dtype),
            feed_state(program, cell_bw, initial_state_bw, len(inputs[0]), dtype),
        )
        lengths = None if sequence_length is None else program.feed(np.asarray(sequence_length))
        tf_cells = genuine_pair(cells, masks, dtype)
        start_fw, start_bw = as_structures(tf_cells, states)
        outputs, *final_states = v1.nn.static_bidirectional_rnn(
            tf_cells[0], tf_cells[1], xs, start_fw, start_bw, sequence_length=lengths
        )
        for scope, cell, own_masks in zip(("fw", "bw"), cells, masks, strict=True):
            program.feeds |= feed_masks(program.graph, scope, drawn_in_order(cell, own_masks, len(inputs)))
        results = outputs, as_structures(cells, final_states)
        program.differentiate(results, (xs, states, program.load(params, v1.trainable_variables())))
    outputs, final_states = program.run(results)
    return outputs, *final_states, program


def static_bidirectional_rnn_backward(
    program: Program, d_outputs: Any = None, d_final_states: Any = None
) -> tuple[list[Float[Array, "B D"]], tuple[State, State], Params]:
    """Return ``(d_inputs, d_initial_states, d_params)``, from ``tf.gradients``."""
    return program.backward((d_outputs, d_final_states))


def genuine_pair(cells: tuple[Cell, Cell], masks: Masks, dtype: np.dtype) -> tuple[Any, ...]:
    """Return TensorFlow's own cells for a pair of descriptions, with the noise of their variational masks."""
    tf_cells = tuple(genuine(cell, dtype) for cell in cells)
    for cell, tf_cell, own_masks in zip(cells, tf_cells, masks, strict=True):
        if own_masks is not None:
            set_masks(cell, tf_cell, own_masks, dtype.type)
    return tf_cells


def loop_pair(cells: tuple[Cell, Cell], masks: Masks, dtype: np.dtype) -> tuple[Any, ...]:
    """Return ``genuine_pair`` for a ``while_loop``, refusing masks that no session could feed."""
    if any(drawn_in_order(cell, own_masks, 1) for cell, own_masks in zip(cells, masks, strict=True)):
        raise ValueError("masks of a while_loop cannot be fed unless all are variational; use the static unroll")
    return genuine_pair(cells, masks, dtype)


def as_structures(cells: Sequence[Any], states: Sequence[State]) -> tuple[State, ...]:
    """Return a pair of states, each in the tuples of its cell, scratch's or TensorFlow's."""
    return tuple(as_structure(cell.state_size, state) for cell, state in zip(cells, states, strict=True))


def drawn_in_order(cell: Cell, masks: Masks, num_steps: int) -> list[Bool[Array, "..."]]:
    """Return the masks of all steps in the order in which TensorFlow draws their noise, without the variational."""
    steps = range(0 if masks is None else num_steps)
    return [mask for t in steps for mask in masks_in_order(cell, masks, t)]


def feed_masks(graph: Any, scope: str, drawn: Sequence[Bool[Array, "..."]]) -> dict[Any, Float[Array, "..."]]:
    """Return ``{tensor: noise}`` to feed for what one direction of a static graph draws."""
    operations = [op for op in graph.get_operations() if op.type == "RandomUniform" and f"/{scope}/" in op.name]
    # The first ones draw the initial values of the variables.
    tensors = [op.outputs[0] for op in operations[len(operations) - len(drawn) :]]
    return {tensor.ref(): noise(mask, tensor.dtype.as_numpy_dtype) for tensor, mask in zip(tensors, drawn, strict=True)}
