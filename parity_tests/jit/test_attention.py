"""``AttentionCellWrapper``, compiled: a walk of its own around the steps of the cell within it."""

import numpy as np
import pytest

import scratch
from parity_tests.cases import ATTENTION_CELLS, LENGTHS, sequences
from parity_tests.harness import Case, assert_padding_is_zero, assert_parity, run_dynamic
from parity_tests.jit.checks import SAME_BITS, check_against_tensorflow, gradients_as_one, run_numba
from scratch import (
    AttentionCellWrapper,
    BasicLSTMCell,
    BasicRNNCell,
    DropoutWrapper,
    GRUCell,
    LSTMCell,
    MultiRNNCell,
    ResidualWrapper,
    Stream,
    dynamic_rnn,
    dynamic_rnn_backward,
)
from scratch.jit.attention import backward
from scratch.jit.machine import threads
from scratch.tree import map_tree, named_leaves

# Below, at and beyond a vector; every kind of cell within; K below, at and beyond T = 6.
WITHIN = [
    AttentionCellWrapper(GRUCell(5), 1, attn_size=7, attn_vec_size=6, input_size=2),
    AttentionCellWrapper(LSTMCell(6, True, num_proj=3), 4, attn_size=19, attn_vec_size=17, input_size=20),
    AttentionCellWrapper(GRUCell(5, reset_after=True), 6),
    AttentionCellWrapper(BasicRNNCell(4), 9, attn_size=8, attn_vec_size=3),
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", sequences(ATTENTION_CELLS[:3] + WITHIN), ids=str)
def test_agrees_with_numpy(case, dtype):
    problem = case.draw(dtype)
    # Outputs are sums, which nothing bounds, and K of them come back at each step: so from small weights.
    problem = problem._replace(params=map_tree(lambda leaf: leaf * dtype(0.5), problem.params))
    actual = run_numba(case, problem)
    each = gradients_as_one if dtype is np.float32 else tuple
    assert_parity(each(actual), each(run_dynamic(scratch, case, problem)))
    if case.sequence_length is not None:
        assert_padding_is_zero(case, actual)


@pytest.mark.parametrize("cell", [*ATTENTION_CELLS[:2], ATTENTION_CELLS[4]], ids=str)
def test_agrees_with_tensorflow(cell):
    check_against_tensorflow(Case(cell, LENGTHS[1]), np.float64)


@pytest.mark.parametrize("cell", [ATTENTION_CELLS[1], WITHIN[1]], ids=str)
def test_any_number_of_parts_and_blocks(cell, monkeypatch):
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
    case = Case(cell, (17, 0, 20, 1, 20, 9, 17, 3), 8, 20, 3)
    problem = case.draw(np.float64)
    expected = run_dynamic(scratch, case, problem)
    for cores in (1, 3, 20):
        monkeypatch.setattr(threads, "num_cores", cores)
        monkeypatch.setattr(backward, "TOKENS", 7 * cores)
        results = [run_numba(case, problem, time_major=time_major) for time_major in (False, True)]
        assert_parity(results[0], expected)
        assert_parity(results[1], results[0], limit=SAME_BITS)


@pytest.mark.parametrize("keep_tape", [False, True])
@pytest.mark.parametrize("cell", WITHIN, ids=str)
def test_nothing_is_read_before_it_is_written(cell, keep_tape, monkeypatch):
    def empty(shape, dtype):
        return np.full(shape, np.nan, dtype)

    for module in ("walk.layer", "walk.layout", "attention.layer", "batch"):
        monkeypatch.setattr(f"scratch.jit.{module}.empty", empty)
    case = Case(cell, (4, 0, 6, 1, 3))
    problem = case.draw(np.float64)
    if keep_tape:
        assert_parity(run_numba(case, problem), run_dynamic(scratch, case, problem))
    else:
        arguments = cell, problem.params, problem.inputs, case.sequence_length, problem.initial_state
        assert_parity(*[dynamic_rnn(*arguments, engine=e, keep_tape=False)[:2] for e in ("numba", "numpy")])


@pytest.mark.parametrize("cell", [WITHIN[1], LSTMCell(6, True, num_proj=3)], ids=str)
def test_all_other_gradients_are_the_same_where_nobody_asks_for_that_of_the_inputs(cell):
    case = Case(cell, (4, 0, 6, 1, 3))
    problem = case.draw(np.float64)
    _, state, tape = dynamic_rnn(cell, problem.params, problem.inputs, case.sequence_length, engine="numba")
    for d_outputs in (problem.d_outputs, None):
        _, *right = dynamic_rnn_backward(tape, d_outputs, state)
        nothing, *found = dynamic_rnn_backward(tape, d_outputs, state, needs_d_inputs=False)
        assert nothing is None
        assert_parity(tuple(found), tuple(right), limit=SAME_BITS)


@pytest.mark.parametrize("cell", WITHIN[:2], ids=str)
def test_rows_that_never_start(cell):
    for lengths in [(), (0, 0, 0)]:
        case = Case(cell, lengths, len(lengths), 6, 3)
        problem = case.draw(np.float32)
        results = run_numba(case, problem)
        assert_parity(results, run_dynamic(scratch, case, problem))
        assert all((leaf == 0).all() for _, leaf in named_leaves((results.outputs, results.d_inputs, results.d_params)))


def test_what_is_not_a_number_stays_in_its_row():
    case = Case(WITHIN[1], (4, 2, 6, 1, 3))
    problem = case.draw(np.float64)
    inputs = problem.inputs.copy()
    inputs[4, 1] = np.nan
    actual, expected = run_numba(case, problem._replace(inputs=inputs)), run_numba(case, problem)
    assert np.isnan(actual.outputs[4, 1:3]).all()
    assert np.isnan(actual.d_inputs[4, :2]).all()
    assert_parity(actual.outputs[:4], expected.outputs[:4], limit=0)
    assert_parity(actual.d_inputs[:4], expected.d_inputs[:4], limit=0)


def test_scores_far_apart_choose_one():
    """Scores thousands apart: u' is one vector of the window, as in the text book."""
    cell = AttentionCellWrapper(BasicRNNCell(1), attn_length=3)
    params = cell.init_params(np.random.default_rng(0), 1, np.float64)
    params["attention"] |= {"attn_w": np.full((1, 1, 1, 1), 3.0), "attn_v": np.full(1, 9000.0)}
    state = np.zeros((1, 1)), np.zeros((1, 1)), np.array([[0.1, 0.7, -0.4]])
    _, final_state, _ = dynamic_rnn(cell, params, np.zeros((1, 1, 1)), None, state, engine="numba")
    assert final_state[1] == 0.7


def test_a_stream_is_the_same_as_a_sequence():
    for cell in (ATTENTION_CELLS[1], ResidualWrapper(AttentionCellWrapper(GRUCell(3), 2)), ATTENTION_CELLS[4]):
        case = Case(cell)
        problem = case.draw(np.float64)
        arguments = cell, problem.params, problem.inputs, None, problem.initial_state
        outputs, final_state, _ = dynamic_rnn(*arguments, engine="numba")
        stream = Stream(cell, problem.params, problem.initial_state, engine="numba")
        steps = [stream.step(np.ascontiguousarray(problem.inputs[:, t])) for t in range(case.num_steps)]
        assert_parity(np.stack(steps, axis=1), outputs, limit=SAME_BITS)
        assert_parity(stream.state, final_state, limit=SAME_BITS)


def test_dropout_of_its_outputs_runs_and_of_its_state_does_not():
    cell = AttentionCellWrapper(GRUCell(4), 2)
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    dropped = DropoutWrapper(cell, 0.9, 0.8)
    masks = dropped.draw_masks(np.random.default_rng(1), 6, 5, 3)
    inputs = np.random.default_rng(2).standard_normal((5, 6, 3))
    assert_parity(*[dynamic_rnn(dropped, params, inputs, engine=e, masks=masks)[:2] for e in ("numba", "numpy")])
    for unfit in (cell, MultiRNNCell([ResidualWrapper(AttentionCellWrapper(GRUCell(3), 2)), BasicRNNCell(2)])):
        with pytest.raises(ValueError, match="engine 'numba' does not drop the state of AttentionCellWrapper"):
            scratch.jit.check_covered(DropoutWrapper(unfit, state_keep_prob=0.5))
    for within in (MultiRNNCell([BasicLSTMCell(4)]), DropoutWrapper(GRUCell(4), 0.5)):
        with pytest.raises(ValueError, match=f"not AttentionCellWrapper of {type(within).__name__}; engine 'numpy'"):
            scratch.jit.check_covered(AttentionCellWrapper(within, 2))
