"""What the engines are asked: five cells, each in the ways that users unroll them."""

from typing import NamedTuple

import numpy as np

from parity_tests.vectors.cases import VectorCase
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMCell, MultiRNNCell
from scratch.cell import Cell

SOME = (4, 2, 6, 1, 3)
EMPTY_ROW = (4, 0, 6, 1, 3)
CELLS = {
    "RNN, tanh": BasicRNNCell(4),
    "RNN, relu": BasicRNNCell(4, activation="relu"),
    "LSTM": BasicLSTMCell(4),
    "GRU, reset before": GRUCell(4),
    "GRU, reset after": GRUCell(4, reset_after=True),
}
OPTIONS = {
    "LSTM, peepholes": LSTMCell(4, use_peepholes=True),
    "LSTM, projection": LSTMCell(4, num_proj=2),
    "LSTM, memory clipped": LSTMCell(4, cell_clip=0.4),
}


class Question(NamedTuple):
    """A row of the scoreboard: what it is called, and a case."""

    cell: str
    way: str
    case: VectorCase


def questions(dtype):
    """Return every ``Question`` in a dtype."""
    found = []
    for name, cell in CELLS.items():
        found += [
            question(name, "zero state, rows full", cell, dtype, zero_state=True),
            question(name, "initial state", cell, dtype),
            question(name, "lengths 4, 2, 6, 1, 3", cell, dtype, lengths=SOME),
            question(name, "a row of length 0", cell, dtype, lengths=EMPTY_ROW),
            question(name, "both directions, lengths", cell, dtype, lengths=SOME, direction="both"),
        ]
        if name != "RNN, relu":
            layers: Cell = MultiRNNCell([type(cell)(**vars(cell)), type(cell)(**vars(cell))])
            found.append(question(name, "two layers, lengths", layers, dtype, lengths=SOME))
    for name, cell in OPTIONS.items():
        found.append(question(name, "lengths 4, 2, 6, 1, 3", cell, dtype, lengths=SOME))
    return found


def question(name, way, cell, dtype, lengths=None, direction="forward", zero_state=False):
    return Question(name, way, VectorCase(cell, direction, lengths, zero_state, np.dtype(dtype).type))
