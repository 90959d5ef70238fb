"""Unrolls of every kind, forward and back, with every option given."""

import numpy as np

import scratch
from parity_tests.harness import Case
from parity_tests.rows.row import GENERATOR, Row
from parity_tests.test_arguments import (
    BOTH,
    D_OUTPUTS,
    D_STATES,
    INPUTS,
    LENGTHS,
    LSTM,
    PARAMS,
    RNN,
    STACK,
    STATES,
    TAPES,
    steps,
)

DROPOUT = scratch.DropoutWrapper(scratch.BasicLSTMCell(4), 0.7, 0.8, 0.6)
PROBLEM = Case(DROPOUT).draw(np.float64)
OTHER = {name: leaf.copy() for name, leaf in PROBLEM.params.items()}
COUNTS = np.array(LENGTHS)
MASK = np.arange(6) < COUNTS[:, None]
START = {"rng": GENERATOR, "input_size": 3, "dtype": np.float64, "kernel_initializer": scratch.uniform}
# Where no gradient, or no state, is given, it is zeros.
MAY_BE_NONE = ["nothing", "no array but nothing", "with nothing in it"]
STARTS = ("d_outputs", "d_final_states", "initial_states_fw", "initial_states_bw")
PARTS_MAY_BE_NONE = dict.fromkeys(STARTS, tuple(MAY_BE_NONE))
NAMED = {"kernel_initializer": ("the initializer of",)}
# A sequence of any length goes, and a list of lengths.
ANY_LENGTH = {"inputs": ["axis 1"]}
PASSES = {"cell": LSTM, "params": PARAMS[1], "inputs": INPUTS}


def results(unroll):
    """Return the unroll without its tape, which comes last."""
    return lambda **given: unroll(**given)[:-1]


