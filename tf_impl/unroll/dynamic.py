"""TensorFlow's unrolling on arrays, ``tf.compat.v1.nn.dynamic_rnn``: one copy of the cell in a ``while_loop``."""

from typing import Any

import numpy as np

from scratch.arrays import Array, Bool, Float, Lengths, Masks, Params, State
from scratch.cell import Cell
from tf_impl.cell import as_structure, feed_state, genuine
from tf_impl.cells.dropout import masks_in_order, set_masks
from tf_impl.program import Program
from tf_impl.tensorflow import Tensor, tf, v1


def dynamic_rnn(
    cell: Cell,
    params: Params,
    inputs: Float[Array, "_ _ D"],
    sequence_length: Lengths = None,
    initial_state: State = None,
    time_major: bool = False,
    masks: Masks = None,
    *,
    mask: Bool[Array, "B T"] | None = None,
    reverse: bool = False,
    zero_output_for_mask: bool = True,
) -> tuple[Float[Array, "_ _ output"], State, Program]:
    """Return ``(outputs, final_state, program)``: arguments and results are those of ``scratch.dynamic_rnn``.

    Masks can only be those of variational wrappers: what is drawn inside the ``while_loop``, no session can feed.
    ``v1.nn.dynamic_rnn`` has neither a mask of steps nor a direction: with these, Keras 2's ``backend.rnn`` runs the
    cell.
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
        state_there = as_structure(tf_cell.state_size, state)
        if mask is None and not reverse and zero_output_for_mask:
            outputs, final_state = v1.nn.dynamic_rnn(tf_cell, x, lengths, state_there, time_major=time_major)
        else:
            num_steps = inputs.shape[0 if time_major else 1]
            live = tf.fill([batch_size, num_steps], True) if lengths is None else tf.sequence_mask(lengths, num_steps)
            live = live if mask is None else tf.logical_and(live, program.feed(mask))
            options = {"go_backwards": reverse, "zero_output_for_mask": zero_output_for_mask, "time_major": time_major}
            outputs, final_state = keras_unroll(
                tf_cell, x, tf.transpose(live) if time_major else live, state_there, options
            )
        results = outputs, as_structure(cell.state_size, final_state)
        program.differentiate(results, (x, state, program.load(params, v1.trainable_variables())))
    return *program.run(results), program


def states_along_time(
    cell: Cell,
    params: Params,
    inputs: Float[Array, "B T D"],
    sequence_length: Lengths = None,
    initial_state: State = None,
    *,
    mask: Bool[Array, "B T"] | None = None,
    reverse: bool = False,
) -> State:
    """Return the state after every step, arrays [B, T, size]: ``scratch.dynamic_rnn(keep_states=True)``.

    No loop of TensorFlow's returns it, but each runs a cell whose output is its state. The last output of Keras 2's
    loop stands where a step is skipped, as the state does, and 0 before the first.
    """
    program = Program()
    with program.graph.as_default():
        batch_size, num_steps, _ = inputs.shape
        x, state = program.feed(inputs), feed_state(program, cell, initial_state, batch_size, inputs.dtype)
        live = tf.fill([batch_size, num_steps], True)
        if sequence_length is not None:
            live = tf.sequence_mask(program.feed(np.asarray(sequence_length)), num_steps)
        live = live if mask is None else tf.logical_and(live, program.feed(mask))
        tf_cell = genuine(cell, inputs.dtype)
        state_there = as_structure(tf_cell.state_size, state)
        options = {"go_backwards": reverse, "zero_output_for_mask": False, "time_major": False}
        outputs, _ = keras_unroll(WithState(tf_cell), x, live, state_there, options)
        program.load(params, v1.trainable_variables())
        taken = tf.cumsum(tf.cast(live, tf.int32), axis=1, reverse=reverse)[..., None] > 0
        flat = zip(tf.nest.flatten(outputs), tf.nest.flatten(state), strict=True)
        states = [tf.where(taken, steps, tf.broadcast_to(start[:, None], steps.shape)) for steps, start in flat]
    return as_structure(cell.state_size, program.run(states))


class WithState:
    """TensorFlow's ``cell`` with another output: its new state."""

    def __init__(self, cell: Any) -> None:
        self.cell = cell

    def __call__(self, x: Float[Tensor, "B D"], state: State) -> tuple[State, State]:
        _, new_state = self.cell(x, state)
        return new_state, new_state


def keras_unroll(
    tf_cell: Any, x: Float[Tensor, "_ _ D"], live: Bool[Tensor, "_ _"], state: State, options: dict[str, bool]
) -> tuple[Float[Tensor, "_ _ output"], State]:
    """Return ``(outputs, final_state)`` of Keras 2's loop, the outputs in the order of the inputs."""

    def step(x: Float[Tensor, "B D"], states: list[Any]) -> tuple[Float[Tensor, "B output"], list[Any]]:
        output, new_state = tf_cell(x, tf.nest.pack_sequence_as(state, states))
        return output, tf.nest.flatten(new_state)

    _, outputs, states = tf.keras.backend.rnn(step, x, tf.nest.flatten(state), mask=live, **options)
    if options["go_backwards"]:
        axis = [0 if options["time_major"] else 1]
        outputs = tf.nest.map_structure(lambda steps: tf.reverse(steps, axis), outputs)
    return outputs, tf.nest.pack_sequence_as(state, states)


def dynamic_rnn_backward(
    program: Program, d_outputs: Float[Array, "_ _ output"] | None = None, d_final_state: State = None
) -> tuple[Float[Array, "_ _ D"], State, Params]:
    """Return ``(d_inputs, d_initial_state, d_params)``, from ``tf.gradients``."""
    return program.backward((d_outputs, d_final_state))
