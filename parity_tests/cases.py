"""The case table: every cell and option, and the lengths they are run with."""

from parity_tests.harness import Case
from scratch import BasicLSTMCell, BasicRNNCell, MultiRNNCell

RNN_CELLS = [BasicRNNCell(4), BasicRNNCell(4, activation="relu")]
LSTM_CELLS = [BasicLSTMCell(4), BasicLSTMCell(4, forget_bias=0.0), BasicLSTMCell(4, 2.5, activation="relu")]
MULTI_CELLS = [
    MultiRNNCell([BasicLSTMCell(4), BasicLSTMCell(2), BasicLSTMCell(7)]),
    MultiRNNCell([BasicRNNCell(7), BasicLSTMCell(4)]),
    MultiRNNCell([BasicLSTMCell(4), MultiRNNCell([BasicRNNCell(7, activation="relu"), BasicRNNCell(2)])]),
]
CELLS = RNN_CELLS + LSTM_CELLS + MULTI_CELLS

# All rows full; unsorted, with 0, 1 and T among them; none that reaches T.
LENGTHS = [None, (4, 0, 6, 1, 3), (2, 5, 0, 5, 1)]


def sequences(cells):
    """Return a case for each cell with each pattern of lengths."""
    return [Case(cell, lengths) for cell in cells for lengths in LENGTHS]


def one_step(cells):
    """Return a case of a single time step for each cell."""
    return [Case(cell, num_steps=1) for cell in cells]
