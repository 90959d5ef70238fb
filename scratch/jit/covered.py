"""What this engine runs, and by which words it refuses the rest."""

from typing import Any

import numpy as np

from scratch.arrays import Sizes
from scratch.cells.attention import AttentionCellWrapper
from scratch.cells.dropout import DropoutWrapper
from scratch.cells.lstm import LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.cells.residual import ResidualWrapper
from scratch.jit.cells import is_compiled

FLOATS = np.dtype(np.float32), np.dtype(np.float64)


def check_covered(cell: Any) -> None:
    """Refuse, by name, a cell that has no kernel."""
    # The type itself, not a class of its own that inherits from it: what that computes, no kernel can know.
    if type(cell) is MultiRNNCell:
        for layer in cell.cells:
            check_covered(layer)
    elif type(cell) is ResidualWrapper:
        check_covered(cell.cell)
    elif type(cell) is DropoutWrapper:
        check_covered(cell.cell)
        if cell.state_keep_prob < 1 and has_c(cell.filtered(cell.state_size)):
            raise ValueError("engine 'numba' drops h, but not the memory c of an LSTM; engine 'numpy' drops both")
        if cell.state_keep_prob < 1 and attends(cell.cell):
            raise ValueError("engine 'numba' does not drop the state of AttentionCellWrapper; engine 'numpy' does")
    elif is_compiled(cell):
        check_activations(cell)
    elif type(cell) is AttentionCellWrapper and is_compiled(cell.cell):
        check_activations(cell.cell)
    else:
        of_what = f" of {type(cell.cell).__name__}" if type(cell) is AttentionCellWrapper else ""
        raise ValueError(
            "engine 'numba' runs BasicRNNCell, BasicLSTMCell, LSTMCell, LSTMBlockCell, CoupledInputForgetGateLSTMCell, "
            "GRUCell, AttentionCellWrapper of one of these, and MultiRNNCell, DropoutWrapper and ResidualWrapper of "
            f"all these, but not {type(cell).__name__}{of_what}; engine 'numpy' runs every cell"
        )


def check_activations(cell: Any) -> None:
    """Refuse, by name, an activation that is not compiled."""
    compiled = {"activation": ("tanh", "relu"), "recurrent_activation": ("sigmoid",)}
    for name, functions in compiled.items():
        if (found := getattr(cell, name, functions[0])) not in functions:
            known = " and ".join(map(repr, functions))
            raise ValueError(f"engine 'numba' has {known} for {name}, but not {found!r}; engine 'numpy' has them all")


def attends(cell: Any) -> bool:
    """Return whether an ``AttentionCellWrapper`` is among the cells of a cell that is covered."""
    if isinstance(cell, MultiRNNCell):
        return any(map(attends, cell.cells))
    if isinstance(cell, DropoutWrapper | ResidualWrapper):
        return attends(cell.cell)
    return isinstance(cell, AttentionCellWrapper)


def has_c(sizes: Sizes) -> bool:
    """Return whether a c is among the parts of a state that have a size."""
    if isinstance(sizes, LSTMState):
        return sizes.c != ()
    return isinstance(sizes, tuple) and any(map(has_c, sizes))
