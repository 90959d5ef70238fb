"""Recurrent networks from scratch: NumPy says what is true, ``scratch.jit`` says it fast.

Every public name can be had from here: ``from scratch import BasicLSTMCell, dynamic_rnn``.
"""

from scratch.cells.attention import AttentionCellWrapper
from scratch.cells.coupled_lstm import CoupledInputForgetGateLSTMCell
from scratch.cells.dropout import DropoutMasks, DropoutWrapper
from scratch.cells.full_lstm import LSTMBlockCell, LSTMCell
from scratch.cells.grid_lstm import GridLSTMCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell, LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.cells.residual import ResidualWrapper
from scratch.cells.rnn import BasicRNNCell
from scratch.cells.time_freq_lstm import TimeFreqLSTMCell
from scratch.conversions import (
    gru_from_keras,
    gru_to_keras,
    lstm_from_block_v2,
    lstm_from_keras,
    lstm_to_block_v2,
    lstm_to_keras,
    rnn_from_keras,
    rnn_to_keras,
)
from scratch.initializers import glorot_uniform, orthogonal, uniform, zeros
from scratch.inputs.unstack import flatten_time, series_to_rows, stack, unflatten_time, unstack
from scratch.training.dense import Dense
from scratch.training.losses import (
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_backward,
    sparse_softmax_cross_entropy_with_logits,
)
from scratch.training.optimizers import AdagradOptimizer, GradientDescentOptimizer
from scratch.unroll.dynamic import dynamic_rnn, dynamic_rnn_backward
from scratch.unroll.static import static_rnn, static_rnn_backward
from scratch.unroll.truncated import truncated_rnn, truncated_rnn_backward, windows

__all__ = [
    "AdagradOptimizer",
    "AttentionCellWrapper",
    "BasicLSTMCell",
    "BasicRNNCell",
    "CoupledInputForgetGateLSTMCell",
    "Dense",
    "DropoutMasks",
    "DropoutWrapper",
    "GRUCell",
    "GradientDescentOptimizer",
    "GridLSTMCell",
    "LSTMBlockCell",
    "LSTMCell",
    "LSTMState",
    "MultiRNNCell",
    "ResidualWrapper",
    "TimeFreqLSTMCell",
    "dynamic_rnn",
    "dynamic_rnn_backward",
    "flatten_time",
    "glorot_uniform",
    "gru_from_keras",
    "gru_to_keras",
    "lstm_from_block_v2",
    "lstm_from_keras",
    "lstm_to_block_v2",
    "lstm_to_keras",
    "orthogonal",
    "rnn_from_keras",
    "rnn_to_keras",
    "series_to_rows",
    "softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits_backward",
    "sparse_softmax_cross_entropy_with_logits",
    "stack",
    "static_rnn",
    "static_rnn_backward",
    "truncated_rnn",
    "truncated_rnn_backward",
    "unflatten_time",
    "uniform",
    "unstack",
    "windows",
    "zeros",
]