UNROLLS = {
    "dynamic_rnn": Row(
        results(scratch.dynamic_rnn),
        PASSES
        | {"sequence_length": COUNTS, "initial_state": STATES[1], "time_major": False, "engine": "numpy"}
        | {"keep_tape": True, "keep_states": True, "checkpoint_every": 2}
        | {"reverse": True, "zero_output_for_mask": True},
        ANY_LENGTH,
    ),
    "dynamic_rnn compiled": Row(
        results(scratch.dynamic_rnn),
        PASSES | {"sequence_length": COUNTS, "initial_state": STATES[1], "engine": "numba"},
        ANY_LENGTH,
    ),
    "dynamic_rnn with a mask": Row(results(scratch.dynamic_rnn), PASSES | {"mask": MASK}),
    "dynamic_rnn with dropout": Row(
        results(scratch.dynamic_rnn),
        {"cell": DROPOUT, "params": PROBLEM.params, "inputs": PROBLEM.inputs, "masks": PROBLEM.masks},
    ),
    "dynamic_rnn_backward": Row(
        scratch.dynamic_rnn_backward,
        {"tape": scratch.dynamic_rnn(LSTM, PARAMS[1], INPUTS, COUNTS)[2]}
        | {"d_outputs": D_OUTPUTS[1], "d_final_state": D_STATES[1], "needs_d_inputs": True},
    ),
    "static_rnn": Row(
        results(scratch.static_rnn),
        {"cell": LSTM, "params": PARAMS[1], "inputs": steps(INPUTS), "initial_state": STATES[1]}
        | {"sequence_length": COUNTS, "engine": "numpy", "reverse": False},
        {"inputs": ["shorter", "longer"]},
    ),
    "static_rnn with dropout": Row(
        results(scratch.static_rnn),
        {"cell": DROPOUT, "params": PROBLEM.params, "inputs": steps(PROBLEM.inputs), "masks": PROBLEM.masks},
    ),
    "static_rnn_backward": Row(
        scratch.static_rnn_backward,
        {"tape": TAPES["static"], "d_outputs": steps(D_OUTPUTS[1]), "d_final_state": D_STATES[1]},
    ),
    "bidirectional_dynamic_rnn": Row(
        results(scratch.bidirectional_dynamic_rnn),
        {"cell_fw": RNN, "cell_bw": LSTM, "params": BOTH, "inputs": INPUTS, "sequence_length": COUNTS}
        | {"initial_state_fw": STATES[0], "initial_state_bw": STATES[1], "time_major": False, "engine": "numpy"},
        ANY_LENGTH,
    ),
    "bidirectional_dynamic_rnn with dropout": Row(
        results(scratch.bidirectional_dynamic_rnn),
        {"cell_fw": DROPOUT, "cell_bw": DROPOUT, "params": {"fw": PROBLEM.params, "bw": OTHER}}
        | {"inputs": PROBLEM.inputs, "masks": (PROBLEM.masks, PROBLEM.masks)},
    ),
    "bidirectional_dynamic_rnn_backward": Row(
        scratch.bidirectional_dynamic_rnn_backward,
        {"tape": TAPES["bidirectional"], "d_outputs": D_OUTPUTS, "d_final_states": D_STATES},
        PARTS_MAY_BE_NONE,
    ),
    "static_bidirectional_rnn": Row(
        results(scratch.static_bidirectional_rnn),
        {"cell_fw": RNN, "cell_bw": LSTM, "params": BOTH, "inputs": steps(INPUTS), "sequence_length": COUNTS}
        | {"initial_state_fw": STATES[0], "initial_state_bw": STATES[1], "engine": "numpy"},
        {"inputs": ["shorter", "longer"]},
    ),
    "static_bidirectional_rnn with dropout": Row(
        results(scratch.static_bidirectional_rnn),
        {"cell_fw": DROPOUT, "cell_bw": DROPOUT, "params": {"fw": PROBLEM.params, "bw": OTHER}}
        | {"inputs": steps(PROBLEM.inputs), "masks": (PROBLEM.masks, PROBLEM.masks)},
    ),
    "static_bidirectional_rnn_backward": Row(
        scratch.static_bidirectional_rnn_backward,
        {"tape": TAPES["static_bidirectional"], "d_outputs": steps(np.concatenate(D_OUTPUTS, axis=2))}
        | {"d_final_states": D_STATES},
        PARTS_MAY_BE_NONE,
    ),
    "stack_bidirectional_dynamic_rnn": Row(
        results(scratch.stack_bidirectional_dynamic_rnn),
        {"cells_fw": [RNN] * 2, "cells_bw": [LSTM] * 2, "params": STACK, "inputs": INPUTS, "sequence_length": COUNTS}
        | {"initial_states_fw": [STATES[0]] * 2, "initial_states_bw": [STATES[1]] * 2}
        | {"time_major": False, "engine": "numpy"},
        ANY_LENGTH | PARTS_MAY_BE_NONE,
    ),
    "stack_bidirectional_dynamic_rnn with dropout": Row(
        results(scratch.stack_bidirectional_dynamic_rnn),
        {"cells_fw": [DROPOUT], "cells_bw": [DROPOUT], "inputs": PROBLEM.inputs}
        | {"params": {"cell_0": {"fw": PROBLEM.params, "bw": OTHER}}}
        | {"masks": [(PROBLEM.masks, PROBLEM.masks)]},
    ),
    "stack_bidirectional_dynamic_rnn_backward": Row(
        scratch.stack_bidirectional_dynamic_rnn_backward,
        {"tapes": TAPES["stack"], "d_outputs": np.concatenate(D_OUTPUTS, axis=2)}
        | {"d_final_states": tuple((state, state) for state in D_STATES)},
        PARTS_MAY_BE_NONE,
    ),
    "truncated_rnn": Row(
        results(scratch.truncated_rnn),
        PASSES
        | {"truncated_backprop_length": 2, "sequence_length": COUNTS, "initial_state": STATES[1], "engine": "numpy"},
        ANY_LENGTH,
    ),
    "truncated_rnn with dropout": Row(
        results(scratch.truncated_rnn),
        {"cell": DROPOUT, "params": PROBLEM.params, "inputs": PROBLEM.inputs, "truncated_backprop_length": 2}
        | {"masks": PROBLEM.masks},
    ),
    "truncated_rnn_backward": Row(
        scratch.truncated_rnn_backward,
        {"tapes": TAPES["truncated"], "d_outputs": D_OUTPUTS[1], "d_final_state": D_STATES[1], "reach": 2},
    ),
    "last_window_backward": Row(
        scratch.last_window_backward,
        {"tapes": TAPES["truncated"], "d_outputs": D_OUTPUTS[1][:, 4:].copy(), "d_final_state": D_STATES[1]},
        {"d_outputs": ["no array but nothing"]},
    ),
    "windows": Row(scratch.windows, {"num_steps": 5, "truncated_backprop_length": 2}),
    "Stream": Row(
        lambda x, **given: scratch.Stream(**given).step(x),
        {"cell": LSTM, "params": PARAMS[1], "initial_state": STATES[1], "engine": "numpy", "x": INPUTS[:, 0].copy()},
        {},
        {"params": ("x",), "x": ("params",)},
    ),
    "Stream.step": Row(lambda x: stream_after(INPUTS[:, 0].copy()).step(x), {"x": INPUTS[:, 1].copy()}),
    "Stream.run": Row(
        lambda **given: stream_after(INPUTS[:, 0].copy()).run(**given),
        {"inputs": INPUTS[:, 1:].copy(), "initial_state": STATES[1]},
        {"inputs": ["axis 1 by 1", "axis 1 by -1"]},
    ),
    "bidirectional_params": Row(scratch.bidirectional_params, START | {"cell_fw": RNN, "cell_bw": LSTM}, {}, NAMED),
    "stack_bidirectional_params": Row(
        scratch.stack_bidirectional_params, START | {"cells_fw": [RNN] * 2, "cells_bw": [LSTM] * 2}, {}, NAMED
    ),
    "set_num_threads": Row(scratch.set_num_threads, {"count": 1}),
    "get_num_threads": Row(lambda: None, {}),
}


def stream_after(x):
    stream = scratch.Stream(LSTM, PARAMS[1])
    stream.step(x)
    return stream
