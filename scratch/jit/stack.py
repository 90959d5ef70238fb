"""From a cell to its kernels, one layer after another.

``static_rnn`` runs all layers of a ``MultiRNNCell`` within a time step; here the lowest layer runs through the whole
sequence, then the next one over its outputs. Both orders compute the same numbers, because a layer at step t needs
only itself at t − 1 and the layer below at t. Small networks have a walk of their own, for all layers at once.
"""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Float, Int, Masks, Params, State, Tree
from scratch.cell import Cell
from scratch.cells.dropout import DropoutWrapper, drop
from scratch.cells.lstm import LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.cells.residual import ResidualWrapper
from scratch.compiling.compiler import announced
from scratch.jit.attention.layer import layer_of
from scratch.jit.batch import Batch, full_batch, plain
from scratch.jit.cells import is_compiled
from scratch.jit.covered import FLOATS, check_covered
from scratch.jit.machine.memory import zeros
from scratch.jit.single.whole import WholePlan, whole_plan_of
from scratch.jit.small.plan import SmallPlan, SmallTape, plan_of
from scratch.jit.walk.layer import matrix
from scratch.tree import map_tree, rebuild


class JitTape(NamedTuple):
    """What a compiled forward pass keeps: of a layer, its walk's tape; else those of the layers within it."""

    cell: Cell
    params: Params
    input_size: int
    batch: Batch
    kept: Any

    @property
    def dtype(self) -> np.dtype:
        return self.batch.dtype

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.batch.shape(self.cell.output_size)


def plan_of_call(
    cell: Cell, inputs: Float[Array, "_ _ D"], time_major: bool, keep_tape: bool
) -> SmallPlan | WholePlan | None:
    """Return the plan of calls over full rows of such inputs: its ``run(params, inputs, state)`` is ``forward``.

    ``None`` where there is none. The cell is one that has been run.
    """
    if not keep_tape and inputs.shape[1 if time_major else 0] == 1:
        return whole_plan_of(cell, inputs.shape[2], inputs.dtype)
    return plan_of(cell, inputs.shape, inputs.dtype, time_major)


def forward(
    cell: Cell,
    params: Params,
    inputs: Float[Array, "_ _ D"],
    lengths: Int[Array, " B"] | None,
    state: State,
    masks: Masks,
    time_major: bool,
    keep_tape: bool = True,
) -> tuple[Float[Array, "_ _ output"], State, Any]:
    """Run ``cell`` over ``inputs`` from ``state`` and return ``(outputs, final_state, tape)``, in the same layout.

    ``lengths`` are ``None`` for full rows. Without ``keep_tape`` the tape is ``None``, and the memory of one takes no
    more than two steps, or is small. The caller has checked the arguments, all but two things that this engine alone
    refuses: the cell and the dtype.
    """
    check_covered(cell)
    if inputs.dtype not in FLOATS:
        raise TypeError(f"engine 'numba' computes in float32 and float64, but inputs are {inputs.dtype}")
    steps, rows = (0, 1) if time_major else (1, 0)
    batch = full_batch(inputs.shape[steps], inputs.shape[rows], time_major, inputs.dtype, keep_tape)
    if lengths is not None:
        batch = Batch(lengths, int(lengths.sum()), batch.num_steps, time_major, inputs.dtype, keep_tape)
    with announced(type(cell).__name__, "forward in", inputs.dtype):
        outputs, final_state, tape = run_forward(cell, params, plain(inputs), state, masks, (), batch)
    return outputs, final_state, tape if keep_tape else None


def backward(
    tape: JitTape | SmallTape,
    d_outputs: Float[Array, "_ _ output"] | None,
    d_final_state: State,
    needs_d_x: bool = True,
) -> tuple[Float[Array, "_ _ D"] | None, State, Params]:
    """Return ``(d_inputs, d_initial_state, d_params)``, the adjoint of ``forward``; d_inputs where they are needed.

    ``d_outputs`` are ``None`` where all are 0: the walk of a layer does not read them then.
    """
    if d_outputs is not None:
        d_outputs = plain(d_outputs)
    elif isinstance(tape, SmallTape) or not is_compiled(tape.cell):
        d_outputs = zeros(tape.output_shape, tape.dtype)
    with announced(type(tape.cell).__name__, "backward in", tape.dtype):
        return run_backward(tape, d_outputs, d_final_state, needs_d_x)


