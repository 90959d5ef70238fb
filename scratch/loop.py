"""The loop over time, forward and back: what every way to unroll in this package comes down to.

    forward    live_t = t < sequence_length
               output_t = where(live_t, output, 0)        state_t = where(live_t, new_state, state_{t−1})
    backward   a dead row hands d_state straight back to state_{t−1}; its cell, its input and the weights get exactly 0

This is the whole of backpropagation through time. The derivation is in ``docs/unroll/static.md``. It stands outside the
wings because the engines, ``scratch/engines.py``, are made of it, and the unrolls of the engines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from scratch.arrays import Array, Bool, Cache, Float, Masks, Params, State
from scratch.cell import Cell, masked_forward
from scratch.finite import quiet
from scratch.tree import map_tree


@dataclass(frozen=True)
class Tape:
    """What a forward pass keeps for its backward pass: one cache for each time step, and which rows were live.

    ``states``: those after each step, where they were asked for.
    It refers to the arrays it was given: write into none of them before the backward pass.
    """

    cell: Cell
    params: Params
    caches: list[Cache]
    live: Bool[Array, "T B 1"] | None
    batch_size: int
    dtype: np.dtype
    states: Sequence[State] = ()


@quiet
def forward_steps(
    cell: Cell,
    params: Params,
    inputs: Sequence[Float[Array, "B D"]] | Float[Array, "T B D"],
    state: State,
    live: Bool[Array, "T B 1"] | None,
    masks: Masks,
    states: list[State] | None = None,
) -> tuple[list[Float[Array, "B output"]], State, list[Cache]]:
    """Return ``(outputs, state, caches)`` of a stretch of steps; what goes in has been checked.

    The state after each step is added to the list ``states``, where there is one.
    """
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
        if states is not None:
            states.append(state)
    return outputs, state, caches


@quiet
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
