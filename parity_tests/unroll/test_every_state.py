"""``keep_states``: the state after every step, of every layer, in every engine, layout and direction."""

import numpy as np
import pytest

import scratch
from parity_tests.harness import Case, assert_parity, run_dynamic
from parity_tests.test_visits import LENGTHS, MASK
from scratch import (
    AttentionCellWrapper,
    BasicLSTMCell,
    BasicRNNCell,
    CoupledInputForgetGateLSTMCell,
    DropoutWrapper,
    GridLSTMCell,
    GRUCell,
    LSTMCell,
    MultiRNNCell,
    ResidualWrapper,
    bidirectional_dynamic_rnn,
    bidirectional_params,
    dynamic_rnn,
    static_rnn,
    truncated_rnn,
)
from scratch.engines import ENGINES
from scratch.tree import map_tree, named_leaves
from tf_impl.unroll.dynamic import states_along_time

# Of full rows and of unequal ones, the compiled engine walks most of them in different ways.
CELLS = [
    BasicLSTMCell(4),
    GRUCell(4, reset_after=True),
    LSTMCell(4, use_peepholes=True, num_proj=2),
    MultiRNNCell([BasicRNNCell(7, activation="relu"), BasicLSTMCell(2)]),
    MultiRNNCell([GRUCell(4), ResidualWrapper(CoupledInputForgetGateLSTMCell(4))]),
    AttentionCellWrapper(BasicLSTMCell(4), 3),
    AttentionCellWrapper(GRUCell(4), 2),
]
GRID = GridLSTMCell(4, feature_size=1, frequency_skip=1, num_frequency_blocks=[3])
OPTIONS = [{}, {"reverse": True}, {"mask": MASK}, {"mask": MASK, "reverse": True}]


def with_states(cell, problem, lengths, **options):
    return dynamic_rnn(
        cell, problem.params, problem.inputs, lengths, problem.initial_state, keep_states=True, **options
    )


