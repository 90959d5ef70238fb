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
from scratch.inputs.padding import (
    PaddedBatch,
    PaddingCost,
    bucket_by_length,
    pad_batch,
    padded_batches,
    padding_cost,
    padding_saved,
    reverse_sequence,
    sequence_mask,
    unpad_batch,
)
from scratch.inputs.unstack import flatten_time, series_to_rows, stack, swap_time_and_batch, unflatten_time, unstack
from scratch.jit import SmallUnroll, get_num_threads, set_num_threads
from scratch.training.dense import Dense
from scratch.training.losses import (
    mask_by_length,
    mask_by_sign,
    masked_loss,
    masked_loss_backward,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_backward,
    sparse_softmax_cross_entropy_with_logits,
)
from scratch.training.optimizers import AdagradOptimizer, GradientDescentOptimizer
from scratch.training.sequence_loss import (
    legacy_sequence_loss,
    sequence_loss,
    sequence_loss_backward,
    sequence_loss_by_example,
)
from scratch.unroll.bidirectional import (
    bidirectional_dynamic_rnn,
    bidirectional_dynamic_rnn_backward,
    bidirectional_params,
    static_bidirectional_rnn,
    static_bidirectional_rnn_backward,
)
from scratch.unroll.dynamic import dynamic_rnn, dynamic_rnn_backward
from scratch.unroll.stack_bidirectional import (
    stack_bidirectional_dynamic_rnn,
    stack_bidirectional_dynamic_rnn_backward,
    stack_bidirectional_params,
)
from scratch.unroll.static import static_rnn, static_rnn_backward
from scratch.unroll.streaming import Stream
from scratch.unroll.truncated import last_window_backward, truncated_rnn, truncated_rnn_backward, windows

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
    "PaddedBatch",
    "PaddingCost",
    "ResidualWrapper",
    "SmallUnroll",
    "Stream",
    "TimeFreqLSTMCell",
    "bidirectional_dynamic_rnn",
    "bidirectional_dynamic_rnn_backward",
    "bidirectional_params",
    "bucket_by_length",
    "dynamic_rnn",
    "dynamic_rnn_backward",
    "flatten_time",
    "get_num_threads",
    "glorot_uniform",
    "gru_from_keras",
    "gru_to_keras",
    "last_window_backward",
    "legacy_sequence_loss",
    "lstm_from_block_v2",
    "lstm_from_keras",
    "lstm_to_block_v2",
    "lstm_to_keras",
    "mask_by_length",
    "mask_by_sign",
    "masked_loss",
    "masked_loss_backward",
    "orthogonal",
    "pad_batch",
    "padded_batches",
    "padding_cost",
    "padding_saved",
    "reverse_sequence",
    "rnn_from_keras",
    "rnn_to_keras",
    "sequence_loss",
    "sequence_loss_backward",
    "sequence_loss_by_example",
    "sequence_mask",
    "series_to_rows",
    "set_num_threads",
    "softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits_backward",
    "sparse_softmax_cross_entropy_with_logits",
    "stack",
    "stack_bidirectional_dynamic_rnn",
    "stack_bidirectional_dynamic_rnn_backward",
    "stack_bidirectional_params",
    "static_bidirectional_rnn",
    "static_bidirectional_rnn_backward",
    "static_rnn",
    "static_rnn_backward",
    "swap_time_and_batch",
    "truncated_rnn",
    "truncated_rnn_backward",
    "unflatten_time",
    "uniform",
    "unpad_batch",
    "unstack",
    "windows",
    "zeros",
]
