"""What every way to unroll takes, checked: a cell and its parameters, states and masks; on the way back its tape."""

from typing import Any, TypedDict

import numpy as np

from scratch import hints
from scratch.arrays import Array, Bool, DType, Masks, State
from scratch.cell import Cell
from scratch.checks import check_array, check_masks, check_state, is_plain, shape_text
from scratch.fit import check_fit
from scratch.options import check_flag
from scratch.tree import named_leaves


class UnrollOptions(TypedDict, total=False):
    """What every unroll takes by name, beside its own arguments; ``dynamic_rnn`` says what each of them means."""

    checkpoint_every: int | None
    keep_tape: bool
    keep_states: bool
    mask: Bool[Array, "B T"] | None
    zero_output_for_mask: bool


class EngineOptions(UnrollOptions, total=False):
    """The same, and the engine, for an unroll that has no place of its own for it."""

    engine: str


def check_tape(name: str, tape: Any, kind: type) -> None:
    """Refuse all but the tape that the matching forward function returned."""
    if not isinstance(tape, kind):
        came = type(tape).__name__
        raise TypeError(f"{name} must be the {kind.__name__} of the matching forward pass, but is {came}")


def check_arguments(
    cell: Any, params: Any, batch_size: int, input_size: int, dtype: DType, initial_state: Any
) -> State:
    """Check what every way to unroll takes, and return the state to start from."""
    if not isinstance(cell, Cell):
        raise TypeError(
            f"cell must be a cell such as BasicLSTMCell(128), but is {type(cell).__name__}{hints.of_cell(cell)}"
        )
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
    if isinstance(masks, np.ndarray) and isinstance(sizes, tuple):
        wanted = "what cell.draw_masks draws" if any(named_leaves(sizes)) else "None for a cell without dropout"
        raise TypeError(f"{name} must be {wanted}, but is an array{hints.of_masks(masks, num_steps, batch_size)}")
    check_masks(name, masks, sizes, num_steps, batch_size)
    return masks


def check_layout(inputs: Any, time_major: Any) -> tuple[int, int, int]:
    """Return ``(T, B, D)`` of inputs in either layout, refusing those without a time step."""
    check_flag("time_major", time_major)
    check_array("inputs", inputs, ("T", "B", "D") if time_major else ("B", "T", "D"))
    steps = inputs if time_major else inputs.swapaxes(0, 1)
    if len(steps) == 0:
        raise ValueError(f"inputs must have at least one time step, but their shape is {list(inputs.shape)}")
    return steps.shape


def check_step_mask(mask: Any, batch_size: int, num_steps: int) -> Bool[Array, "B T"]:
    """Refuse all but a mask of steps: Booleans [B, T], ``True`` where a row takes the step."""
    expected = f"mask must be an array of Booleans {shape_text((batch_size, num_steps))}, False where a step is skipped"
    if not is_plain(mask) or mask.dtype != bool:
        raise TypeError(f"{expected}, but is {mask.dtype if is_plain(mask) else type(mask).__name__}")
    if mask.shape != (batch_size, num_steps):
        hint = hints.of_step_mask(mask.shape, batch_size, num_steps)
        raise ValueError(f"{expected}, but has {shape_text(mask.shape)}{hint}")
    return mask
