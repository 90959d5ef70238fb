"""One cell applied step after step to a list of inputs: ``tf.compat.v1.nn.static_rnn``.

    forward    live_t = t < sequence_length
               output_t = where(live_t, output, 0)        state_t = where(live_t, new_state, state_{t−1})
    backward   a dead row hands d_state straight back to state_{t−1}; its cell, its input and the weights get exactly 0

This loop, forward and back, is the whole of backpropagation through time; every other way to unroll in this package
calls it. The derivation is in ``docs/unroll/static.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from scratch.arrays import Array, Bool, Cache, DType, Float, Lengths, Masks, Params, State
from scratch.cell import Cell, masked_forward
from scratch.checks import check_array, check_lengths, check_masks, check_state
from scratch.fit import check_fit
from scratch.tree import map_tree, named_leaves


@dataclass(frozen=True)
class Tape:
    """What a forward pass keeps for its backward pass: one cache for each time step, and which rows were live.

    It refers to the arrays it was given: write into none of them before the backward pass.
    """

    cell: Cell
    params: Params
    caches: list[Cache]
    live: Bool[Array, "T B 1"] | None
    batch_size: int
    dtype: np.dtype


def static_rnn(
    cell: Cell,
    params: Params,
    inputs: Sequence[Float[Array, "B D"]],
    initial_state: State = None,
    sequence_length: Lengths = None,
    masks: Masks = None,
) -> tuple[list[Float[Array, "B output"]], State, Tape]:
    """Unroll ``cell`` over ``inputs``, a list of T arrays [B, D], and return ``(outputs, final_state, tape)``.

    - ``initial_state``: in the structure of ``cell.state_size``, arrays [B, size]; zeros where not given.
    - ``sequence_length``: [B] integers from 0 to T. Past its length a row's outputs are exactly 0 and its state is
      copied, so its final state is that of its own last step. What the inputs hold there is never looked at.
    - ``masks``: from ``cell.draw_masks``, for a cell with dropout and for no other.

    ``outputs`` is a list of T arrays [B, output_size]; everything has the dtype of the inputs, float32 or float64.
    Raises ``TypeError`` or ``ValueError``, by name, for arguments that do not fit one another.
    Source: ``tf.compat.v1.nn.static_rnn``.
    """
    check_steps(inputs)
    (batch_size, input_size), dtype = inputs[0].shape, inputs[0].dtype
    state = check_arguments(cell, params, batch_size, input_size, dtype, initial_state)
    live = None
    if sequence_length is not None:
        lengths = check_lengths(sequence_length, batch_size, len(inputs))
        live = np.arange(len(inputs))[:, None, None] < lengths[:, None]  # [T, B, 1]
    masks = check_sequence_masks(cell, masks, len(inputs), batch_size, input_size)
    outputs, state, caches = forward_steps(cell, params, inputs, state, live, masks)
    # Copied, because the caller may write to results, and a cell's cache may hold the array that it returned.
    outputs, state = [output.copy() for output in outputs], map_tree(np.copy, state)
    return outputs, state, Tape(cell, params, caches, live, batch_size, dtype)


def forward_steps(
    cell: Cell,
    params: Params,
    inputs: Sequence[Float[Array, "B D"]] | Float[Array, "T B D"],
    state: State,
    live: Bool[Array, "T B 1"] | None,
    masks: Masks,
) -> tuple[list[Float[Array, "B output"]], State, list[Cache]]:
    """Return ``(outputs, state, caches)`` of a stretch of steps; what goes in has been checked."""
    outputs, caches = [], []
    for t, x in enumerate(inputs):
        old_state = state
        if live is not None:
            # The results of a dead row are dropped. Its inputs are 0, because in the backward pass 0 · NaN is not 0.
            x = np.where(live[t], x, 0)
            state = map_tree(lambda old, live_t=live[t]: np.where(live_t, old, 0), state)
        step_masks = map_tree(lambda mask, t=t: mask[t], masks)
        output, new_state, cache = masked_forward(cell, params, x, state, step_masks)
        if live is not None:
            output = np.where(live[t], output, 0)
            new_state = map_tree(partial(np.where, live[t]), new_state, old_state)
        state = new_state
        outputs.append(output)
        caches.append(cache)
    return outputs, state, caches


def static_rnn_backward(
    tape: Tape, d_outputs: Sequence[Float[Array, "B output"]] | None = None, d_final_state: State = None
) -> tuple[list[Float[Array, "B D"]], State, Params]:
    """Return ``(d_inputs, d_initial_state, d_params)``, the gradients of every argument of ``static_rnn``.

    - ``d_outputs``: a list of T arrays [B, output_size], the gradient of each output; zeros where not given.
    - ``d_final_state``: the gradient of the final state, in its structure; zeros where not given.

    ``d_inputs`` is a list of T arrays [B, D], exactly 0 past the end of a row.
    """
    check_tape("tape", tape, Tape)
    cell, params = tape.cell, tape.params
    num_steps, nothing = len(tape.caches), np.zeros((tape.batch_size, cell.output_size), tape.dtype)
    if d_outputs is None:
        d_outputs = [nothing] * num_steps
    check_d_outputs(d_outputs, num_steps, nothing.shape, tape.dtype)
    d_state = d_final_state
    if d_state is None:
        d_state = cell.zero_state(tape.batch_size, tape.dtype)
    check_state("d_final_state", d_state, cell.state_size, tape.batch_size, tape.dtype)

    d_params = map_tree(np.zeros_like, params)
    d_inputs, d_initial_state = backward_steps(tape, d_outputs, d_state, d_params)
    return d_inputs, d_initial_state, d_params


def backward_steps(
    tape: Tape,
    d_outputs: Sequence[Float[Array, "B output"]] | Float[Array, "T B output"],
    d_state: State,
    d_params: Params,
) -> tuple[list[Float[Array, "B D"]], State]:
    """Return ``(d_inputs, d_initial_state)`` of a stretch of steps, and add its part to ``d_params``.

    One running sum over all stretches: it adds in the order of one long pass, so cutting that changes no bit.
    """
    cell, params, live = tape.cell, tape.params, tape.live
    d_inputs: list[Any] = [None] * len(tape.caches)
    for t in reversed(range(len(tape.caches))):
        d_output, d_new_state = d_outputs[t], d_state
        if live is not None:
            # output_t = where(live, output, 0)     state_t = where(live, new_state, state_{t−1})
            d_output = np.where(live[t], d_output, 0)
            d_new_state = map_tree(lambda d, live_t=live[t]: np.where(live_t, d, 0), d_state)
        d_x, d_previous, d_step_params = cell.backward(params, tape.caches[t], d_output, d_new_state)
        if live is not None:
            # The gradient of a copied state does not go through the cell.
            d_previous = map_tree(partial(np.where, live[t]), d_previous, d_state)
        d_state = d_previous
        d_inputs[t] = d_x
        # Every step uses the same weights, so their gradient is the sum over the steps.
        map_tree(lambda total, d: np.add(total, d, out=total), d_params, d_step_params)
    return d_inputs, d_state


def check_tape(name: str, tape: Any, kind: type) -> None:
    """Refuse all but the tape that the matching forward function returned."""
    if not isinstance(tape, kind):
        came = type(tape).__name__
        raise TypeError(f"{name} must be the {kind.__name__} of the matching forward pass, but is {came}")


def check_steps(inputs: Any) -> None:
    """Refuse all but a list of arrays [B, D] of one shape and dtype, at least one."""
    if not isinstance(inputs, list | tuple):
        raise TypeError(f"inputs must be a list of arrays [B, D], one a time step, but is {type(inputs).__name__}")
    if not inputs:
        raise ValueError("inputs must hold at least one time step, but is empty")
    check_array("inputs[0]", inputs[0], ("B", "D"))
    for t, x in enumerate(inputs):
        check_array(f"inputs[{t}]", x, inputs[0].shape, inputs[0].dtype)


def check_d_outputs(d_outputs: Any, num_steps: int, shape: tuple[int, int], dtype: DType) -> None:
    """Refuse all but a list of ``num_steps`` arrays of this shape and dtype."""
    if not isinstance(d_outputs, list | tuple) or len(d_outputs) != num_steps:
        raise ValueError(f"d_outputs must be a list of {num_steps} arrays, one for each output")
    for t, d_output in enumerate(d_outputs):
        check_array(f"d_outputs[{t}]", d_output, shape, dtype)


def check_arguments(
    cell: Any, params: Any, batch_size: int, input_size: int, dtype: DType, initial_state: Any
) -> State:
    """Check what every way to unroll takes, and return the state to start from."""
    if not isinstance(cell, Cell):
        raise TypeError(f"cell must be a cell such as BasicLSTMCell(128), but is {type(cell).__name__}")
    if input_size == 0:
        raise ValueError("inputs must have at least one feature, but their last axis is empty")
    check_fit(params, cell.param_shapes, input_size, dtype, "inputs")
    if initial_state is None:
        return cell.zero_state(batch_size, dtype)
    check_state("initial_state", initial_state, cell.state_size, batch_size, dtype)
    return initial_state


def check_sequence_masks(
    cell: Cell, masks: Any, num_steps: int, batch_size: int, input_size: int, name: str = "masks"
) -> Masks:
    """Check the masks of a whole sequence, and return them, or an empty structure for a cell that takes none."""
    sizes = cell.mask_sizes(input_size)
    if masks is None:
        if any(named_leaves(sizes)):
            raise ValueError(
                f"{name} must be given for a cell with dropout: "
                f"cell.draw_masks(rng, num_steps={num_steps}, batch_size={batch_size}, input_size={input_size})"
            )
        return sizes
    check_masks(name, masks, sizes, num_steps, batch_size)
    return masks