def batch_major(states):
    return map_tree(lambda steps: steps.swapaxes(0, 1), states)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: ",".join(options))
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_agrees_with_a_tensorflow_cell_that_returns_its_state(cell, options):
    problem = Case(cell, LENGTHS).draw(np.float64)
    for lengths in (LENGTHS, None):
        arguments = cell, problem.params, problem.inputs, lengths, problem.initial_state
        expected = states_along_time(*arguments, **options)
        for engine in ({}, {"engine": "numba"}, {"checkpoint_every": 4}):
            assert_parity(with_states(cell, problem, lengths, **engine, **options)[2].states, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("cell", [CELLS[0], CELLS[3], CELLS[5], GRID], ids=str)
def test_what_it_is_of_results_and_of_other_ways_to_run(cell, dtype):
    problem = Case(cell, LENGTHS).draw(dtype)
    for engine in ["numpy"] if cell is GRID else ENGINES:
        outputs, final_state, tape = with_states(cell, problem, LENGTHS, engine=engine)
        # The last of each row is the final state, to the last bit; a row of length 0 has its initial state everywhere.
        assert_parity(map_tree(lambda steps: steps[:, -1], tape.states), final_state, limit=0)
        empty = LENGTHS.index(0)
        for (_, steps), (_, start) in zip(
            named_leaves(tape.states), named_leaves(problem.initial_state), strict=True
        ):
            assert (steps[empty] == start[empty]).all()
            assert steps.dtype == dtype
            assert steps.shape == (5, 6, start.shape[1])
        # Asking for it changes nothing else.
        plain = run_dynamic(scratch, Case(cell, LENGTHS), problem, engine=engine)
        asked = run_dynamic(scratch, Case(cell, LENGTHS), problem, engine=engine, keep_states=True)
        assert_parity(asked, plain, limit=0)
        turned = problem._replace(inputs=np.ascontiguousarray(problem.inputs.swapaxes(0, 1)))
        states = with_states(cell, turned, LENGTHS, engine=engine, time_major=True)[2].states
        assert_parity(batch_major(states), tape.states, limit=0)
        assert_parity(outputs, plain.outputs, limit=0)


def test_without_it_there_is_none():
    problem = Case(BasicLSTMCell(4)).draw(np.float64)
    arguments = BasicLSTMCell(4), problem.params, problem.inputs
    assert dynamic_rnn(*arguments)[2].states is None
    with pytest.raises(ValueError, match="keep_states must be False with keep_tape=False: it is the tape"):
        dynamic_rnn(*arguments, keep_states=True, keep_tape=False)
    with pytest.raises(ValueError, match="keep_states must be one of False, True, but is 1"):
        dynamic_rnn(*arguments, keep_states=1)


@pytest.mark.parametrize("lengths", [LENGTHS, None], ids=str)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_it_is_the_callers_to_write_to(engine, lengths):
    """The backward pass reads none of what was handed out."""
    case = Case(BasicLSTMCell(4), lengths)
    problem = case.draw(np.float64)
    _, _, tape = with_states(case.cell, problem, lengths, engine=engine)
    expected = scratch.dynamic_rnn_backward(tape, problem.d_outputs)
    for _, steps in named_leaves(tape.states):
        steps.fill(np.nan)
    assert_parity(scratch.dynamic_rnn_backward(tape, problem.d_outputs), expected, limit=0)


@pytest.mark.parametrize("keep_prob", [0.5, 1.0])
def test_dropped_states_are_what_the_next_step_reads(keep_prob):
    cell = MultiRNNCell([DropoutWrapper(GRUCell(4), 0.5, 0.6, keep_prob), DropoutWrapper(BasicRNNCell(3), 0.5)])
    problem = Case(cell, LENGTHS).draw(np.float64)
    arguments = cell, problem.params, problem.inputs
    _, _, tape = dynamic_rnn(*arguments, LENGTHS, masks=problem.masks, keep_states=True)
    _, _, compiled = dynamic_rnn(*arguments, LENGTHS, masks=problem.masks, keep_states=True, engine="numba")
    assert_parity(compiled.states, tape.states)
    first = map_tree(lambda mask: mask[:3], problem.masks)
    start = dynamic_rnn(cell, problem.params, problem.inputs[:, :3], np.minimum(LENGTHS, 3), masks=first)[1]
    assert_parity(map_tree(lambda steps: steps[:, 2], tape.states), start, limit=0)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_every_unroll_hands_it_on(engine):
    cell = BasicLSTMCell(4)
    problem = Case(cell, LENGTHS).draw(np.float64)
    expected = {
        reverse: dynamic_rnn(
            cell, problem.params, problem.inputs, LENGTHS, engine=engine, keep_states=True, reverse=reverse
        )[2].states
        for reverse in (False, True)
    }
    options = {"engine": engine, "keep_states": True}
    xs = list(problem.inputs.swapaxes(0, 1))
    _, _, tape = static_rnn(cell, problem.params, xs, None, LENGTHS, **options)
    assert_parity(batch_major(tape.states), expected[False], limit=0)
    params = {"fw": problem.params, "bw": map_tree(np.copy, problem.params)}
    _, _, tape = bidirectional_dynamic_rnn(cell, cell, params, problem.inputs, LENGTHS, **options)
    assert_parity((tape.fw.states, tape.bw.states), (expected[False], expected[True]), limit=0)
    two = {"cell_0": params, "cell_1": bidirectional_params(np.random.default_rng(0), cell, cell, 8, np.float64)}
    layers = scratch.stack_bidirectional_dynamic_rnn(
        [cell, cell], [cell, cell], two, problem.inputs, None, None, LENGTHS, **options
    )
    assert_parity(layers[3][0].bw.states, expected[True], limit=0)
    assert_parity(map_tree(lambda steps: steps[:, -1], layers[3][1].fw.states), layers[1][1], limit=0)
    _, _, tapes = truncated_rnn(cell, problem.params, problem.inputs, [2, 4], LENGTHS, **options)
    joined = map_tree(lambda *steps: np.concatenate(steps, axis=1), *(tape.states for tape in tapes))
    assert_parity(joined, expected[False])
