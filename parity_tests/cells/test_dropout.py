import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import DROPOUT_CELLS, JIT_CELLS, VARIATIONAL_CELLS
from parity_tests.harness import Case, assert_parity, run_dynamic, run_static
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    DropoutMasks,
    DropoutWrapper,
    GRUCell,
    LSTMCell,
    LSTMState,
    MultiRNNCell,
    ResidualWrapper,
    truncated_rnn,
)
from scratch.tree import map_tree, named_leaves

JIT_DROPOUT_CELLS = [
    DropoutWrapper(BasicLSTMCell(4), 0.7, 0.8),
    MultiRNNCell([DropoutWrapper(BasicLSTMCell(4), output_keep_prob=0.5) for _ in range(3)]),
    DropoutWrapper(MultiRNNCell([DropoutWrapper(BasicRNNCell(2), 0.5), BasicLSTMCell(7)]), 0.9, 0.6, 1.0, True),
    DropoutWrapper(BasicLSTMCell(4), state_keep_prob=0.6),
    DropoutWrapper(LSTMCell(5, num_proj=3), 0.7, 0.8, 0.6),
    ResidualWrapper(DropoutWrapper(BasicRNNCell(3), state_keep_prob=0.5)),
    # One wrapper's masks on top of another's.
    DropoutWrapper(MultiRNNCell([BasicLSTMCell(4), DropoutWrapper(GRUCell(9), 0.9, 1.0, 0.8)]), 0.9, 0.8, 0.9),
    DropoutWrapper(MultiRNNCell([DropoutWrapper(BasicLSTMCell(4), 1.0, 1.0, 0.7), BasicRNNCell(3)]), 1.0, 1.0, 0.6),
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("cell", DROPOUT_CELLS + VARIATIONAL_CELLS, ids=str)
def test_agrees_with_tensorflow_given_the_same_masks(cell, dtype):
    case = Case(cell)
    problem = case.draw(dtype)
    expected = run_static(tf_impl, case, problem)
    assert_parity(run_static(scratch, case, problem), expected)
    assert_parity(run_dynamic(scratch, case, problem), expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("lengths", [None, (4, 0, 6, 1, 3)], ids=str)
@pytest.mark.parametrize("cell", JIT_DROPOUT_CELLS, ids=str)
def test_numba_agrees_with_numpy_given_the_same_masks(cell, lengths, dtype):
    case = Case(cell, lengths)
    problem = case.draw(dtype)
    assert_parity(run_dynamic(scratch, case, problem, engine="numba"), run_dynamic(scratch, case, problem))


def test_the_state_filter_agrees_with_tensorflow():
    """All that may be dropped, c too; and a filter that says so for each layer."""
    layers = MultiRNNCell([BasicLSTMCell(4), BasicLSTMCell(2)])
    filters = {
        "all": (BasicLSTMCell(4), lambda state: True),
        "c alone": (
            BasicLSTMCell(4),
            lambda state: LSTMState(c=True, h=False) if isinstance(state, LSTMState) else True,
        ),
        "the second layer": (layers, lambda state: (False, True) if type(state) is tuple else True),
    }
    for cell, visitor in filters.values():
        wrapper = DropoutWrapper(cell, state_keep_prob=0.5, dropout_state_filter_visitor=visitor)
        case = Case(wrapper)
        problem = case.draw(np.float64)
        assert_parity(run_static(scratch, case, problem), run_static(tf_impl, case, problem))
    sizes = wrapper.mask_sizes(3)
    assert sizes == DropoutMasks(input=(), state=((), LSTMState(2, 2)), output=(), cell=((), ()))


def test_the_memory_of_an_lstm_is_never_dropped():
    cell = DropoutWrapper(BasicLSTMCell(50), state_keep_prob=0.5)
    assert cell.mask_sizes(3).state == LSTMState((), 50)
    problem = Case(cell, num_steps=1).draw(np.float64)
    plain = Case(cell.cell, num_steps=1)
    _, dropped, _ = scratch.dynamic_rnn(
        cell, problem.params, problem.inputs, initial_state=problem.initial_state, masks=problem.masks
    )
    _, kept, _ = scratch.dynamic_rnn(plain.cell, problem.params, problem.inputs, initial_state=problem.initial_state)
    assert_parity(dropped.c, kept.c, limit=0)
    mask = problem.masks.state.h[0]
    assert_parity(dropped.h, np.where(mask, kept.h / 0.5, 0))
    assert 0 < mask.mean() < 1


def test_masks_are_new_in_every_step_and_row_unless_variational():
    rng = np.random.default_rng(0)
    fresh = DropoutWrapper(BasicLSTMCell(50), 0.5, 0.7, 0.9).draw_masks(rng, 40, 30, 20)
    for name, mask in named_leaves(fresh):
        keep_prob = {".input": 0.5, ".state.h": 0.9, ".output": 0.7}[name]
        assert mask.shape[:2] == (40, 30)
        assert mask.mean() == pytest.approx(keep_prob, abs=0.01)
        assert (mask[0] != mask[1]).any()
        assert (mask[:, 0] != mask[:, 1]).any()
    once = DropoutWrapper(BasicLSTMCell(50), 0.5, 0.5, 0.5, variational_recurrent=True).draw_masks(rng, 40, 30, 20)
    for _, mask in named_leaves(once):
        assert (mask == mask[0, 0]).all()
        assert 0 < mask.mean() < 1
    again = DropoutWrapper(BasicLSTMCell(50), 0.5, 0.7, 0.9).draw_masks(np.random.default_rng(0), 40, 30, 20)
    for (_, one), (_, other) in zip(named_leaves(fresh), named_leaves(again), strict=True):
        np.testing.assert_array_equal(one, other)


def test_dropping_changes_nothing_on_average():
    rng = np.random.default_rng(0)
    x = np.ones((200, 300))
    cell = DropoutWrapper(BasicRNNCell(1), input_keep_prob=0.25)
    params = {"kernel": np.ones((301, 1)) / 300, "bias": np.zeros(1)}
    masks = map_tree(lambda mask: mask[0], cell.draw_masks(rng, 1, 200, 300))
    output, _, _ = cell.forward(params, x, np.zeros((200, 1)), masks)
    assert np.arctanh(output).mean() == pytest.approx(1.0, abs=0.02)


def test_windows_take_their_part_of_the_masks():
    case = Case(DROPOUT_CELLS[0], (4, 0, 6, 1, 3))
    problem = case.draw(np.float64)
    arguments = case.cell, problem.params, problem.inputs
    whole, state, _ = scratch.dynamic_rnn(*arguments, case.sequence_length, problem.initial_state, masks=problem.masks)
    outputs, final_state, _ = truncated_rnn(
        *arguments, 4, case.sequence_length, problem.initial_state, masks=problem.masks
    )
    assert_parity((outputs, final_state), (whole, state), limit=0)


def test_refusals():
    for name in ("input_keep_prob", "output_keep_prob", "state_keep_prob"):
        for value, words in [
            (0, "greater than 0, but is 0"),
            (1.5, "at most 1, but is 1.5"),
            (None, "a number, but is"),
        ]:
            with pytest.raises((TypeError, ValueError), match=f"{name} must be {words}"):
                DropoutWrapper(BasicLSTMCell(4), **{name: value})
    with pytest.raises(ValueError, match="variational_recurrent must be one of False, True, but is 'yes'"):
        DropoutWrapper(BasicLSTMCell(4), variational_recurrent="yes")
    with pytest.raises(TypeError, match="dropout_state_filter_visitor must be a function, but is True"):
        DropoutWrapper(BasicLSTMCell(4), dropout_state_filter_visitor=True)
    with pytest.raises(TypeError, match="cell must be a cell such as BasicLSTMCell\\(128\\), but is str"):
        DropoutWrapper("lstm")

    case = Case(DropoutWrapper(BasicLSTMCell(4), 0.5, state_keep_prob=0.5))
    problem = case.draw(np.float64)

    def run(masks, cell=case.cell, **options):
        return scratch.dynamic_rnn(cell, problem.params, problem.inputs, masks=masks, **options)

    masks = problem.masks
    with pytest.raises(
        ValueError, match="masks must be given for a cell with dropout: cell.draw_masks\\(rng, num_steps=6"
    ):
        run(None)
    with pytest.raises(ValueError, match="masks.input must have shape \\[6, 5, 3\\], but has \\[5, 5, 3\\]"):
        run(masks._replace(input=masks.input[:5]))
    with pytest.raises(TypeError, match="masks.state.h must be an array of Booleans, but is float64"):
        run(masks._replace(state=LSTMState((), masks.state.h.astype(float))))
    with pytest.raises(TypeError, match="masks.output must be a tuple of \\(\\), but is ndarray"):
        run(masks._replace(output=masks.input))
    with pytest.raises(
        TypeError, match="masks must be DropoutMasks\\(input, state, output, cell\\), but is tuple of 0"
    ):
        run(())
    with pytest.raises(TypeError, match="masks must be a tuple of \\(\\), but is DropoutMasks"):
        run(masks, cell=BasicLSTMCell(4))
    of_c = DropoutWrapper(BasicLSTMCell(4), state_keep_prob=0.5, dropout_state_filter_visitor=lambda sizes: True)
    with pytest.raises(ValueError, match="engine 'numba' drops h, but not the memory c of an LSTM"):
        run(of_c.draw_masks(np.random.default_rng(0), 6, 5, 3), of_c, engine="numba")
    with pytest.raises(TypeError, match="masks must be DropoutMasks"):
        case.cell.forward(problem.params, problem.inputs[:, 0], problem.initial_state)
    with pytest.raises(ValueError, match="masks of a while_loop cannot be fed"):
        tf_impl.dynamic_rnn(case.cell, problem.params, problem.inputs, masks=masks)
    assert all(cell.mask_sizes(3) == () for cell in JIT_CELLS[:5])
