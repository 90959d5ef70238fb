"""TensorFlow's vanilla recurrent cell, ``tf.compat.v1.nn.rnn_cell.BasicRNNCell``."""

import scratch.cells.rnn
from tf_impl.cell import genuine
from tf_impl.tensorflow import v1


@genuine.register
def BasicRNNCell(cell: scratch.cells.rnn.BasicRNNCell, dtype):
    """Return ``BasicRNNCell`` with the same options; its variables are ``kernel`` [D + H, H] and ``bias`` [H]."""
    return v1.nn.rnn_cell.BasicRNNCell(cell.num_units, activation=cell.activation, dtype=dtype)
