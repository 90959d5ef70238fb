"""Backpropagation through time on a short tape: keep few states, and compute the rest a second time.

    forward    of the states s_0 … s_T, keep s_0, s_k, s_{2k}, … and no cache
    backward   each stretch of k steps, the last one first: run it again from its s, now with caches, and differentiate

The tape holds T/k states and, one stretch at a time, k caches: least near k = √T. The second run does what the first
did, number by number, so results and gradients are those of the full tape to the last bit. It is one more forward pass,
and nothing else is paid. ``dynamic_rnn(…, checkpoint_every=k)`` calls it. Chen et al. (2016), "Training deep nets with
sublinear memory cost". The page is ``docs/unroll/checkpointed.md``.
"""

from dataclasses import dataclass

import numpy as np

from scratch.arrays import Array, Bool, Float, Masks, Params, State
from scratch.cell import Cell
from scratch.loop import Tape, backward_steps, forward_steps
from scratch.tree import map_tree


@dataclass(frozen=True)
class CheckpointedTape:
    """What the forward pass keeps: the state before every k-th step, and its arguments to run from there again.

    It refers to the arrays it was given: write into none of them before the backward pass.
    """

    cell: Cell
    params: Params
    inputs: Float[Array, "T B D"]
    live: Bool[Array, "T B 1"] | None
    masks: Masks
    checkpoint_every: int
    states: list[State]

    @property
    def dtype(self) -> "np.dtype":
        return self.inputs.dtype

    def stretches(self) -> list[tuple[slice, State]]:
        """Return the pairs ``(steps, state)``: the slice of each stretch, and the state it starts from."""
        starts = range(0, len(self.inputs), self.checkpoint_every)
        return [(slice(t, t + self.checkpoint_every), state) for t, state in zip(starts, self.states, strict=True)]

    def arguments(self, steps: slice) -> tuple[Float[Array, "S B D"], Bool[Array, "S B 1"] | None, Masks]:
        """Return ``(inputs, live, masks)`` of a stretch."""
        live = None if self.live is None else self.live[steps]
        return self.inputs[steps], live, map_tree(lambda mask: mask[steps], self.masks)


def checkpointed_rnn(
    cell: Cell,
    params: Params,
    inputs: Float[Array, "T B D"],
    checkpoint_every: int,
    state: State,
    live: Bool[Array, "T B 1"] | None = None,
    masks: Masks = (),
    keep_tape: bool = True,
) -> tuple[Float[Array, "T B output"], State, CheckpointedTape]:
    """Unroll ``cell`` over ``inputs`` [T, B, D] and return ``(outputs [T, B, output_size], final_state, tape)``.

    ``state`` is the one to start from, ``live`` [T, B, 1] says which rows go on; ``dynamic_rnn`` has checked them all.
    Without ``keep_tape`` the tape holds no state, for a run that has no backward pass.
    """
    num_steps, batch_size, _ = inputs.shape
    outputs = np.empty((num_steps, batch_size, cell.output_size), inputs.dtype)
    tape = CheckpointedTape(cell, params, inputs, live, masks, checkpoint_every, states=[])
    for start in range(0, num_steps, checkpoint_every):
        if keep_tape:
            tape.states.append(state)
        steps = slice(start, start + checkpoint_every)
        xs, live_steps, step_masks = tape.arguments(steps)
        # The third result, the caches, gets no name, so that it is freed before the next stretch makes its own.
        outputs[steps], state = forward_steps(cell, params, xs, state, live_steps, step_masks)[:2]
    # Copied, as in static.py, because the caller may write to results.
    return outputs, map_tree(np.copy, state), tape


def checkpointed_rnn_backward(
    tape: CheckpointedTape, d_outputs: Float[Array, "T B output"], d_final_state: State
) -> tuple[Float[Array, "T B D"], State, Params]:
    """Return ``(d_inputs [T, B, D], d_initial_state, d_params)`` from d_outputs [T, B, output_size]."""
    d_inputs, d_state = np.empty(tape.inputs.shape, tape.dtype), d_final_state
    d_params = map_tree(np.zeros_like, tape.params)
    for steps, state in reversed(tape.stretches()):
        d_inputs[steps], d_state = stretch_backward(tape, steps, state, d_outputs[steps], d_state, d_params)
    return d_inputs, d_state, d_params


def states_of_stretches(tape: CheckpointedTape) -> list[State]:
    """Return the state after each step, each stretch run once more."""
    states: list[State] = []
    for steps, state in tape.stretches():
        inputs, live, masks = tape.arguments(steps)
        forward_steps(tape.cell, tape.params, inputs, state, live, masks, states)
    return states


def stretch_backward(
    tape: CheckpointedTape,
    steps: slice,
    state: State,
    d_outputs: Float[Array, "S B output"],
    d_state: State,
    d_params: Params,
) -> tuple[list[Float[Array, "B D"]], State]:
    """Run one stretch again, with caches, and differentiate it; on return they are gone.

    ``state`` is the one that the stretch starts from, ``d_state`` the gradient of the one that it ends with. Returns
    ``(d_inputs, gradient of state)`` and adds to ``d_params``.
    """
    inputs, live, masks = tape.arguments(steps)
    caches = forward_steps(tape.cell, tape.params, inputs, state, live, masks)[2]
    stretch = Tape(tape.cell, tape.params, caches, live, inputs.shape[1], tape.dtype)
    return backward_steps(stretch, d_outputs, d_state, d_params)
