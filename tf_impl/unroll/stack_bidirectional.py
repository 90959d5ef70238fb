"""Bidirectional layers in TensorFlow: its own ``bidirectional_dynamic_rnn``, layer after layer, ``tf.concat`` between.

The function that did so, ``tf.contrib.rnn.stack_bidirectional_dynamic_rnn``, went with ``tf.contrib``; the scopes here
are those it had in TensorFlow 1.15.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Lengths, Masks, Params, State
from scratch.cell import Cell
from tf_impl.cell import feed_state
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1
from tf_impl.unroll.bidirectional import as_structures, loop_pair


def stack_bidirectional_dynamic_rnn(
    cells_fw: Sequence[Cell],
    cells_bw: Sequence[Cell],
    params: Params,
    inputs: Float[Array, "_ _ D"],
    initial_states_fw: Sequence[State] | None = None,
    initial_states_bw: Sequence[State] | None = None,
    sequence_length: Lengths = None,
    time_major: bool = False,
    *,
    masks: Masks = None,
) -> tuple[Float[Array, "_ _ fw_and_bw"], State, State, Program]:
    """Return ``(outputs, states_fw, states_bw, program)``, as ``scratch.stack_bidirectional_dynamic_rnn`` does."""
    nothing = [None] * len(cells_fw)
    given = initial_states_fw or nothing, initial_states_bw or nothing
    batch_size, dtype = inputs.shape[1 if time_major else 0], inputs.dtype
    program = Program()
    with program.graph.as_default():
        x = program.feed(inputs)
        states = tuple(
            tuple(feed_state(program, cell, state, batch_size, dtype) for cell, state in zip(cells, side, strict=True))
            for cells, side in zip((cells_fw, cells_bw), given, strict=True)
        )
        lengths = None if sequence_length is None else program.feed(np.asarray(sequence_length))
        outputs, final_states = x, []
        with v1.variable_scope("stack_bidirectional_rnn"):
            for layer, cells in enumerate(zip(cells_fw, cells_bw, strict=True)):
                tf_cells = loop_pair(cells, (masks or nothing)[layer] or (None, None), dtype)
                start_fw, start_bw = as_structures(tf_cells, (states[0][layer], states[1][layer]))
                with v1.variable_scope(f"cell_{layer}"):
                    pair, finals = v1.nn.bidirectional_dynamic_rnn(
                        tf_cells[0], tf_cells[1], outputs, lengths, start_fw, start_bw, time_major=time_major
                    )
                outputs = tf.concat(pair, 2)
                final_states.append(as_structures(cells, finals))
        results = outputs, tuple(zip(*final_states, strict=True))
        program.differentiate(results, (x, states, program.load(params, v1.trainable_variables())))
    outputs, (states_fw, states_bw) = program.run(results)
    return outputs, states_fw, states_bw, program


def stack_bidirectional_dynamic_rnn_backward(
    program: Program, d_outputs: Any = None, d_final_states: Any = None
) -> tuple[Float[Array, "_ _ D"], State, Params]:
    """Return ``(d_inputs, (d_initial_states_fw, d_initial_states_bw), d_params)``, from ``tf.gradients``."""
    return program.backward((d_outputs, d_final_states))
