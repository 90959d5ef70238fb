"""Cells, compiled: each file says of one cell, or of one family, only what is its own."""

from collections.abc import Callable
from typing import Any

from scratch.cells.coupled_lstm import CoupledInputForgetGateLSTMCell
from scratch.cells.full_lstm import LSTMBlockCell, LSTMCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.cells.rnn import BasicRNNCell
from scratch.jit.cells import coupled_lstm, full_lstm, gru, gru_reset_after, lstm, rnn
from scratch.jit.walk.equations import Equations


def of_gru(cell: GRUCell, input_size: int) -> Equations:
    return (gru_reset_after if cell.reset_after else gru).equations(cell, input_size)


EQUATIONS: dict[type, Callable[[Any, int], Equations]] = {
    BasicRNNCell: rnn.equations,
    BasicLSTMCell: lstm.equations,
    LSTMCell: full_lstm.equations,
    LSTMBlockCell: full_lstm.equations,
    CoupledInputForgetGateLSTMCell: coupled_lstm.equations,
    GRUCell: of_gru,
}


def is_compiled(cell: Any) -> bool:
    """Return whether there are ``Equations`` of this very cell."""
    # The type itself, not a class of its own that inherits from it: what that computes, no compiled file can know.
    return type(cell) in EQUATIONS


def equations_of(cell: Any, input_size: int) -> Equations:
    """Return the ``Equations`` of a cell that has them."""
    return EQUATIONS[type(cell)](cell, input_size)
