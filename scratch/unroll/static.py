"""One cell applied step after step to a list of inputs: ``tf.compat.v1.nn.static_rnn``.

    forward    live_t = t < sequence_length
               output_t = where(live_t, output, 0)        state_t = where(live_t, new_state, state_{t−1})
    backward   a dead row hands d_state straight back to state_{t−1}; its cell, its input and the weights get exactly 0

The loop is in ``scratch/loop.py``, and the derivation in ``docs/unroll/static.md``. TensorFlow writes T copies of the
cell into a graph; where there is none, a list is ``dynamic.py`` with time first, taken apart again.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Unpack

import numpy as np

from scratch.arguments import UnrollOptions, check_tape
from scratch.arrays import Array, DType, Float, Lengths, Masks, Params, State
from scratch.cell import Cell
from scratch.checks import check_array
from scratch.unroll.dynamic import DynamicTape, dynamic_rnn, dynamic_rnn_backward


def static_rnn(
    cell: Cell,
    params: Params,
    inputs: Sequence[Float[Array, "B D"]],
    initial_state: State = None,
    sequence_length: Lengths = None,
    masks: Masks = None,
    *,
    engine: str = "numpy",
    reverse: bool = False,
    **options: Unpack[UnrollOptions],
) -> tuple[list[Float[Array, "B output"]], State, Any]:
    """Unroll ``cell`` over ``inputs``, a list of T arrays [B, D], and return ``(outputs, final_state, tape)``.

    - ``initial_state``: in the structure of ``cell.state_size``, arrays [B, size]; zeros where not given.
    - ``sequence_length``: [B] integers from 0 to T. Past its length a row's outputs are exactly 0 and its state is
      copied, so its final state is that of its own last step. What the inputs hold there is never looked at.
    - ``masks``: from ``cell.draw_masks``, for a cell with dropout and for no other.
    - ``engine``, ``reverse``, ``checkpoint_every``, ``keep_tape``, ``keep_states``, ``mask``,
      ``zero_output_for_mask``: those of ``dynamic_rnn``; ``tape.states`` are arrays [T, B, size].

    ``outputs`` is a list of T arrays [B, output_size]; everything has the dtype of the inputs, float32 or float64.
    Raises ``TypeError`` or ``ValueError``, by name, for arguments that do not fit one another.
    Source: ``tf.compat.v1.nn.static_rnn``.
    """
    check_steps(inputs)
    run = partial(dynamic_rnn, cell, params, np.stack(inputs), sequence_length, initial_state, time_major=True)
    outputs, state, tape = run(engine=engine, masks=masks, reverse=reverse, **options)
    return list(outputs), state, tape


def static_rnn_backward(
    tape: DynamicTape, d_outputs: Sequence[Float[Array, "B output"]] | None = None, d_final_state: State = None
) -> tuple[list[Float[Array, "B D"]], State, Params]:
    """Return ``(d_inputs, d_initial_state, d_params)``, the gradients of every argument of ``static_rnn``.

    - ``d_outputs``: a list of T arrays [B, output_size], the gradient of each output; zeros where not given.
    - ``d_final_state``: the gradient of the final state, in its structure; zeros where not given.

    ``d_inputs`` is a list of T arrays [B, D], exactly 0 past the end of a row.
    """
    check_tape("tape", tape, DynamicTape)
    if not tape.time_major:
        raise ValueError("tape must be that of static_rnn, but is of batch-major inputs")
    d_steps = None
    if d_outputs is not None:
        num_steps, batch_size, output_size = tape.output_shape
        check_d_outputs(d_outputs, num_steps, (batch_size, output_size), tape.tape.dtype)
        d_steps = np.stack(d_outputs)
    d_inputs, d_initial_state, d_params = dynamic_rnn_backward(tape, d_steps, d_final_state)
    return list(d_inputs), d_initial_state, d_params


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
