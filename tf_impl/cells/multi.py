"""TensorFlow's layers on top of one another, ``tf.compat.v1.nn.rnn_cell.MultiRNNCell``.

A TF1 cell holds its weights, so each layer must be a cell of its own: ``[cell] * 3`` would be one layer run three
times. Here ``genuine`` is called once for each layer.
"""

from typing import Any

import scratch.cells.multi
from scratch.arrays import DType
from tf_impl.cell import genuine
from tf_impl.tensorflow import v1


@genuine.register
def MultiRNNCell(cell: scratch.cells.multi.MultiRNNCell, dtype: DType) -> Any:
    """Return ``MultiRNNCell`` of the same layers; its variables are those of each under ``cell_0``, ``cell_1``, …"""
    return v1.nn.rnn_cell.MultiRNNCell([genuine(layer, dtype) for layer in cell.cells])
