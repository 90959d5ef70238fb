"""TensorFlow's LSTM, ``tf.compat.v1.nn.rnn_cell.BasicLSTMCell``."""

from typing import Any

import scratch.cells.lstm
from scratch.arrays import DType
from tf_impl.activations import activation, check_gate
from tf_impl.cell import genuine
from tf_impl.cells.biasless import with_or_without_bias
from tf_impl.tensorflow import v1


@genuine.register
def BasicLSTMCell(cell: scratch.cells.lstm.BasicLSTMCell, dtype: DType) -> Any:
    """Return ``BasicLSTMCell`` with the same options; its variables are ``kernel`` [D + H, 4H] and ``bias`` [4H]."""
    check_gate(cell)
    kind = with_or_without_bias(v1.nn.rnn_cell.BasicLSTMCell, cell.use_bias)
    return kind(cell.num_units, forget_bias=cell.forget_bias, activation=activation(cell.activation), dtype=dtype)
