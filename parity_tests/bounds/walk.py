"""A walk through time on arrays of any kind of number, with the names and the arguments of ``scratch.unroll``.

It shares nothing with the loops of scratch and says the rule of lengths in another way: at each step the rows that are
live are taken out, given to the cell, and put back. What is over is never computed.
"""

from typing import Any, NamedTuple

import numpy as np

from scratch.cell import masked_forward
from scratch.tree import map_tree


class Step(NamedTuple):
    """What a step keeps: when it was, the rows that were live, and the cell's cache, ``None`` where no row was."""

    t: int
    rows: Any
    cache: Any


class Tape(NamedTuple):
    """What an unrolling keeps: ``steps`` in the order in which they were taken; ``repeats``, as it was called."""

    cell: Any
    params: Any
    shape: tuple
    steps: list
    repeats: bool


def with_rows(array, rows, new):
    """Return a copy of an array with new rows; where numbers have errors, theirs are followed from here on."""
    array = array.copy()
    array[rows] = SETTLED(new) if new.dtype == object else new
    return array


SETTLED = np.frompyfunc(lambda number: number.settled() if hasattr(number, "settled") else number, 1, 1)


def dynamic_rnn(
    cell,
    params,
    inputs,
    sequence_length=None,
    initial_state=None,
    masks=(),
    *,
    mask=None,
    reverse=False,
    zero_output_for_mask=True,
):
    """Return ``(outputs, final_state, tape)``, batch-major."""
    batch_size, num_steps, _ = inputs.shape
    lengths = np.full(batch_size, num_steps) if sequence_length is None else np.asarray(sequence_length)
    state, steps = initial_state, []
    outputs = np.zeros((batch_size, num_steps, cell.output_size), inputs.dtype)
    for t in range(num_steps)[:: -1 if reverse else 1]:
        rows, cache = np.flatnonzero((t < lengths) & (True if mask is None else mask[:, t])), None
        if steps and not zero_output_for_mask:
            outputs[:, t] = outputs[:, steps[-1].t]
        if len(rows):
            before, drawn = map_tree(lambda leaf, rows=rows: leaf[rows], (state, map_tree(lambda m, t=t: m[t], masks)))
            outputs[rows, t], after, cache = masked_forward(cell, params, inputs[rows, t], before, drawn)
            state = map_tree(lambda leaf, new, rows=rows: with_rows(leaf, rows, new), state, after)
        steps.append(Step(t, rows, cache))
    return outputs, state, Tape(cell, params, inputs.shape, steps, not zero_output_for_mask)


def dynamic_rnn_backward(tape, d_outputs, d_final_state):
    """Return ``(d_inputs, d_initial_state, d_params)``."""
    d_inputs, d_state = np.zeros(tape.shape, d_outputs.dtype), d_final_state
    d_params = map_tree(np.zeros_like, tape.params)
    # Of each row's output, the gradient at the steps behind it that repeat it.
    d_repeated = np.zeros_like(d_outputs[:, 0])
    for t, rows, cache in reversed(tape.steps):
        d_output = d_outputs[:, t] + d_repeated
        if tape.repeats:
            d_repeated = d_output.copy()
            d_repeated[rows] = 0
        if len(rows):
            after = map_tree(lambda leaf, rows=rows: leaf[rows], d_state)
            d_x, before, d_step = tape.cell.backward(tape.params, cache, d_output[rows], after)
            d_inputs[rows, t] = d_x
            d_state = map_tree(lambda leaf, new, rows=rows: with_rows(leaf, rows, new), d_state, before)
            d_params = map_tree(np.add, d_params, d_step)
    return d_inputs, d_state, d_params


def bidirectional_dynamic_rnn(cell_fw, cell_bw, params, inputs, lengths=None, fw=None, bw=None, **options):
    """Return ``(outputs, final_states, tape)``; ``fw`` and ``bw`` are the initial states."""
    output_fw, state_fw, tape_fw = dynamic_rnn(cell_fw, params["fw"], inputs, lengths, fw, **options)
    output_bw, state_bw, tape_bw = dynamic_rnn(cell_bw, params["bw"], inputs, lengths, bw, reverse=True, **options)
    return (output_fw, output_bw), (state_fw, state_bw), (tape_fw, tape_bw)


def bidirectional_dynamic_rnn_backward(tape, d_outputs, d_final_states):
    """Return ``(d_inputs, d_initial_states, d_params)``."""
    d_inputs, d_fw, d_params_fw = dynamic_rnn_backward(tape[0], d_outputs[0], d_final_states[0])
    d_inputs_bw, d_bw, d_params_bw = dynamic_rnn_backward(tape[1], d_outputs[1], d_final_states[1])
    return d_inputs + d_inputs_bw, (d_fw, d_bw), {"fw": d_params_fw, "bw": d_params_bw}


def stack_bidirectional_dynamic_rnn(cells_fw, cells_bw, params, inputs, states_fw, states_bw, sequence_length=None):
    """Return ``(outputs, states_fw, states_bw, tapes)``."""
    finals, tapes = [], []
    for layer, cells in enumerate(zip(cells_fw, cells_bw, strict=True)):
        starts = states_fw[layer], states_bw[layer]
        pair, final, tape = bidirectional_dynamic_rnn(*cells, params[f"cell_{layer}"], inputs, sequence_length, *starts)
        inputs = np.concatenate(pair, axis=2)
        finals.append(final)
        tapes.append(tape)
    return inputs, *zip(*finals, strict=True), tapes


def stack_bidirectional_dynamic_rnn_backward(tapes, d_outputs, d_final_states):
    """Return ``(d_inputs, (d_states_fw, d_states_bw), d_params)``."""
    d_starts, d_params = [], {}
    for layer in reversed(range(len(tapes))):
        width = tapes[layer][0].cell.output_size
        d_pair = d_outputs[:, :, :width], d_outputs[:, :, width:]
        d_states = d_final_states[0][layer], d_final_states[1][layer]
        d_outputs, d_start, d_own = bidirectional_dynamic_rnn_backward(tapes[layer], d_pair, d_states)
        d_starts.insert(0, d_start)
        d_params = {f"cell_{layer}": d_own} | d_params
    return d_outputs, tuple(zip(*d_starts, strict=True)), d_params
