"""From a cell to its kernels, one layer after another.

``static_rnn`` runs all layers of a ``MultiRNNCell`` within a time step; here the lowest layer runs through the whole
sequence, then the next one over its outputs. Both orders compute the same numbers, because a layer at step t needs
only itself at t − 1 and the layer below at t.
"""

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from scratch.cell import Cell
from scratch.cells.dropout import DropoutWrapper, drop
from scratch.cells.lstm import LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.cells.residual import ResidualWrapper
from scratch.jit.cells import equations_of
from scratch.jit.machine.compiler import announced
from scratch.jit.machine.memory import empty
from scratch.jit.machine.threads import COPYING, run, share_count, shares
from scratch.jit.walk.layer import Layer
from scratch.jit.walk.plan import Ends
from scratch.jit.walk.rows import clear_ends
from scratch.jit.walk.schedule import strides
from scratch.tree import map_tree


@dataclass(frozen=True)
class Batch:
    """What all layers of a run share: the lengths [B], their sum, and the layout of the caller's arrays."""

    lengths: np.ndarray
    num_tokens: int
    num_steps: int
    time_major: bool
    dtype: np.dtype
    keep_tape: bool

    def array(self, width):
        """Return an array [B, T, width] or [T, B, width] with zeros past the end of each row, and anything before."""
        sizes = (self.num_steps, len(self.lengths)) if self.time_major else (len(self.lengths), self.num_steps)
        array = empty((*sizes, width), self.dtype)
        padding = self.num_steps * len(self.lengths) - self.num_tokens
        if padding:
            layout = strides(len(self.lengths), self.num_steps, self.time_major)
            each = partial(clear_ends, self.lengths, *layout, matrix(array))
            run(each, *shares(self.num_steps, share_count(COPYING * padding * width)))
        return array

    def add_live(self, array, other):
        """Return the sum of two such arrays, zeros past the end of each row."""
        total = self.array(array.shape[2])
        live = np.arange(self.num_steps)[:, None, None] < self.lengths[:, None]
        np.add(array, other, out=total, where=live if self.time_major else live.swapaxes(0, 1))
        return total

    def by_step(self, array):
        """Return an array of the caller's layout as [T, B, …], or one of that as the caller's."""
        return array if self.time_major else array.swapaxes(0, 1)


@dataclass(frozen=True)
class JitTape:
    """What a compiled forward pass keeps: of one layer, its kernels' tape; of a wrapper, the tapes within it."""

    cell: Cell
    params: dict
    input_size: int
    batch: Batch
    kept: tuple

    @property
    def dtype(self):
        return self.batch.dtype


def forward(cell, params, inputs, lengths, state, masks, time_major, keep_tape=True):
    """Run ``cell`` over ``inputs`` from ``state`` and return ``(outputs, final_state, tape)``, in the same layout.

    Without ``keep_tape`` the tape is ``None``, and the memory of one takes no more than two steps.
    The caller has checked the arguments, all but two things that this engine alone refuses: the cell and the dtype.
    """
    check_covered(cell)
    if inputs.dtype not in (np.float32, np.float64):
        raise TypeError(f"engine 'numba' computes in float32 and float64, but inputs are {inputs.dtype}")
    num_steps = inputs.shape[0 if time_major else 1]
    batch = Batch(lengths, int(lengths.sum()), num_steps, time_major, inputs.dtype, keep_tape)
    params, inputs, state = (map_tree(plain, tree) for tree in (params, inputs, state))
    outputs, final_state, tape = run_forward(cell, params, inputs, state, map_tree(batch.by_step, masks), batch)
    return outputs, final_state, tape if keep_tape else None


def backward(tape, d_outputs, d_final_state):
    """Return ``(d_inputs, d_initial_state, d_params)``, the adjoint of ``forward``."""
    # The array's own ``copy`` is row-major, as the kernels need it; ``np.copy`` keeps the order of what it copies.
    return run_backward(tape, plain(d_outputs), map_tree(np.ndarray.copy, d_final_state))


