"""The same programs as ``scratch``, said as TensorFlow graphs: TensorFlow's own cells, loops and differentiation.

A function here takes the same cell descriptions, parameters and arrays as its namesake in ``scratch`` and returns the
same results as NumPy arrays, so one test body serves both. No equation is retyped: what TensorFlow ships, it computes.
"""

from tf_impl.cell import backward, forward, genuine
from tf_impl.cells.attention import AttentionCellWrapper
from tf_impl.cells.coupled_lstm import CoupledInputForgetGateLSTMCell
from tf_impl.cells.dropout import DropoutWrapper
from tf_impl.cells.full_lstm import LSTMBlockCell, LSTMCell, block_lstm, block_lstm_v2, lstm_block_cell
from tf_impl.cells.grid_lstm import GridLSTMCell
from tf_impl.cells.gru import GRUCell, gru_block_cell
from tf_impl.cells.lstm import BasicLSTMCell
from tf_impl.cells.multi import MultiRNNCell
from tf_impl.cells.residual import ResidualWrapper
from tf_impl.cells.rnn import BasicRNNCell
from tf_impl.cells.time_freq_lstm import TimeFreqLSTMCell
from tf_impl.inputs.idx import read_idx, write_idx
from tf_impl.inputs.padding import (
    bucket_by_length,
    pad_batch,
    pad_batch_backward,
    padded_batches,
    queued_batches,
    reverse_sequence,
    sequence_mask,
    unpad_batch,
)
from tf_impl.inputs.sequence_example import (
    SequenceExample,
    parse_sequence_example,
    parse_single_sequence_example,
    read_sequence_examples,
)
from tf_impl.inputs.tfrecord import TFRecordWriter, masked_crc32c, read_tfrecord
from tf_impl.inputs.unstack import flatten_time, series_to_rows, stack, swap_time_and_batch, unflatten_time, unstack
from tf_impl.inputs.vocabulary import Vocabulary, vocabulary_of
from tf_impl.tasks.mnist_data import as_pixels, as_rows, fetch_mnist, load_mnist, one_hot
from tf_impl.training.adam import AdamOptimizer
from tf_impl.training.batch_norm import BatchNormalization
from tf_impl.training.batches import BatchSource
from tf_impl.training.checkpoint import (
    latest_checkpoint,
    load_checkpoint,
    restore_session,
    save_checkpoint,
    session_variables,
)
from tf_impl.training.clipping import clip_by_global_norm, clip_by_norm, clip_by_value, global_norm
from tf_impl.training.dense import Dense
from tf_impl.training.embedding import Embedding
from tf_impl.training.losses import (
    mask_by_length,
    mask_by_sign,
    masked_loss,
    masked_loss_backward,
    softmax,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_backward,
    sparse_softmax_cross_entropy_with_logits,
)
from tf_impl.training.momentum import MomentumOptimizer
from tf_impl.training.network import Network
from tf_impl.training.optimizers import AdagradOptimizer, GradientDescentOptimizer
from tf_impl.training.rmsprop import RMSPropOptimizer
from tf_impl.training.sequence_loss import (
    legacy_sequence_loss,
    sequence_loss,
    sequence_loss_backward,
    sequence_loss_by_example,
)
from tf_impl.training.summaries import SummaryWriter
from tf_impl.training.trainer import Trainer
from tf_impl.unroll.bidirectional import (
    bidirectional_dynamic_rnn,
    bidirectional_dynamic_rnn_backward,
    static_bidirectional_rnn,
    static_bidirectional_rnn_backward,
)
from tf_impl.unroll.dynamic import dynamic_rnn, dynamic_rnn_backward
from tf_impl.unroll.stack_bidirectional import stack_bidirectional_dynamic_rnn, stack_bidirectional_dynamic_rnn_backward
from tf_impl.unroll.static import static_rnn, static_rnn_backward
from tf_impl.unroll.streaming import Stream
from tf_impl.unroll.truncated import truncated_rnn, truncated_rnn_backward
