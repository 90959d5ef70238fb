"""Truncated backpropagation through time: one long series, walked window by window.

    forward    the state that a window ends with is the state that the next one starts from
    backward   what a window has lost reaches back through that window and reach − 1 windows before it, and no further

The forward pass is that of one long ``dynamic_rnn``, to the last bit; only the gradient is cut, so no more tapes are
needed than ``reach``. With windows of k1 steps there is an update every k1 steps, whose gradient reaches back
k2 = reach · k1 steps: Williams and Peng (1990), BPTT(h; h′) with h′ = k1 and h = k2; Sutskever (2013), section 2.8.6.
The page is ``docs/unroll/truncated.md``.
"""

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from scratch.arguments import UnrollOptions, check_arguments, check_sequence_masks, check_step_mask, check_tape
from scratch.arrays import Array, Float, Lengths, Masks, Params, State
from scratch.cell import Cell
from scratch.checks import check_array, check_lengths
from scratch.finite import quiet
from scratch.options import check_count
from scratch.shown import shown
from scratch.tree import map_tree
from scratch.unroll.dynamic import DynamicTape, dynamic_rnn, dynamic_rnn_backward

# More would fill the memory.
MOST_WINDOWS = 10**6


def windows(num_steps: int, truncated_backprop_length: int | Sequence[int]) -> list[slice]:
    """Return the slices that cut ``num_steps`` time steps into windows.

    ``truncated_backprop_length`` is the width of every window, the last one shorter if it does not divide; or a list
    with the width of each, which must add up to ``num_steps``.
    """
    num_steps = check_count("num_steps", num_steps)
    if isinstance(truncated_backprop_length, list | tuple):
        widths = [
            check_count(f"truncated_backprop_length[{window}]", width)
            for window, width in enumerate(truncated_backprop_length)
        ]
        if sum(widths) != num_steps:
            raise ValueError(
                f"truncated_backprop_length must add up to {num_steps} time steps, "
                f"but {shown(widths)} add up to {sum(widths)}"
            )
        stops = np.cumsum(widths).tolist()
    else:
        width = check_count("truncated_backprop_length", truncated_backprop_length)
        if num_steps // width > MOST_WINDOWS:
            words = f"{MOST_WINDOWS} windows of truncated_backprop_length {width}"
            raise ValueError(f"num_steps must be at most {words}, but is {num_steps}")
        stops = [min(start + width, num_steps) for start in range(0, num_steps, width)]
    return [slice(start, stop) for start, stop in zip([0, *stops[:-1]], stops, strict=True)]


def truncated_rnn(
    cell: Cell,
    params: Params,
    inputs: Float[Array, "B T D"],
    truncated_backprop_length: int | Sequence[int],
    sequence_length: Lengths = None,
    initial_state: State = None,
    engine: str = "numpy",
    masks: Masks = None,
    **options: Unpack[UnrollOptions],
) -> tuple[Float[Array, "B T output"], State, list[DynamicTape] | None]:
    """Unroll ``cell`` over ``inputs`` [B, T, D] window by window and return ``(outputs, final_state, tapes)``.

    ``truncated_backprop_length`` is the number of time steps in a window, or a list with that of each. The other
    arguments, by name also ``checkpoint_every``, ``keep_tape``, ``keep_states`` and ``mask``, the results and the
    errors are those of ``dynamic_rnn``; ``tapes`` holds one tape a window, or is ``None`` without ``keep_tape``. A row
    that ends inside a window is dead in all that follow; its outputs there are 0, as no window has that of another.

    To train on each window before the next is run, loop over ``windows`` and call ``dynamic_rnn`` on each with the
    final state of the one before, as ``scratch/tasks/echo.py`` does; keep the last ``reach`` tapes and call
    ``last_window_backward`` on them where the gradient shall reach further than its own window.
    """
    check_array("inputs", inputs, ("B", "T", "D"))
    batch_size, num_steps, _ = inputs.shape
    if num_steps == 0:
        raise ValueError(f"inputs must have at least one time step, but their shape is {list(inputs.shape)}")
    slices = windows(num_steps, truncated_backprop_length)
    lengths = np.full(batch_size, num_steps)
    if sequence_length is not None:
        lengths = check_lengths(sequence_length, batch_size, num_steps)
    check_arguments(cell, params, batch_size, inputs.shape[2], inputs.dtype, initial_state)
    masks = check_sequence_masks(cell, masks, num_steps, batch_size, inputs.shape[2])
    if not options.get("zero_output_for_mask", True):
        raise ValueError("zero_output_for_mask must be True in truncated_rnn: a window has no output of another")
    shared: dict[str, Any] = {"engine": engine, **options}
    mask = shared.pop("mask", None)
    if mask is not None:
        check_step_mask(mask, batch_size, num_steps)
    outputs, tapes, state = [], [], initial_state
    for window in slices:
        # Of a row's length, this window sees what is left of it, at most its own width.
        left = np.clip(lengths - window.start, 0, window.stop - window.start)
        window_masks = map_tree(lambda mask, window=window: mask[window], masks)
        window_mask = None if mask is None else mask[:, window]
        window_outputs, state, tape = dynamic_rnn(
            cell, params, inputs[:, window], left, state, masks=window_masks, mask=window_mask, **shared
        )
        outputs.append(window_outputs)
        tapes.append(tape)
    return np.concatenate(outputs, axis=1), state, None if tapes[0] is None else tapes