def run_forward(
    cell: Cell, params: Params, x: Float[Array, "_ _ D"], state: State, masks: Masks, factors: Tree, batch: Batch
) -> tuple[Float[Array, "_ _ output"], State, JitTape | SmallTape]:
    """``forward`` of a cell, or of one within it.

    ``factors``: what the state is multiplied by after each step, arrays in its structure; ``()`` where it is not.
    """
    kept: Any
    input_size = x.shape[2]
    whole = whole_plan_of(cell, input_size, batch.dtype) if is_empty(factors) and batch.is_one_row else None
    if whole:
        outputs, length = batch.array(cell.output_size), int(batch.lengths[0])
        final_state = whole.fill(params, state, matrix(x)[:length], matrix(outputs)[:length])
        return outputs, final_state, JitTape(cell, params, input_size, batch, None)
    small = plan_of(cell, x.shape, batch.dtype, batch.time_major) if is_empty(factors) and batch.is_full else None
    if small:
        return small.run(params, x, state)
    if isinstance(cell, MultiRNNCell):
        states, tapes, outputs = [], [], x
        for n, (name, layer, _) in enumerate(cell.layers(input_size)):
            of_layer = () if is_empty(factors) else factors[n]
            outputs, layer_state, tape = run_forward(layer, params[name], outputs, state[n], masks[n], of_layer, batch)
            states.append(layer_state)
            tapes.append(tape)
        final_state, kept = tuple(states), tuple(tapes)
    elif isinstance(cell, DropoutWrapper):
        by_step = partial(map_tree, batch.by_step)
        factors = product(factors, factors_of(by_step(masks.state), cell.state_keep_prob, batch.dtype))
        dropped = plain(drop(x, by_step(masks.input), cell.input_keep_prob))
        outputs, final_state, tape = run_forward(cell.cell, params, dropped, state, masks.cell, factors, batch)
        outputs, kept = plain(drop(outputs, by_step(masks.output), cell.output_keep_prob)), (tape, masks)
    elif isinstance(cell, ResidualWrapper):
        outputs, final_state, kept = run_forward(cell.cell, params, x, state, masks, factors, batch)
        outputs = batch.add_live(outputs, x)
    else:
        # Row-major as the kernels need them, and of the state a copy, which the walk makes the final state of.
        params, final_state = map_tree(plain, params), map_tree(np.ndarray.copy, state)
        outputs, factors = batch.array(cell.output_size), factors.h if isinstance(factors, LSTMState) else factors
        factors = None if is_empty(factors) else matrix(plain(factors))
        walk = layer_of(cell, input_size, batch.dtype)
        schedule = walk.schedule(batch.lengths, batch.num_tokens, batch.num_steps, batch.time_major)
        kept = walk.run_forward(params, schedule, walk.ends(x, outputs, final_state, factors), batch.keep_tape), factors
    return outputs, final_state, JitTape(cell, params, input_size, batch, kept)


def run_backward(
    tape: JitTape | SmallTape, d_outputs: Any, d_final_state: State, needs_d_x: bool
) -> tuple[Any, State, Params]:
    d_x: Any
    if isinstance(tape, SmallTape):
        d_x, d_state, d_params = tape.plan.backward(tape.params, tape.numbers, d_outputs, d_final_state)
        return d_x if needs_d_x else None, d_state, d_params
    cell, params, input_size, batch, kept = tape
    if isinstance(cell, MultiRNNCell):
        d_states, named = [], {}
        for n, (name, _, _) in reversed(list(enumerate(cell.layers(input_size)))):
            needed = needs_d_x or n > 0
            d_outputs, d_state, named[name] = run_backward(kept[n], d_outputs, d_final_state[n], needed)
            d_states.append(d_state)
        return d_outputs, tuple(reversed(d_states)), {name: named[name] for name in params}
    if isinstance(cell, DropoutWrapper):
        inner, masks = kept
        by_step = partial(map_tree, batch.by_step)
        d_outputs = plain(drop(d_outputs, by_step(masks.output), cell.output_keep_prob))
        d_x, d_initial_state, d_params = run_backward(inner, d_outputs, d_final_state, needs_d_x)
        d_x = drop(d_x, by_step(masks.input), cell.input_keep_prob) if needs_d_x else None
        return d_x, d_initial_state, d_params
    if isinstance(cell, ResidualWrapper):
        d_x, d_initial_state, d_params = run_backward(kept, d_outputs, d_final_state, needs_d_x)
        return batch.add_live(d_x, d_outputs) if needs_d_x else None, d_initial_state, d_params
    layer_tape, factors = kept
    # The array's own ``copy`` is row-major, as the kernels need it; ``np.copy`` keeps the order of what it copies.
    layer, d_state = layer_of(cell, input_size, batch.dtype), map_tree(np.ndarray.copy, d_final_state)
    d_x = batch.array(input_size) if needs_d_x else None
    return d_x, d_state, layer.run_backward(layer_tape, layer.ends(d_x, d_outputs, d_state, factors))


def factors_of(masks: Masks, keep_prob: float, dtype: np.dtype) -> Tree:
    """Return what ``drop`` multiplies by, mask / keep_prob, in the structure of the masks."""
    return map_tree(lambda mask: drop(np.ones(mask.shape, dtype), mask, keep_prob), masks)


def product(factors: Tree, other: Tree) -> Tree:
    """Return the products of the factors of two trees, ``()`` where neither has one."""
    if is_empty(factors) or is_empty(other):
        return other if is_empty(factors) else factors
    if isinstance(factors, tuple):
        return rebuild(factors, [product(part, factor) for part, factor in zip(factors, other, strict=True)])
    return factors * other


def is_empty(tree: Tree) -> bool:
    return isinstance(tree, tuple) and not tree
