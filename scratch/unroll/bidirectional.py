"""Two cells over one sequence, one from each end: ``tf.compat.v1.nn.bidirectional_dynamic_rnn`` and its relatives.

    forward    output_fw = unroll(cell_fw, inputs)        output_bw = reverse(unroll(cell_bw, reverse(inputs)))
    backward   d_inputs = d_inputs_fw + reverse(d_inputs_bw)

``reverse`` turns the first ``sequence_length`` steps of each row round and leaves the rest, so cell_bw starts at each
row's own last step: the ``reverse=True`` of ``dynamic_rnn``, forward and back. Weights are ``{"fw": …, "bw": …}``,
TensorFlow's scopes. Masks are a pair, each drawn by its cell, ``None`` for a cell without dropout; cell_bw uses its
first mask at a row's last step. A backward function takes ``(tape, d_outputs, d_final_states)``, the states as a pair,
``None`` for zeros, and returns ``(d_inputs, (d_initial_state_fw, d_initial_state_bw), d_params)``. The page is
``docs/unroll/bidirectional.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, Unpack

import numpy as np

from scratch.arguments import EngineOptions, UnrollOptions, check_sequence_masks, check_tape
from scratch.arrays import Array, DType, Float, Initializer, Lengths, Masks, Params, Shapes, State
from scratch.cell import Cell
from scratch.checks import check_array, check_lengths, check_state, shape_text
from scratch.engines import ENGINES, check_engine
from scratch.finite import quiet
from scratch.fit import check_fit
from scratch.initializers import glorot_uniform
from scratch.options import check_flag
from scratch.unroll.dynamic import DynamicTape, dynamic_rnn, dynamic_rnn_backward
from scratch.unroll.static import check_d_outputs, check_steps

# A pair: one for the forward cell, one for the backward cell; or ``None``.
Pair: TypeAlias = Any


@dataclass(frozen=True)
class BidirectionalTape:
    """What the two directions keep: a tape each."""

    fw: DynamicTape
    bw: DynamicTape

    @property
    def batch_size(self) -> int:
        return self.fw.output_shape[1 if self.fw.time_major else 0]


def bidirectional_params(
    rng: np.random.Generator,
    cell_fw: Cell,
    cell_bw: Cell,
    input_size: int,
    dtype: DType = np.float32,
    kernel_initializer: Initializer = glorot_uniform,
) -> Params:
    """Return freshly drawn ``{"fw": …, "bw": …}`` for two cells over inputs of width ``input_size``."""
    check_cells({"cell_fw": cell_fw, "cell_bw": cell_bw})
    cells = {"fw": cell_fw, "bw": cell_bw}
    return {name: cell.init_params(rng, input_size, dtype, kernel_initializer) for name, cell in cells.items()}


def bidirectional_dynamic_rnn(
    cell_fw: Cell,
    cell_bw: Cell,
    params: Params,
    inputs: Float[Array, "_ _ D"],
    sequence_length: Lengths = None,
    initial_state_fw: State = None,
    initial_state_bw: State = None,
    time_major: bool = False,
    *,
    engine: str = "numpy",
    masks: Masks = None,
    **options: Unpack[UnrollOptions],
) -> tuple[tuple[Float[Array, "_ _ fw"], Float[Array, "_ _ bw"]], tuple[State, State], BidirectionalTape | None]:
    """Unroll a cell from each end of ``inputs`` [B, T, D] and return ``(outputs, final_states, tape)``.

    - ``initial_state_fw``, ``initial_state_bw``: what the cells start from, at a row's first and at its last step.
    - ``sequence_length``, ``time_major``, ``engine``, and by name ``checkpoint_every``, ``keep_tape``, ``keep_states``,
      ``mask``, ``zero_output_for_mask``: those of ``dynamic_rnn``. The last output is that of the cell, in its
      direction, and so are ``tape.fw.states`` and ``tape.bw.states``.

    ``outputs`` is ``(output_fw, output_bw)``, [B, T, output_size] of each cell, both in the order of the inputs and 0
    past a row's end. ``final_states`` is ``(state_fw, state_bw)``, as they are after a row's last and its first step.
    Raises ``TypeError`` or ``ValueError``, by name, for arguments that do not fit one another.
    Source: ``tf.compat.v1.nn.bidirectional_dynamic_rnn``.
    """
    sizes = check_inputs(inputs, sequence_length, time_major)
    check_engine(engine)
    cells = {"cell_fw": cell_fw, "cell_bw": cell_bw}
    check_fit(params, partial(param_shapes, cells), sizes[2], inputs.dtype, "inputs")
    states = {"initial_state_fw": initial_state_fw, "initial_state_bw": initial_state_bw}
    masks_fw, masks_bw = check_starts(cells, states, masks, sizes, inputs.dtype, engine)

    unroll: Any = partial(dynamic_rnn, time_major=time_major, engine=engine, **options)
    output_fw, state_fw, tape_fw = unroll(
        cell_fw, params["fw"], inputs, sequence_length, initial_state_fw, masks=masks_fw
    )
    output_bw, state_bw, tape_bw = unroll(
        cell_bw, params["bw"], inputs, sequence_length, initial_state_bw, masks=masks_bw, reverse=True
    )
    tape = None if tape_fw is None else BidirectionalTape(tape_fw, tape_bw)
    return (output_fw, output_bw), (state_fw, state_bw), tape


@quiet
def bidirectional_dynamic_rnn_backward(
    tape: BidirectionalTape, d_outputs: Pair = None, d_final_states: Pair = None
) -> tuple[Float[Array, "_ _ D"], tuple[State, State], Params]:
    """Return the gradients; ``d_outputs`` is ``(d_output_fw, d_output_bw)``."""
    check_tape("tape", tape, BidirectionalTape)
    fw, bw = tape.fw, tape.bw
    d_outputs, d_final_states = check_pair("d_outputs", d_outputs), check_pair("d_final_states", d_final_states)
    for side, half in enumerate((fw, bw)):
        if d_outputs[side] is not None:
            check_array(f"d_outputs[{side}]", d_outputs[side], half.output_shape, half.tape.dtype)
        if d_final_states[side] is not None:
            state_size, batch_size = half.tape.cell.state_size, tape.batch_size
            check_state(f"d_final_states[{side}]", d_final_states[side], state_size, batch_size, half.tape.dtype)
    (d_output_fw, d_output_bw), (d_state_fw, d_state_bw) = d_outputs, d_final_states
    d_inputs_fw, d_initial_state_fw, d_params_fw = dynamic_rnn_backward(fw, d_output_fw, d_state_fw)
    d_inputs_bw, d_initial_state_bw, d_params_bw = dynamic_rnn_backward(bw, d_output_bw, d_state_bw)
    # Both directions read the same inputs.
    return d_inputs_fw + d_inputs_bw, (d_initial_state_fw, d_initial_state_bw), {"fw": d_params_fw, "bw": d_params_bw}


def static_bidirectional_rnn(
    cell_fw: Cell,
    cell_bw: Cell,
    params: Params,
    inputs: Sequence[Float[Array, "B D"]],
    initial_state_fw: State = None,
    initial_state_bw: State = None,
    sequence_length: Lengths = None,
    masks: Masks = None,
    **options: Unpack[EngineOptions],
) -> tuple[list[Float[Array, "B fw_and_bw"]], State, State, BidirectionalTape | None]:
    """The same over a list of T arrays [B, D]; returns ``(outputs, state_fw, state_bw, tape)``.

    ``outputs`` is a list of T arrays [B, H_fw + H_bw], fw to the left of bw. Arguments, states and errors are those of
    ``bidirectional_dynamic_rnn``. Source: ``tf.compat.v1.nn.static_bidirectional_rnn``.
    """
    check_steps(inputs)
    unroll: Any = partial(bidirectional_dynamic_rnn, cell_fw, cell_bw, params, np.stack(inputs), sequence_length)
    outputs, final_states, tape = unroll(initial_state_fw, initial_state_bw, time_major=True, masks=masks, **options)
    return list(np.concatenate(outputs, axis=2)), *final_states, tape


def static_bidirectional_rnn_backward(
    tape: BidirectionalTape, d_outputs: Any = None, d_final_states: Pair = None
) -> tuple[list[Float[Array, "B D"]], tuple[State, State], Params]:
    """Return the gradients; ``d_outputs`` and ``d_inputs`` are lists of T arrays, as outputs and inputs are."""
    check_tape("tape", tape, BidirectionalTape)
    if not tape.fw.time_major:
        raise ValueError("tape must be that of static_bidirectional_rnn, but is of batch-major inputs")
    if d_outputs is not None:
        num_steps, batch_size, width_fw = tape.fw.output_shape
        shape = batch_size, width_fw + tape.bw.output_shape[2]
        check_d_outputs(d_outputs, num_steps, shape, tape.fw.tape.dtype)
        d_outputs = np.split(np.stack(d_outputs), [width_fw], axis=2)
    d_inputs, d_initial_states, d_params = bidirectional_dynamic_rnn_backward(tape, d_outputs, d_final_states)
    return list(d_inputs), d_initial_states, d_params


def check_inputs(inputs: Any, sequence_length: Lengths, time_major: bool) -> tuple[int, int, int]:
    """Check the inputs of a bidirectional unroll and the lengths, where given; return ``(T, B, D)``."""
    check_flag("time_major", time_major)
    check_array("inputs", inputs, ("T", "B", "D") if time_major else ("B", "T", "D"))
    num_steps, batch_size, input_size = (inputs if time_major else inputs.swapaxes(0, 1)).shape
    if num_steps == 0 or input_size == 0:
        shape = shape_text(inputs.shape)
        raise ValueError(f"inputs must have at least one time step and one feature, but their shape is {shape}")
    if sequence_length is not None:
        check_lengths(sequence_length, batch_size, num_steps)
    return num_steps, batch_size, input_size


def check_cells(cells: dict[str, Any]) -> None:
    """Refuse, by name, what is no cell."""
    for name, cell in cells.items():
        if not isinstance(cell, Cell):
            raise TypeError(f"{name} must be a cell such as BasicLSTMCell(128), but is {type(cell).__name__}")


def param_shapes(cells: dict[str, Cell], input_size: int) -> Shapes:
    """Return ``{"fw": …, "bw": …}``, the shapes of the weights of two named cells, refusing what is no cell."""
    check_cells(cells)
    return {scope: cell.param_shapes(input_size) for scope, cell in zip(("fw", "bw"), cells.values(), strict=True)}


def check_starts(
    cells: dict[str, Cell],
    states: dict[str, State],
    masks: Masks,
    sizes: tuple[int, int, int],
    dtype: DType,
    engine: str,
    masks_name: str = "masks",
) -> Pair:
    """Check two named cells with their engine, their named initial states, and their masks; return the masks."""
    masks, (num_steps, batch_size, input_size) = check_pair(masks_name, masks), sizes
    for side, (cell, (name, state)) in enumerate(zip(cells.values(), states.items(), strict=True)):
        ENGINES[engine].check_cell(cell)
        if state is not None:
            check_state(name, state, cell.state_size, batch_size, dtype)
        check_sequence_masks(cell, masks[side], num_steps, batch_size, input_size, f"{masks_name}[{side}]")
    return masks


def check_pair(name: str, pair: Any) -> Pair:
    """Return a pair, of ``None`` twice where it is ``None``, refusing all else."""
    if pair is None:
        return None, None
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise TypeError(f"{name} must be a pair, for fw and for bw, but is {type(pair).__name__}")
    return pair
