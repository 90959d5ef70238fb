"""Recurrent networks from scratch: NumPy says what is true, ``scratch.jit`` says it fast.

Every public name can be had from here: ``from scratch import BasicLSTMCell, dynamic_rnn``. Nothing but NumPy is needed
for it: Numba is imported when ``engine="numba"``, a reader of records, or a name of ``FROM_JIT`` is first asked for.
"""

from importlib.util import find_spec
from typing import Any

from scratch import conversions, jit
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
from scratch.conversions import *  # noqa: F403
from scratch.generators import generator_state, restore_generator
from scratch.gradient_check import GradientCheck, check_gradients, complex_step
from scratch.initializers import glorot_uniform, orthogonal, uniform, zeros
from scratch.inputs.idx import read_idx, write_idx
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
from scratch.inputs.sequence_example import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    RaggedTensorValue,
    SequenceExample,
    SparseTensorValue,
    VarLenFeature,
    parse_sequence_example,
    parse_single_sequence_example,
    read_sequence_examples,
)
from scratch.inputs.tfrecord import TFRecordWriter, masked_crc32c, read_tfrecord
from scratch.inputs.unstack import flatten_time, series_to_rows, stack, swap_time_and_batch, unflatten_time, unstack
from scratch.inputs.vocabulary import Vocabulary, vocabulary_of
from scratch.layer import Given
from scratch.sampling import categorical
from scratch.tasks.mnist_data import (
    Examples,
    MnistData,
    as_pixels,
    as_rows,
    load_digits,
    load_mnist,
    one_hot,
    seeded_permutation,
)
from scratch.training.adam import AdamOptimizer
from scratch.training.batch_norm import BatchNormalization
from scratch.training.batches import BatchSource
from scratch.training.checkpoint import (
    CheckpointManager,
    latest_checkpoint,
    load_checkpoint,
    load_tree,
    save_checkpoint,
)
from scratch.training.clipping import Clipping, clip_by_global_norm, clip_by_norm, clip_by_value, global_norm
from scratch.training.dense import Dense
from scratch.training.embedding import Embedding
from scratch.training.layers import RNN, Bidirectional, Dropout, LastOutput
from scratch.training.losses import (
    CrossEntropy,
    mask_by_length,
    mask_by_sign,
    masked_loss,
    masked_loss_backward,
    softmax,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_backward,
    sparse_softmax_cross_entropy_with_logits,
)
from scratch.training.momentum import MomentumOptimizer
from scratch.training.network import Network
from scratch.training.optimizers import (
    AdagradOptimizer,
    GradientDescentOptimizer,
    slot_variables,
    slots_from_variables,
)
from scratch.training.rmsprop import RMSPropOptimizer
from scratch.training.schedules import (
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
    WarmUp,
)
from scratch.training.sequence_loss import (
    legacy_sequence_loss,
    sequence_loss,
    sequence_loss_backward,
    sequence_loss_by_example,
)
from scratch.training.summaries import Histogram, SummaryWriter, histogram
from scratch.training.trainer import Trainer
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
from scratch.variables import params_from_variables, variables_below, variables_from_params

FROM_JIT = ("get_num_threads", "set_num_threads")

__all__ = [
    "RNN",
    "AdagradOptimizer",
    "AdamOptimizer",
    "AttentionCellWrapper",
    "BasicLSTMCell",
    "BasicRNNCell",
    "BatchNormalization",
    "BatchSource",
    "Bidirectional",
    "CheckpointManager",
    "Clipping",
    "CosineDecay",
    "CoupledInputForgetGateLSTMCell",
    "CrossEntropy",
    "Dense",
    "Dropout",
    "DropoutMasks",
    "DropoutWrapper",
    "Embedding",
    "Examples",
    "ExponentialDecay",
    "FixedLenFeature",
    "FixedLenSequenceFeature",
    "GRUCell",
    "Given",
    "GradientCheck",
    "GradientDescentOptimizer",
    "GridLSTMCell",
    "Histogram",
    "InverseTimeDecay",
    "LSTMBlockCell",
    "LSTMCell",
    "LSTMState",
    "LastOutput",
    "MnistData",
    "MomentumOptimizer",
    "MultiRNNCell",
    "Network",
    "PaddedBatch",
    "PaddingCost",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "RMSPropOptimizer",
    "RaggedFeature",
    "RaggedTensorValue",
    "ResidualWrapper",
    "SequenceExample",
    "SparseTensorValue",
    "Stream",
    "SummaryWriter",
    "TFRecordWriter",
    "TimeFreqLSTMCell",
    "Trainer",
    "VarLenFeature",
    "Vocabulary",
    "WarmUp",
    "as_pixels",
    "as_rows",
    "bidirectional_dynamic_rnn",
    "bidirectional_dynamic_rnn_backward",
    "bidirectional_params",
    "bucket_by_length",
    "categorical",
    "check_gradients",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "complex_step",
    "dynamic_rnn",
    "dynamic_rnn_backward",
    "flatten_time",
    "generator_state",
    "global_norm",
    "glorot_uniform",
    "histogram",
    "last_window_backward",
    "latest_checkpoint",
    "legacy_sequence_loss",
    "load_checkpoint",
    "load_digits",
    "load_mnist",
    "load_tree",
    "mask_by_length",
    "mask_by_sign",
    "masked_crc32c",
    "masked_loss",
    "masked_loss_backward",
    "one_hot",
    "orthogonal",
    "pad_batch",
    "padded_batches",
    "padding_cost",
    "padding_saved",
    "params_from_variables",
    "parse_sequence_example",
    "parse_single_sequence_example",
    "read_idx",
    "read_sequence_examples",
    "read_tfrecord",
    "restore_generator",
    "reverse_sequence",
    "save_checkpoint",
    "seeded_permutation",
    "sequence_loss",
    "sequence_loss_backward",
    "sequence_loss_by_example",
    "sequence_mask",
    "series_to_rows",
    "slot_variables",
    "slots_from_variables",
    "softmax",
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
    "variables_below",
    "variables_from_params",
    "vocabulary_of",
    "windows",
    "write_idx",
    "zeros",
]

__all__ += conversions.__all__
# Where there is no Numba, ``from scratch import *`` does without what needs it.
if find_spec("numba"):
    __all__ += FROM_JIT


def __getattr__(name: str) -> Any:
    if name not in FROM_JIT:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(jit, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *FROM_JIT})
