"""``LastOutput`` above an unrolled cell, as one layer: the output of a row's last step is the h of its final state.

So the gradient comes in through the final state, and ∂L/∂outputs, 0 at every step, is neither written nor read. That
is so for cells whose output is their h, which all compiled ones are; a row of length 0 has no output, and its y is 0.
"""

from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Params, State
from scratch.cells.lstm import LSTMState
from scratch.jit.cells import is_compiled
from scratch.layer import NOTHING, Given, Kept, Layer
from scratch.training.layers import RNN, LastOutput
from scratch.training.network import Network
from scratch.unroll.dynamic import dynamic_rnn_backward


class LastOfRNN(RNN):
    """y_b = outputs_{b, length_b − 1}: ``RNN`` and ``LastOutput``, the lowest of a network."""

    def forward(
        self, params: Params, x: Float[Array, "B T D"], given: Given = NOTHING
    ) -> tuple[Float[Array, "B H"], Kept]:
        _, kept = super().forward(params, x, given)
        h = h_of(kept.state)
        if given.sequence_length is not None:
            h = np.where(np.asarray(given.sequence_length)[:, None] > 0, h, 0)
        return h, kept._replace(cache=(kept.cache, kept.state))

    def chain_d_params(self, params: Params, kept: Kept, d_y: Float[Array, "B H"]) -> Params:
        tape, state = kept.cache
        # What a row of length 0 gets here goes to its initial state, for which nobody asks.
        d_state = LSTMState(np.zeros_like(state.c), d_y) if isinstance(state, LSTMState) else d_y
        return dynamic_rnn_backward(tape, None, d_state, needs_d_inputs=False)[2]

    def __repr__(self) -> str:
        # As the caller knows it, where an error says in which layer it was.
        return repr(RNN(self.cell, self.start))

    chain_forward = forward


def h_of(state: State) -> Any:
    return state.h if isinstance(state, LSTMState) else state


def with_last_output(layers: dict[str, Layer]) -> dict[str, Layer]:
    """Return the layers of a network, in which a ``LastOutput`` above an unrolled cell is one with the latter."""
    (name, layer), *above = layers.items()
    last = last_of(layer)
    if last is None or not above or type(above[0][1]) is not LastOutput:
        return layers
    return {name: last, **dict(above[1:])}


def last_of(layer: Layer) -> Layer | None:
    """Return an unrolled cell, or a network of nothing else, with its ``LastOutput``; ``None`` for another layer."""
    if type(layer) is Network and len(layer.layers) == 1:
        ((name, inner),) = layer.layers.items()
        last = last_of(inner)
        return None if last is None else Network({name: last})
    return LastOfRNN(layer.cell, layer.start) if type(layer) is RNN and is_compiled(layer.cell) else None
