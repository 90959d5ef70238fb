"""The case table: every cell and option, and the lengths they are run with."""

import numpy as np

from parity_tests.harness import Case
from scratch import (
    AttentionCellWrapper,
    BasicLSTMCell,
    BasicRNNCell,
    CoupledInputForgetGateLSTMCell,
    DropoutWrapper,
    GridLSTMCell,
    GRUCell,
    LSTMBlockCell,
    LSTMCell,
    MultiRNNCell,
    ResidualWrapper,
    TimeFreqLSTMCell,
)

RNN_CELLS = [BasicRNNCell(4), BasicRNNCell(4, activation="relu")]
LSTM_CELLS = [BasicLSTMCell(4), BasicLSTMCell(4, forget_bias=0.0), BasicLSTMCell(4, 2.5, activation="relu")]
# The bounds are such that some entries are clipped and some are not.
FULL_LSTM_CELLS = [
    LSTMCell(4),
    LSTMCell(4, use_peepholes=True),
    LSTMCell(4, cell_clip=0.4),
    LSTMCell(4, num_proj=2),
    LSTMCell(4, num_proj=7, proj_clip=0.3),
    LSTMCell(4, use_peepholes=True, cell_clip=0.4, num_proj=2, proj_clip=0.2, forget_bias=0.3),
    LSTMCell(8, use_peepholes=True, num_proj=7, activation="relu"),
]
# Not among CELLS: TensorFlow has them as operations, not as cells.
BLOCK_CELLS = [
    LSTMBlockCell(4),
    LSTMBlockCell(4, use_peepholes=True, forget_bias=0.3),
    LSTMBlockCell(4, cell_clip=0.4),
    LSTMBlockCell(4, use_peepholes=True, cell_clip=0.3),
]
GRU_CELLS = [
    GRUCell(4),
    GRUCell(4, activation="relu"),
    GRUCell(4, reset_after=True),
    GRUCell(4, activation="relu", reset_after=True),
]
COUPLED_LSTM_CELLS = [
    CoupledInputForgetGateLSTMCell(4),
    CoupledInputForgetGateLSTMCell(4, use_peepholes=True, forget_bias=0.0),
    CoupledInputForgetGateLSTMCell(4, use_peepholes=True, proj_clip=0.3, num_proj=2),
    CoupledInputForgetGateLSTMCell(4, num_proj=7, forget_bias=2.5, activation="relu"),
]
# Windows that overlap, that touch, that leave gaps; one place, where nothing is heard from below.
TIME_FREQ_CELLS = [
    TimeFreqLSTMCell(4, feature_size=2, num_shifts=2),
    TimeFreqLSTMCell(4, use_peepholes=True, forget_bias=0.0, feature_size=1, num_shifts=3),
    TimeFreqLSTMCell(4, use_peepholes=True, cell_clip=0.4, feature_size=2, num_shifts=2),
    TimeFreqLSTMCell(7, cell_clip=0.3, forget_bias=2.5, feature_size=1, frequency_skip=2, num_shifts=2),
    TimeFreqLSTMCell(4, use_peepholes=True, feature_size=2, frequency_skip=2),
]
# One block over all of x, and blocks of 2 and 1 windows with weights of their own.
WHOLE = {"feature_size": 2, "frequency_skip": 1, "num_frequency_blocks": [2]}
BLOCKS = {
    "feature_size": 1,
    "frequency_skip": 1,
    "num_frequency_blocks": [2, 1],
    "start_freqindex_list": [0, 2],
    "end_freqindex_list": [2, 3],
}
GRID_CELLS = [
    GridLSTMCell(4, **WHOLE),
    GridLSTMCell(5, use_peepholes=True, forget_bias=0.0, **WHOLE),
    GridLSTMCell(4, use_peepholes=True, share_time_frequency_weights=True, cell_clip=0.4, **WHOLE),
    GridLSTMCell(4, use_peepholes=True, couple_input_forget_gates=True, **BLOCKS),
    GridLSTMCell(4, use_peepholes=True, cell_clip=0.3, forget_bias=2.5, **BLOCKS),
    GridLSTMCell(7, share_time_frequency_weights=True, couple_input_forget_gates=True, cell_clip=0.4, **WHOLE),
    GridLSTMCell(4, share_time_frequency_weights=True, feature_size=1, frequency_skip=2, num_frequency_blocks=[2]),
]
MULTI_CELLS = [
    MultiRNNCell([BasicLSTMCell(4), BasicLSTMCell(2), BasicLSTMCell(7)]),
    MultiRNNCell([BasicRNNCell(7), BasicLSTMCell(4)]),
    MultiRNNCell([BasicLSTMCell(4), MultiRNNCell([BasicRNNCell(7, activation="relu"), BasicRNNCell(2)])]),
]
MIXED_CELLS = [MultiRNNCell([GRUCell(4), LSTMCell(7, use_peepholes=True, num_proj=2), BasicRNNCell(4)])]
RESIDUAL_CELLS = [
    ResidualWrapper(BasicLSTMCell(3)),
    ResidualWrapper(MultiRNNCell([GRUCell(4), BasicRNNCell(3)])),
    MultiRNNCell([BasicLSTMCell(4), ResidualWrapper(BasicRNNCell(4)), ResidualWrapper(BasicLSTMCell(4))]),
]
ATTENTION_CELLS = [
    AttentionCellWrapper(BasicLSTMCell(4), attn_length=2),
    AttentionCellWrapper(BasicLSTMCell(4), attn_length=2, attn_size=6, attn_vec_size=7, input_size=8),
    AttentionCellWrapper(BasicRNNCell(4, activation="relu"), attn_length=1, attn_vec_size=2),
    AttentionCellWrapper(MultiRNNCell([BasicLSTMCell(4), BasicRNNCell(2)]), 3, attn_size=7, attn_vec_size=2),
    MultiRNNCell([AttentionCellWrapper(BasicRNNCell(4), 3, attn_size=2, attn_vec_size=7), BasicLSTMCell(2)]),
]
VARIATIONAL_CELLS = [
    DropoutWrapper(BasicLSTMCell(4), 0.7, 0.8, 0.6, variational_recurrent=True),
    DropoutWrapper(BasicRNNCell(4), state_keep_prob=0.5, variational_recurrent=True),
    DropoutWrapper(MultiRNNCell([GRUCell(4), BasicLSTMCell(2)]), 0.9, 0.5, 0.6, variational_recurrent=True),
    AttentionCellWrapper(
        DropoutWrapper(BasicLSTMCell(4), 0.7, 0.8, 0.6, variational_recurrent=True), attn_length=2, attn_size=6
    ),
]
# Not among CELLS: their masks cannot be fed into TensorFlow's while_loop and cond, only into a static graph.
DROPOUT_CELLS = [
    DropoutWrapper(BasicLSTMCell(4), 0.7, 0.8, 0.6),
    DropoutWrapper(BasicLSTMCell(4), input_keep_prob=0.5),
    DropoutWrapper(BasicRNNCell(4), state_keep_prob=0.5),
    MultiRNNCell([DropoutWrapper(BasicLSTMCell(4), output_keep_prob=0.5) for _ in range(3)]),
    DropoutWrapper(MultiRNNCell([BasicLSTMCell(4), DropoutWrapper(GRUCell(2), 0.5, 1.0, 0.7)]), 0.9, 0.5, 0.6),
    ResidualWrapper(DropoutWrapper(BasicLSTMCell(3), 0.6, 0.7)),
]
JIT_CELLS = RNN_CELLS + LSTM_CELLS + MULTI_CELLS
CONTRIB_CELLS = COUPLED_LSTM_CELLS + TIME_FREQ_CELLS + GRID_CELLS + ATTENTION_CELLS
# JIT_CELLS are those that are run in every way with both engines; these, all that engine="numba" runs.
COVERED_CELLS = JIT_CELLS + FULL_LSTM_CELLS + BLOCK_CELLS + GRU_CELLS + MIXED_CELLS + RESIDUAL_CELLS
CELLS = JIT_CELLS + FULL_LSTM_CELLS + GRU_CELLS + MIXED_CELLS + RESIDUAL_CELLS + VARIATIONAL_CELLS + CONTRIB_CELLS

# All rows full; unsorted, with 0, 1 and T among them; none that reaches T.
LENGTHS = [None, (4, 0, 6, 1, 3), (2, 5, 0, 5, 1)]


def sequences(cells):
    """Return a case for each cell with each pattern of lengths."""
    return [Case(cell, lengths) for cell in cells for lengths in LENGTHS]


def in_dtypes(cases):
    """Return ``(case, dtype)``: every case in float64, and in float32 those whose lengths hold 0, 1 and T."""
    in_float32 = [(case, np.float32) for case in cases if case.sequence_length == LENGTHS[1]]
    return [(case, np.float64) for case in cases] + in_float32


def one_step(cells):
    """Return a case of a single time step for each cell."""
    return [Case(cell, num_steps=1) for cell in cells]


def on_engines(cells):
    """Return ``(cell, engine)`` for each cell and each engine that runs it."""
    engines = {engine: cells if engine == "numpy" else COVERED_CELLS for engine in ("numpy", "numba")}
    return [(cell, engine) for cell in cells for engine, covered in engines.items() if cell in covered]
