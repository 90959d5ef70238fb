"""``dynamic_rnn`` without a tape."""

import tracemalloc

import numpy as np
import pytest

from parity_tests.cases import (
    CELLS,
    DROPOUT_CELLS,
    FULL_LSTM_CELLS,
    GRU_CELLS,
    LENGTHS,
    LSTM_CELLS,
    MIXED_CELLS,
    MULTI_CELLS,
    RESIDUAL_CELLS,
    RNN_CELLS,
)
from parity_tests.harness import Case, assert_parity
from scratch import BasicLSTMCell, GRUCell, dynamic_rnn
from scratch.jit.machine import memory
from scratch.tree import map_tree, named_leaves

# Every kernel and every wrapper.
COVERED = [
    RNN_CELLS[0],
    LSTM_CELLS[1],
    *FULL_LSTM_CELLS[4:],
    *GRU_CELLS[::2],
    MULTI_CELLS[2],
    *MIXED_CELLS,
    *RESIDUAL_CELLS,
    DROPOUT_CELLS[1],
    DROPOUT_CELLS[3],
]
ON_ENGINES = [(cell, "numpy") for cell in CELLS + DROPOUT_CELLS] + [(cell, "numba") for cell in COVERED]


@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize(("cell", "engine"), ON_ENGINES, ids=str)
def test_the_results_are_those_with_a_tape_to_the_last_bit(cell, engine, lengths):
    problem = Case(cell, lengths).draw(np.float64)
    before = map_tree(np.copy, problem)

    def run(inputs, time_major=False, **options):
        options |= problem.options()
        arguments = cell, problem.params, inputs, lengths, problem.initial_state, time_major, engine
        return dynamic_rnn(*arguments, **options)

    expected = run(problem.inputs)[:2]
    outputs, final_state, tape = run(problem.inputs, keep_tape=False)
    assert tape is None
    assert_parity((outputs, final_state), tuple(expected), limit=0)
    turned, turned_state, _ = run(np.ascontiguousarray(problem.inputs.swapaxes(0, 1)), True, keep_tape=False)
    assert_parity((turned.swapaxes(0, 1), turned_state), tuple(expected), limit=0)
    # Nothing that came out is what went in, or a part of another result.
    outputs[...] = np.nan
    assert_parity(final_state, expected[1], limit=0)
    for _, array in named_leaves(final_state):
        array[...] = np.nan
    assert_parity(problem, before, limit=0)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("cell", [BasicLSTMCell(70), GRUCell(80)], ids=str)
def test_memory_is_taken_for_the_results_alone(cell, engine):
    """Of 800 steps, each with gates, inputs and states, no more than a few are there at once."""
    # Two rows, because one alone has a walk of its own; and cells that are too wide for the small kernel.
    params, inputs = cell.init_params(np.random.default_rng(0), 3, np.float64), np.ones((2, 800, 3))

    def peak(**options):
        # Memory that is used again is not counted.
        memory.kept.clear()
        tracemalloc.start()
        try:
            outputs = dynamic_rnn(cell, params, inputs, engine=engine, **options)[0]
            return tracemalloc.get_traced_memory()[1] / outputs.nbytes - 1
        finally:
            tracemalloc.stop()

    # Compiled before it is measured.
    dynamic_rnn(cell, params, inputs[:, :2], engine=engine, keep_tape=False)
    assert peak() > 3
    # The least of three: what another thread takes meanwhile is counted, too.
    assert min(peak(keep_tape=False) for _ in range(3)) < 0.5


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_refusals(engine):
    cell = BasicLSTMCell(4)
    arguments = cell, cell.init_params(np.random.default_rng(0), 3, np.float64), np.zeros((5, 6, 3))
    for flag in (0, None, "no"):
        with pytest.raises(ValueError, match=f"keep_tape must be one of False, True, but is {flag!r}"):
            dynamic_rnn(*arguments, engine=engine, keep_tape=flag)
    with pytest.raises(ValueError, match="sequence_length\\[3\\] is 17, but inputs have only 6 time steps"):
        dynamic_rnn(*arguments, [1, 2, 3, 17, 5], engine=engine, keep_tape=False)
    with pytest.raises(ValueError, match="initial_state.c must have shape \\[5, 4\\], but has \\[1, 4\\]"):
        dynamic_rnn(*arguments, None, cell.zero_state(1, np.float64), engine=engine, keep_tape=False)
    with pytest.raises(ValueError, match="masks must be given for a cell with dropout"):
        dynamic_rnn(DROPOUT_CELLS[1], *arguments[1:], engine=engine, keep_tape=False)


def test_checkpoints_are_refused_because_they_are_of_a_tape():
    cell = BasicLSTMCell(4)
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    with pytest.raises(ValueError, match="checkpoint_every must be None with keep_tape=False, but is 4"):
        dynamic_rnn(cell, params, np.zeros((5, 6, 3)), checkpoint_every=4, keep_tape=False)