@quiet
def truncated_rnn_backward(
    tapes: list[DynamicTape], d_outputs: Float[Array, "B T output"], d_final_state: State = None, reach: int = 1
) -> tuple[Float[Array, "B T D"], State, Params]:
    """Return ``(d_inputs, d_initial_state, d_params)``, each the sum over the windows of what each one has lost.

    - ``d_outputs``: [B, T, output_size].
    - ``d_final_state``: belongs to the last window.
    - ``reach``: the gradient of a window's outputs is cut ``reach`` windows back, its own counted; with as many as
      there are windows it is cut nowhere. ``d_initial_state`` comes from the first ``reach`` windows alone.
    """
    check_tapes(tapes)
    reach = check_count("reach", reach)
    cell, dtype = tapes[0].tape.cell, tapes[0].tape.dtype
    slices = windows(sum(tape.num_steps for tape in tapes), [tape.num_steps for tape in tapes])
    num_steps = slices[-1].stop
    check_array("d_outputs", d_outputs, ("B", num_steps, cell.output_size), dtype)
    d_inputs: Any = None
    d_params: Any = None
    d_initial_state: State = None
    for last, window in reversed(list(enumerate(slices))):
        first = max(0, last - reach + 1)
        d_state = d_final_state if last == len(tapes) - 1 else None
        d_span, d_first_state, d_window_params = last_window_backward(
            tapes[first : last + 1], d_outputs[:, window], d_state
        )
        if d_inputs is None:
            d_inputs = np.zeros((len(d_outputs), num_steps, d_span.shape[2]), dtype)
            d_initial_state = map_tree(np.zeros_like, d_first_state)
        d_inputs[:, slices[first].start : window.stop] += d_span
        if first == 0:
            # Only here is the state that the span starts from an argument; all others are cut off.
            d_initial_state = map_tree(np.add, d_initial_state, d_first_state)
        d_params = d_window_params if d_params is None else map_tree(np.add, d_params, d_window_params)
    return d_inputs, d_initial_state, d_params


@quiet
def last_window_backward(
    tapes: list[DynamicTape], d_outputs: Float[Array, "B _ output"] | None, d_final_state: State = None
) -> tuple[Float[Array, "B T D"], State, Params]:
    """Return ``(d_inputs, d_first_state, d_params)``, the last window's loss taken back through all.

    - ``tapes``: one ``dynamic_rnn`` tape a window, each started from the final state of the one before.
    - ``d_outputs``: the gradient of the last window's outputs; ``d_final_state``: of the state after it.

    ``d_inputs`` covers the steps of all these windows, ``d_first_state`` is the gradient of the state that the first
    one started from. Where the weights changed from window to window, each is differentiated at the weights it ran
    with, and ``d_params`` is the sum.
    """
    check_tapes(tapes)
    d_inputs: list[Array] = []
    d_params: Any = None
    d_state = d_final_state
    for tape in reversed(tapes):
        # Of the outputs, only the last window's have a loss here; the windows before hand on the state's gradient.
        d_window, d_state, d_own_params = dynamic_rnn_backward(tape, d_outputs, d_state)
        d_outputs = None
        d_inputs.insert(0, d_window)
        d_params = d_own_params if d_params is None else map_tree(np.add, d_params, d_own_params)
    return np.concatenate(d_inputs, axis=1), d_state, d_params


def check_tapes(tapes: Any) -> None:
    """Refuse all but a list of the tapes of windows."""
    if not isinstance(tapes, list) or not tapes:
        raise TypeError("tapes must be the list that truncated_rnn returned")
    for window, tape in enumerate(tapes):
        check_tape(f"tapes[{window}]", tape, DynamicTape)
        if tape.time_major:
            raise ValueError(f"tapes[{window}] must be of batch-major inputs, but is of time-major ones")
