"""Cells, compiled: each file says of one cell, or of one family, only what is its own."""

from scratch.cells.coupled_lstm import CoupledInputForgetGateLSTMCell
from scratch.cells.full_lstm import LSTMBlockCell, LSTMCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.cells.rnn import BasicRNNCell
from scratch.jit.cells import coupled_lstm, full_lstm, gru, gru_reset_after, lstm, rnn


def of_gru(cell, input_size):
    return (gru_reset_after if cell.reset_after else gru).equations(cell, input_size)


EQUATIONS = {
    BasicRNNCell: rnn.equations,
    BasicLSTMCell: lstm.equations,
    LSTMCell: full_lstm.equations,
    LSTMBlockCell: full_lstm.equations,
    CoupledInputForgetGateLSTMCell: coupled_lstm.equations,
    GRUCell: of_gru,
}


def equations_of(cell):
    """Return the function that gives the ``Equations`` of this very cell, ``None`` where there is none."""
    # The type itself, not a class of its own that inherits from it: what that computes, no compiled file can know.
    return EQUATIONS.get(type(cell))
