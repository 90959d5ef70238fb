"""Recurrent networks from scratch: NumPy says what is true, ``scratch.jit`` says it fast.

Every public name can be had from here: ``from scratch import BasicLSTMCell, dynamic_rnn``.
"""

from scratch.cells.lstm import BasicLSTMCell, LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.cells.rnn import BasicRNNCell
from scratch.initializers import glorot_uniform, uniform, zeros
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
    "BasicLSTMCell",
    "BasicRNNCell",
    "Dense",
    "GradientDescentOptimizer",
    "LSTMState",
    "MultiRNNCell",
    "dynamic_rnn",
    "dynamic_rnn_backward",
    "flatten_time",
    "glorot_uniform",
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
