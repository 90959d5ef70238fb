"""TensorFlow's way round a cell, ``tf.compat.v1.nn.rnn_cell.ResidualWrapper``."""

import scratch.cells.residual
from tf_impl.cell import genuine
from tf_impl.tensorflow import v1


@genuine.register
def ResidualWrapper(cell: scratch.cells.residual.ResidualWrapper, dtype):
    """Return ``ResidualWrapper`` around TensorFlow's own cell; its variables are those of the cell."""
    return v1.nn.rnn_cell.ResidualWrapper(genuine(cell.cell, dtype))
