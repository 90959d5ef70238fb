"""What every cell promises whatever its equations: options that cannot be changed, their defaults, its first arrays."""

import dataclasses
import itertools

import numpy as np
import pytest

from parity_tests.cases import BLOCK_CELLS, CELLS, DROPOUT_CELLS, one_step
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
    TimeFreqLSTMCell,
)
from scratch.tree import named_leaves

KINDS = list({type(cell): cell for cell in CELLS + BLOCK_CELLS + DROPOUT_CELLS}.values())
RNN = BasicRNNCell(4)
DEFAULTS = {
    RNN: {"activation": "tanh"},
    BasicLSTMCell(4): {"forget_bias": 1.0, "activation": "tanh"},
    GRUCell(4): {"activation": "tanh", "reset_after": False},
    LSTMCell(4): {
        **{"use_peepholes": False, "cell_clip": None, "num_proj": None, "proj_clip": None},
        **{"forget_bias": 1.0, "activation": "tanh"},
    },
    LSTMBlockCell(4): {"use_peepholes": False, "cell_clip": None, "forget_bias": 1.0},
    CoupledInputForgetGateLSTMCell(4): {
        **{"use_peepholes": False, "proj_clip": None, "num_proj": None},
        **{"forget_bias": 1.0, "activation": "tanh"},
    },
    TimeFreqLSTMCell(4, feature_size=1): {
        **{"use_peepholes": False, "cell_clip": None, "forget_bias": 1.0, "frequency_skip": 1},
    },
    GridLSTMCell(4, feature_size=1, frequency_skip=1, num_frequency_blocks=[1]): {
        **{"use_peepholes": False, "share_time_frequency_weights": False, "cell_clip": None, "forget_bias": 1.0},
        **{"couple_input_forget_gates": False, "start_freqindex_list": None, "end_freqindex_list": None},
    },
    DropoutWrapper(RNN): {
        **{"input_keep_prob": 1.0, "output_keep_prob": 1.0, "state_keep_prob": 1.0, "variational_recurrent": False},
    },
    AttentionCellWrapper(RNN, 2): {"attn_size": None, "attn_vec_size": None, "input_size": None},
}


@pytest.mark.parametrize(("cell", "expected"), DEFAULTS.items(), ids=lambda cell: type(cell).__name__)
def test_defaults_are_tensorflows(cell, expected):
    assert {name: getattr(cell, name) for name in expected} == expected


@pytest.mark.parametrize("cell", KINDS, ids=lambda cell: type(cell).__name__)
def test_a_cell_is_a_value(cell):
    for field in dataclasses.fields(cell):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(cell, field.name, getattr(cell, field.name))
    same = dataclasses.replace(cell)
    assert same == cell
    assert hash(same) == hash(cell)
    assert repr(same) == repr(cell)
    assert repr(cell).startswith(f"{type(cell).__name__}(")


def test_different_cells_are_different_values():
    for one, other in itertools.combinations(CELLS, 2):
        assert one != other or repr(one) == repr(other)


@pytest.mark.parametrize("case", one_step(KINDS), ids=lambda case: type(case.cell).__name__)
def test_float32_is_what_is_made_where_nothing_is_asked_for(case):
    cell = case.cell
    for tree in (cell.zero_state(5), cell.init_params(np.random.default_rng(0), case.input_size)):
        assert {leaf.dtype for _, leaf in named_leaves(tree)} == {np.dtype(np.float32)}
    assert not any(leaf.any() for _, leaf in named_leaves(cell.zero_state(5)))