def run_forward(cell, params, x, state, masks, batch):
    input_size = x.shape[2]
    if isinstance(cell, MultiRNNCell):
        states, tapes = [], []
        for (name, layer, _), layer_state, layer_masks in zip(cell.layers(input_size), state, masks, strict=True):
            x, final_state, tape = run_forward(layer, params[name], x, layer_state, layer_masks, batch)
            states.append(final_state)
            tapes.append(tape)
        return x, tuple(states), JitTape(cell, params, input_size, batch, tuple(tapes))
    if isinstance(cell, DropoutWrapper):
        dropped = plain(drop(x, masks.input, cell.input_keep_prob))
        outputs, final_state, tape = run_forward(cell.cell, params, dropped, state, masks.cell, batch)
        outputs = plain(drop(outputs, masks.output, cell.output_keep_prob))
        return outputs, final_state, JitTape(cell, params, input_size, batch, (tape, masks))
    if isinstance(cell, ResidualWrapper):
        outputs, final_state, tape = run_forward(cell.cell, params, x, state, masks, batch)
        return batch.add_live(outputs, x), final_state, JitTape(cell, params, input_size, batch, tape)
    outputs = batch.array(cell.output_size)
    # A copy, which the walk makes the final state of.
    final_state = map_tree(np.ndarray.copy, state)
    with announced(type(cell).__name__, "forward in", batch.dtype):
        layer = layer_of(cell, input_size, batch.dtype)
        schedule = layer.schedule(batch.lengths, batch.num_tokens, batch.num_steps, batch.time_major)
        tape = layer.run_forward(params, schedule, ends_of(x, outputs, final_state), batch.keep_tape)
    return outputs, final_state, JitTape(cell, params, input_size, batch, tape)


def run_backward(tape, d_outputs, d_final_state):
    cell, batch = tape.cell, tape.batch
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
    if isinstance(cell, ResidualWrapper):
        d_x, d_initial_state, d_params = run_backward(tape.kept, d_outputs, d_final_state)
        return batch.add_live(d_x, d_outputs), d_initial_state, d_params
    layer, d_x = layer_of(cell, tape.input_size, batch.dtype), batch.array(tape.input_size)
    with announced(type(cell).__name__, "backward in", batch.dtype):
        d_params = layer.run_backward(tape.kept, ends_of(d_x, d_outputs, d_final_state))
    return d_x, d_final_state, d_params


@lru_cache(maxsize=256)
def layer_of(cell, input_size, dtype):
    return Layer(cell, equations_of(cell)(cell, input_size), input_size, dtype)


def ends_of(x, outputs, state):
    """Return the ``Ends`` of a walk: x and outputs as matrices, and the states, c of no column where there is none."""
    c, h = state if isinstance(state, LSTMState) else (np.empty((len(state), 0), state.dtype), state)
    return Ends(matrix(x), matrix(outputs), c, h)


def matrix(array):
    """Return [B, T, size] or [T, B, size] as a matrix [B · T, size]."""
    return array.reshape(-1, array.shape[-1])


def plain(array):
    """Return the array in row-major order and writable, copying if it is not: each other layout compiles anew."""
    return array if array.flags.carray else array.copy()


def check_covered(cell):
    """Refuse, by name, a cell that has no kernel."""
    # The type itself, not a class of its own that inherits from it: what that computes, no kernel can know.
    if type(cell) is MultiRNNCell:
        for layer in cell.cells:
            check_covered(layer)
    elif type(cell) is ResidualWrapper:
        check_covered(cell.cell)
    elif type(cell) is DropoutWrapper:
        if cell.state_keep_prob < 1:
            raise ValueError("engine 'numba' drops inputs and outputs, but not states; engine 'numpy' drops all three")
        check_covered(cell.cell)
    elif equations_of(cell) is None:
        raise ValueError(
            "engine 'numba' runs BasicRNNCell, BasicLSTMCell, LSTMCell, LSTMBlockCell, CoupledInputForgetGateLSTMCell, "
            "GRUCell, and MultiRNNCell, DropoutWrapper and ResidualWrapper of these, but not "
            f"{type(cell).__name__}; engine 'numpy' runs every cell"
        )
