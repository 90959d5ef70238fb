"""Weights to and from other layouts: the same numbers, in the order in which somebody else keeps them.

    gates.py      the table: who has the gates in which order, and biases where
    parts.py      a layer's weights apart, and together again: weights, and gradients by the transpose
    layers.py     layers and directions, for libraries that keep them all in one
    keras.py  torch.py  onnx.py  cudnn.py  tf1.py  fused.py      a library each

No library is imported: what goes in and comes out is arrays under the names that the library gives them.
"""

from scratch.conversions.cudnn import from_cudnn, gradients_from_cudnn, gradients_to_cudnn, to_cudnn
from scratch.conversions.fused import (
    gru_from_block,
    gru_to_block,
    lstm_from_block,
    lstm_from_block_v2,
    lstm_gradients_from_block_v2,
    lstm_gradients_to_block_v2,
    lstm_to_block,
    lstm_to_block_v2,
)
from scratch.conversions.keras import (
    from_keras,
    gradients_from_keras,
    gradients_to_keras,
    gru_from_keras,
    gru_to_keras,
    lstm_from_keras,
    lstm_to_keras,
    rnn_from_keras,
    rnn_to_keras,
    to_keras,
)
from scratch.conversions.onnx import (
    from_onnx,
    gradients_from_onnx,
    gradients_to_onnx,
    state_from_onnx,
    state_to_onnx,
    to_onnx,
)
from scratch.conversions.onnx_attributes import cell_from_onnx, onnx_attributes
from scratch.conversions.tf1 import from_tf1, to_tf1
from scratch.conversions.torch import (
    from_torch,
    gradients_from_torch,
    gradients_to_torch,
    state_from_torch,
    state_to_torch,
    to_torch,
)

__all__ = [
    "cell_from_onnx",
    "from_cudnn",
    "from_keras",
    "from_onnx",
    "from_tf1",
    "from_torch",
    "gradients_from_cudnn",
    "gradients_from_keras",
    "gradients_from_onnx",
    "gradients_from_torch",
    "gradients_to_cudnn",
    "gradients_to_keras",
    "gradients_to_onnx",
    "gradients_to_torch",
    "gru_from_block",
    "gru_from_keras",
    "gru_to_block",
    "gru_to_keras",
    "lstm_from_block",
    "lstm_from_block_v2",
    "lstm_from_keras",
    "lstm_gradients_from_block_v2",
    "lstm_gradients_to_block_v2",
    "lstm_to_block",
    "lstm_to_block_v2",
    "lstm_to_keras",
    "onnx_attributes",
    "rnn_from_keras",
    "rnn_to_keras",
    "state_from_onnx",
    "state_from_torch",
    "state_to_onnx",
    "state_to_torch",
    "to_cudnn",
    "to_keras",
    "to_onnx",
    "to_tf1",
    "to_torch",
]
