"""The table: in which order each library keeps the gates of a cell, and where it has biases. All converters read it.

A gate is one letter: i, j, f, o for an LSTM's input gate, candidate, forget gate and output gate; r, u, n for a GRU's
reset gate, update gate and candidate. ``table()`` is the table in words, as the documentation shows it.
"""

from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Float
from scratch.finite import quiet


class Layout(NamedTuple):
    """How a library keeps one layer: the orders of its gates, its matrices, its biases, and its forget bias."""

    lstm: str
    gru: str
    matrices: str
    biases: str
    forget_bias: str
    reset: str


# TF1's GRU keeps n apart from r and u; here it stands behind them.
TF1 = Layout("ijfo", "run", "[D + H, gates], x above h", "one", "added by the cell", "before the product")
KERAS = Layout("ifjo", "urn", "[D, gates], [H, gates]", "one; reset after: two", "in the bias", "either")
TORCH = Layout("ifjo", "run", "[gates, D], [gates, H]", "two", "in the bias", "after the product")
ONNX = Layout("iofj", "urn", "[1, gates, D], [1, gates, H]", "two, end to end", "in the bias", "either")
CUDNN = Layout("ifjo", "run", "a matrix a gate: [H, D], [H, H]", "two", "in the bias", "after the product")
BLOCK = TF1
BLOCK_V2 = Layout("ifjo", "", "as TF1", "one", "in the bias", "")

LAYOUTS = {
    "TF1, and here": TF1,
    "Keras": KERAS,
    "PyTorch": TORCH,
    "ONNX": ONNX,
    "cuDNN": CUDNN,
    "BlockLSTM, GRUBlockCell": BLOCK,
    "BlockLSTMV2": BLOCK_V2,
}
HEADINGS = ("", "LSTM", "GRU", "matrices", "biases", "forget bias", "reset gate")


def table() -> list[tuple[str, ...]]:
    """Return the table in words: a row of headings, then a row for each library."""
    rows = []
    for library, layout in LAYOUTS.items():
        words = [", ".join(layout.lstm), ", ".join(layout.gru), *layout[2:]]
        rows.append((library, *words))
    return [HEADINGS, *rows]


def order_of(cell: Any, layout: Layout) -> str:
    """Return the gates of a cell in the order of a library; a vanilla cell has one, which may be called n."""
    kind = gates_of(cell)
    return kind if len(kind) == 1 else layout.lstm if len(kind) == 4 else layout.gru


def gates_of(cell: Any) -> str:
    """Return the gates of a cell in TF1's order, told by what options the cell has."""
    return TF1.lstm if hasattr(cell, "forget_bias") else TF1.gru if hasattr(cell, "reset_after") else "n"


def to_order(layout: Layout, cell: Any, columns: Float[Array, "... gates"]) -> Float[Array, "... gates"]:
    """Return columns of TF1's order in that of a library."""
    return reorder(columns, gates_of(cell), order_of(cell, layout))


def from_order(layout: Layout, cell: Any, columns: Float[Array, "... gates"]) -> Float[Array, "... gates"]:
    """Return columns of a library's order in that of TF1."""
    return reorder(columns, order_of(cell, layout), gates_of(cell))


def reorder(columns: Float[Array, "... gates"], order: str, wanted: str) -> Float[Array, "... gates"]:
    """Return the gates that stand side by side in the last axis of ``columns`` in another order.

    ``order`` and ``wanted`` name each gate by its letter, as in "ijfo".
    """
    gates = dict(zip(order, np.split(columns, len(order), axis=-1), strict=True))
    return np.concatenate([gates[gate] for gate in wanted], axis=-1)


@quiet
def add_to_forget_gate(bias: Float[Array, " gates"], number: float) -> Float[Array, " gates"]:
    """Return a bias in TF1's order with ``number`` added to the columns of f."""
    i, j, f, o = np.split(bias, 4)
    return np.concatenate([i, j, f + number, o])
