"""TensorFlow's way round a cell, ``tf.compat.v1.nn.rnn_cell.ResidualWrapper``."""

from typing import Any

import scratch.cells.residual
from scratch.arrays import DType
from tf_impl.cell import genuine
from tf_impl.tensorflow import v1


@genuine.register
def ResidualWrapper(cell: scratch.cells.residual.ResidualWrapper, dtype: DType) -> Any:
    """Return ``ResidualWrapper`` around TensorFlow's own cell; its variables are those of the cell."""
    return v1.nn.rnn_cell.ResidualWrapper(genuine(cell.cell, dtype))
