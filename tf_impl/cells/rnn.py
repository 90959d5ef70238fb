"""TensorFlow's vanilla recurrent cell, ``tf.compat.v1.nn.rnn_cell.BasicRNNCell``."""

from typing import Any

import scratch.cells.rnn
from scratch.arrays import DType
from tf_impl.activations import activation
from tf_impl.cell import genuine
from tf_impl.cells.biasless import with_or_without_bias
from tf_impl.tensorflow import v1


@genuine.register
def BasicRNNCell(cell: scratch.cells.rnn.BasicRNNCell, dtype: DType) -> Any:
    """Return ``BasicRNNCell`` with the same options; its variables are ``kernel`` [D + H, H] and ``bias`` [H]."""
    kind = with_or_without_bias(v1.nn.rnn_cell.BasicRNNCell, cell.use_bias)
    return kind(cell.num_units, activation=activation(cell.activation), dtype=dtype)
