"""From a cell to its kernels, one layer after another.

``static_rnn`` runs all layers of a ``MultiRNNCell`` within a time step; here the lowest layer runs through the whole
sequence, then the next one over its outputs. Both orders compute the same numbers, because a layer at step t needs
only itself at t − 1 and the layer below at t.
"""

from dataclasses import dataclass

import numpy as np

from scratch.cell import Cell
from scratch.cells.dropout import DropoutWrapper, drop
from scratch.cells.lstm import BasicLSTMCell, LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.cells.rnn import BasicRNNCell
from scratch.jit.lstm import lstm_backward, lstm_forward
from scratch.jit.rnn import rnn_backward, rnn_forward
from scratch.tree import map_tree


@dataclass(frozen=True)
class JitTape:
    """What a compiled forward pass keeps: its arguments, and the arrays its kernel kept or the tapes of its layers."""

    cell: Cell
    params: dict
    x: np.ndarray
    lengths: np.ndarray
    kept: tuple

    @property
    def dtype(self):
        return self.x.dtype


def forward(cell, params, x, lengths, state, masks):
    """Run ``cell`` over x [T, B, D] from ``state`` and return ``(outputs [T, B, H], final_state, tape)``.

    The caller has checked the arguments, all but two things that this engine alone refuses: the cell and the dtype.
    """
    check_covered(cell)
    if x.dtype not in (np.float32, np.float64):
        raise TypeError(f"engine 'numba' computes in float32 and float64, but inputs are {x.dtype}")
    return run_forward(cell, *(map_tree(plain, tree) for tree in (params, x, lengths, state)), masks)


def backward(tape, d_outputs, d_final_state):
    """Return ``(d_x, d_initial_state, d_params)``, the adjoint of ``forward``."""
    return run_backward(tape, plain(d_outputs), map_tree(plain, d_final_state))


def run_forward(cell, params, x, lengths, state, masks):
    if isinstance(cell, MultiRNNCell):
        states, tapes = [], []
        for (name, layer, _), layer_state, layer_masks in zip(cell.layers(x.shape[2]), state, masks, strict=True):
            x_above, final_state, tape = run_forward(layer, params[name], x, lengths, layer_state, layer_masks)
            states.append(final_state)
            tapes.append(tape)
            x = x_above
        return x, tuple(states), JitTape(cell, params, tapes[0].x, lengths, tuple(tapes))
    if isinstance(cell, DropoutWrapper):
        dropped = plain(drop(x, masks.input, cell.input_keep_prob))
        outputs, final_state, tape = run_forward(cell.cell, params, dropped, lengths, state, masks.cell)
        outputs = plain(drop(outputs, masks.output, cell.output_keep_prob))
        return outputs, final_state, JitTape(cell, params, x, lengths, (tape, masks))
    kernel, bias, relu = params["kernel"], params["bias"], cell.activation == "relu"
    if isinstance(cell, BasicRNNCell):
        outputs, *kept = rnn_forward(kernel, bias, relu, x, lengths, state)
        final_state = kept[0][-1]
    else:
        outputs, *kept = lstm_forward(kernel, bias, cell.forget_bias, relu, x, lengths, *state)
        final_state = LSTMState(kept[0][-1], kept[1][-1])
    # Copied, so that writing into the final state cannot reach what the backward pass will read.
    return outputs, map_tree(np.copy, final_state), JitTape(cell, params, x, lengths, tuple(kept))


def run_backward(tape, d_outputs, d_final_state):
    cell = tape.cell
    if isinstance(cell, MultiRNNCell):
        d_states, d_params = [], []
        for layer_tape, d_state in zip(reversed(tape.kept), reversed(d_final_state), strict=True):
            d_outputs, d_initial_state, d_layer_params = run_backward(layer_tape, d_outputs, d_state)
            d_states.append(d_initial_state)
            d_params.append(d_layer_params)
        named = {f"cell_{layer}": d for layer, d in enumerate(reversed(d_params))}
        return d_outputs, tuple(reversed(d_states)), {name: named[name] for name in tape.params}
    if isinstance(cell, DropoutWrapper):
        inner, masks = tape.kept
        d_outputs = plain(drop(d_outputs, masks.output, cell.output_keep_prob))
        d_x, d_initial_state, d_params = run_backward(inner, d_outputs, d_final_state)
        return drop(d_x, masks.input, cell.input_keep_prob), d_initial_state, d_params
    kernel, relu = tape.params["kernel"], cell.activation == "relu"
    common = (kernel, relu, tape.x, tape.lengths, *tape.kept, d_outputs)
    if isinstance(cell, BasicRNNCell):
        d_x, d_initial_state, d_kernel, d_bias = rnn_backward(*common, d_final_state)
    else:
        d_x, *d_state, d_kernel, d_bias = lstm_backward(*common, *d_final_state)
        d_initial_state = LSTMState(*d_state)
    return d_x, d_initial_state, {"kernel": d_kernel, "bias": d_bias}


def plain(array):
    """Return the array in row-major order and writable, copying if it is not: each other layout compiles anew."""
    return np.require(array, requirements=["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])


def check_covered(cell):
    """Refuse, by name, a cell that has no kernel."""
    # The type itself, not a class of its own that inherits from it: what that computes, no kernel can know.
    if type(cell) is MultiRNNCell:
        for layer in cell.cells:
            check_covered(layer)
    elif type(cell) is DropoutWrapper:
        if cell.state_keep_prob < 1:
            raise ValueError("engine 'numba' drops inputs and outputs, but not states; engine 'numpy' drops all three")
        check_covered(cell.cell)
    elif type(cell) not in (BasicRNNCell, BasicLSTMCell):
        raise ValueError(
            "engine 'numba' runs BasicRNNCell, BasicLSTMCell, and MultiRNNCell and DropoutWrapper of these, "
            f"but not {type(cell).__name__}; engine 'numpy' runs every cell"
        )
