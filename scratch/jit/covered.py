"""What this engine runs, and by which words it refuses the rest."""

from typing import Any

import numpy as np

from scratch.arrays import Sizes
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
    elif is_compiled(cell):
        check_activations(cell)
    else:
        raise ValueError(
            "engine 'numba' runs BasicRNNCell, BasicLSTMCell, LSTMCell, LSTMBlockCell, CoupledInputForgetGateLSTMCell, "
            "GRUCell, and MultiRNNCell, DropoutWrapper and ResidualWrapper of these, but not "
            f"{type(cell).__name__}; engine 'numpy' runs every cell"
        )


def check_activations(cell: Any) -> None:
    """Refuse, by name, an activation that is not compiled."""
    compiled = {"activation": ("tanh", "relu"), "recurrent_activation": ("sigmoid",)}
    for name, functions in compiled.items():
        if (found := getattr(cell, name, functions[0])) not in functions:
            known = " and ".join(map(repr, functions))
            raise ValueError(f"engine 'numba' has {known} for {name}, but not {found!r}; engine 'numpy' has them all")


def has_c(sizes: Sizes) -> bool:
    """Return whether a c is among the parts of a state that have a size."""
    if isinstance(sizes, LSTMState):
        return sizes.c != ()
    return isinstance(sizes, tuple) and any(map(has_c, sizes))
