"""Truncated backpropagation through time: one long series, walked window by window.

    forward    the state that a window ends with is the state that the next one starts from
    backward   no gradient crosses from a window into the one before it

The forward pass is that of one long ``dynamic_rnn``, to the last bit; only the gradient is cut, so a tape need never
be longer than a window. Williams and Peng (1990), BPTT(h; h′) with h = h′. The page is ``docs/unroll/truncated.md``.
"""

import numpy as np

from scratch.checks import check_array, check_count, check_lengths
from scratch.tree import map_tree
from scratch.unroll.dynamic import DynamicTape, dynamic_rnn, dynamic_rnn_backward
from scratch.unroll.static import check_sequence_masks, check_tape


def windows(num_steps, truncated_backprop_length):
    """Return the slices that cut ``num_steps`` time steps into windows; the last is shorter if it does not divide."""
    num_steps = check_count("num_steps", num_steps)
    truncated_backprop_length = check_count("truncated_backprop_length", truncated_backprop_length)
    return [
        slice(start, min(start + truncated_backprop_length, num_steps))
        for start in range(0, num_steps, truncated_backprop_length)
    ]


def truncated_rnn(
    cell,
    params,
    inputs,
    truncated_backprop_length,
    sequence_length=None,
    initial_state=None,
    engine="numpy",
    masks=None,
):
    """Unroll ``cell`` over ``inputs`` [B, T, D] window by window and return ``(outputs, final_state, tapes)``.

    ``truncated_backprop_length`` is the number of time steps in a window. The other arguments, the results and the
    errors are those of ``dynamic_rnn``; ``tapes`` holds one tape a window. A row that ends inside a window is dead in
    all that follow.

    To train on each window before the next is run, loop over ``windows`` and call ``dynamic_rnn`` on each with the
    final state of the one before, as ``scratch/tasks/echo.py`` does.
    """
    check_array("inputs", inputs, ("B", "T", "D"))
    batch_size, num_steps, _ = inputs.shape
    if num_steps == 0:
        raise ValueError(f"inputs must have at least one time step, but their shape is {list(inputs.shape)}")
    slices = windows(num_steps, truncated_backprop_length)
    lengths = np.full(batch_size, num_steps)
    if sequence_length is not None:
        lengths = check_lengths(sequence_length, batch_size, num_steps)
    masks = check_sequence_masks(cell, masks, num_steps, batch_size, inputs.shape[2])
    outputs, tapes, state = [], [], initial_state
    for window in slices:
        # Of a row's length, this window sees what is left of it, at most its own width.
        left = np.clip(lengths - window.start, 0, window.stop - window.start)
        window_masks = map_tree(lambda mask, window=window: mask[window], masks)
        window_outputs, state, tape = dynamic_rnn(
            cell, params, inputs[:, window], left, state, engine=engine, masks=window_masks
        )
        outputs.append(window_outputs)
        tapes.append(tape)
    return np.concatenate(outputs, axis=1), state, tapes


def truncated_rnn_backward(tapes, d_outputs, d_final_state=None):
    """Return ``(d_inputs, d_initial_state, d_params)``, with every gradient cut where one window meets the next.

    ``d_outputs`` is [B, T, output_size]. ``d_final_state`` reaches the last window alone, ``d_initial_state`` comes
    from the first alone, and ``d_params`` is the sum over the windows.
    """
    if not isinstance(tapes, list) or not tapes:
        raise TypeError("tapes must be the list that truncated_rnn returned")
    for window, tape in enumerate(tapes):
        check_tape(f"tapes[{window}]", tape, DynamicTape)
    num_steps = sum(tape.num_steps for tape in tapes)
    check_array("d_outputs", d_outputs, ("B", num_steps, tapes[0].tape.cell.output_size), tapes[0].tape.dtype)
    d_inputs, d_params, stop = [], None, num_steps
    d_state = d_final_state
    for tape in reversed(tapes):
        start = stop - tape.num_steps
        d_window, d_initial_state, d_window_params = dynamic_rnn_backward(tape, d_outputs[:, start:stop], d_state)
        d_inputs.insert(0, d_window)
        d_params = d_window_params if d_params is None else map_tree(np.add, d_params, d_window_params)
        # The cut: the window before gets no gradient for the state it handed over.
        d_state, stop = None, start
    return np.concatenate(d_inputs, axis=1), d_initial_state, d_params
