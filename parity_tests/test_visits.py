"""One direction backwards, masks with holes, and what stands at skipped steps: forward, and every gradient."""

from itertools import product

import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.harness import Case, Results, assert_parity, loss, run_dynamic, run_static
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    DropoutWrapper,
    GRUCell,
    MultiRNNCell,
    bidirectional_dynamic_rnn,
    bidirectional_dynamic_rnn_backward,
    bidirectional_params,
    dynamic_rnn,
    static_rnn,
    truncated_rnn,
    truncated_rnn_backward,
)
from scratch.gradient_check import complex_step, to_complex
from scratch.tree import map_tree
from scratch.visits import last_live
from tf_impl.keras_layers import keras, keras_rnn

LENGTHS = (4, 0, 6, 1, 3)
# Rows with a hole at the start, in the middle, at the end, with nothing else, and without any.
MASK = (
    np.array([[0, 1, 1, 0, 0, 1], [1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [0, 0, 1, 0, 1, 0]]) > 0
)
CELLS = [
    BasicLSTMCell(4),
    GRUCell(4, reset_after=True),
    MultiRNNCell([BasicRNNCell(7, activation="relu"), BasicLSTMCell(2)]),
]
OPTIONS = [
    {"mask": mask, "reverse": reverse, "zero_output_for_mask": zero}
    for mask, reverse, zero in product((None, MASK), (False, True), (True, False))
]


def name_of(options):
    return ",".join(name for name, value in options.items() if value is not None and value is not False)


@pytest.mark.parametrize("options", OPTIONS, ids=name_of)
@pytest.mark.parametrize("case", [Case(CELLS[0], LENGTHS), Case(CELLS[1]), Case(CELLS[2], LENGTHS)], ids=str)
def test_every_way_to_run_it_agrees_with_tensorflow(case, options):
    problem = case.draw(np.float64)
    expected = run_dynamic(tf_impl, case, problem, **options)
    actual = run_dynamic(scratch, case, problem, **options)
    assert_parity(actual, expected)
    assert_parity(run_dynamic(scratch, case, problem, engine="numba", **options), expected)
    for same in ({"time_major": True}, {"checkpoint_every": 2}):
        assert_parity(run_dynamic(scratch, case, problem, **same, **options), actual, limit=0)
    # What is in a step that is skipped is never looked at.
    live = np.arange(6) < np.array(case.sequence_length or [6] * 5)[:, None]
    live = live if options["mask"] is None else live & options["mask"]
    spoilt = problem._replace(inputs=np.where(live[..., None], problem.inputs, np.nan))
    assert_parity(run_dynamic(scratch, case, spoilt, **options), actual, limit=0)
    assert (actual.d_inputs[~live] == 0).all()
    if options["zero_output_for_mask"]:
        assert (actual.outputs[~live] == 0).all()


@pytest.mark.parametrize("zero", [True, False])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("cell", CELLS[:2], ids=str)
def test_agrees_with_keras_layers(cell, reverse, zero):
    problem = Case(cell).draw(np.float64)
    turn = slice(None, None, -1 if reverse else 1)
    found = keras_rnn(
        cell,
        problem.params,
        problem.inputs,
        problem.initial_state,
        problem.d_outputs[:, turn],
        problem.d_final_state,
        mask=MASK,
        go_backwards=reverse,
        zero_output_for_mask=zero,
    )
    expected = Results(*found)
    # Keras's outputs are in the order in which they are computed.
    expected = expected._replace(outputs=expected.outputs[:, turn])
    actual = run_dynamic(scratch, Case(cell), problem, mask=MASK, reverse=reverse, zero_output_for_mask=zero)
    assert_parity(actual, expected)


@pytest.mark.parametrize("options", OPTIONS[1:], ids=name_of)
def test_gradients_agree_with_complex_steps(options):
    case = Case(BasicLSTMCell(2), LENGTHS)
    problem = case.draw(np.float64)

    def scalar(arguments):
        inputs, initial_state, params = arguments
        outputs, final_state, _ = dynamic_rnn(case.cell, params, inputs, LENGTHS, initial_state, **options)
        return loss(outputs, final_state, problem)

    expected = complex_step(scalar, to_complex((problem.inputs, problem.initial_state, problem.params)))
    assert_parity(tuple(run_dynamic(scratch, case, problem, **options)[2:]), expected)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_row_with_holes_is_the_row_without_them(engine):
    case = Case(BasicLSTMCell(4))
    problem = case.draw(np.float64)
    outputs, final_state, _ = dynamic_rnn(
        case.cell, problem.params, problem.inputs, None, problem.initial_state, mask=MASK, engine=engine
    )
    for row, live in enumerate(MASK):
        own = slice(row, row + 1)
        state = map_tree(lambda leaf, own=own: leaf[own], problem.initial_state)
        if live.any():
            alone, state, _ = dynamic_rnn(
                case.cell, problem.params, problem.inputs[own, live], None, state, engine=engine
            )
            assert_parity(outputs[own, live], alone)
        assert_parity(map_tree(lambda leaf, own=own: leaf[own], final_state), state)


def test_a_mask_that_ends_and_lengths_are_the_same_bits():
    case = Case(GRUCell(4), LENGTHS)
    problem = case.draw(np.float64)
    ends = np.arange(6) < np.array(LENGTHS)[:, None]
    for options in OPTIONS[:4]:
        by_mask = run_dynamic(scratch, Case(case.cell), problem, **options | {"mask": ends})
        assert_parity(by_mask, run_dynamic(scratch, case, problem, **options), limit=0)


def test_static_rnn_takes_the_same_options():
    case = Case(BasicLSTMCell(4), LENGTHS)
    problem = case.draw(np.float64)
    for options in [*OPTIONS, {"engine": "numba"}, {"checkpoint_every": 2}]:
        actual = run_static(scratch, case, problem, **options)
        assert_parity(actual, run_dynamic(scratch, case, problem, **options), limit=0)
    xs = list(problem.inputs.swapaxes(0, 1))
    outputs, _, tape = static_rnn(case.cell, problem.params, xs, keep_tape=False)
    assert tape is None
    assert_parity(outputs[0], static_rnn(case.cell, problem.params, xs)[0][0], limit=0)


def test_both_directions_skip_what_keras_skips():
    cell = BasicRNNCell(4)
    params = bidirectional_params(np.random.default_rng(0), cell, cell, 3, np.float64)
    inputs = Case(cell).draw(np.float64).inputs
    layer = keras.layers.Bidirectional(
        keras.layers.SimpleRNN(4, return_sequences=True, dtype="float64"), dtype="float64"
    )
    layer.build(inputs.shape)
    weights = [array for name in ("fw", "bw") for array in scratch.rnn_to_keras(cell, params[name])]
    for variable, array in zip(layer.trainable_variables, weights, strict=True):
        variable.assign(array)
    expected = layer(inputs, mask=MASK).numpy()
    for options in ({}, {"engine": "numba"}, {"checkpoint_every": 3}, {"keep_tape": False}):
        outputs, _, _ = bidirectional_dynamic_rnn(cell, cell, params, inputs, mask=MASK, **options)
        assert_parity(np.concatenate(outputs, axis=2), expected)


@pytest.mark.parametrize("options", [{}, {"zero_output_for_mask": False}, {"engine": "numba"}], ids=str)
def test_each_direction_is_dynamic_rnn(options):
    """With the last output repeated, too, which Keras's ``Bidirectional`` does not do: its layers always put 0."""
    case = Case(GRUCell(4), LENGTHS)
    problem = case.draw(np.float64)
    cell, params, gradient = (
        case.cell,
        {"fw": problem.params, "bw": map_tree(np.copy, problem.params)},
        (problem.d_outputs,) * 2,
    )
    options = {"mask": MASK} | options
    outputs, states, tape = bidirectional_dynamic_rnn(cell, cell, params, problem.inputs, LENGTHS, **options)
    d_inputs, _, d_params = bidirectional_dynamic_rnn_backward(tape, gradient)
    total = 0
    for side, (name, reverse) in enumerate({"fw": False, "bw": True}.items()):
        one = run_dynamic(
            scratch,
            case,
            problem._replace(initial_state=None, d_final_state=None),
            reverse=reverse,
            **options,
        )
        assert_parity((outputs[side], states[side], d_params[name]), (one.outputs, one.final_state, one.d_params), 0)
        total = total + one.d_inputs
    assert_parity(d_inputs, total, limit=0)
    stacked = scratch.stack_bidirectional_dynamic_rnn(
        [cell], [cell], {"cell_0": params}, problem.inputs, None, None, LENGTHS, **options
    )
    assert_parity(stacked[0], np.concatenate(outputs, axis=2), limit=0)
    backward = scratch.stack_bidirectional_dynamic_rnn_backward(stacked[3], np.concatenate(gradient, axis=2))
    assert_parity(backward[0], d_inputs, limit=0)
    arguments = [cell], [cell], {"cell_0": params}, problem.inputs
    assert scratch.stack_bidirectional_dynamic_rnn(*arguments, keep_tape=False)[3] is None


def test_windows_take_their_part_of_the_mask():
    case = Case(GRUCell(4), LENGTHS)
    problem = case.draw(np.float64)
    expected = run_dynamic(scratch, case, problem, mask=MASK)
    for options in ({}, {"checkpoint_every": 2}, {"engine": "numba"}):
        outputs, final_state, tapes = truncated_rnn(
            case.cell, problem.params, problem.inputs, [2, 4], LENGTHS, problem.initial_state, mask=MASK, **options
        )
        whole = truncated_rnn_backward(tapes, problem.d_outputs, problem.d_final_state, reach=2)
        assert_parity(Results(outputs, final_state, *whole), expected)
    arguments = case.cell, problem.params, problem.inputs, 2
    assert truncated_rnn(*arguments, keep_tape=False)[2] is None
    with pytest.raises(ValueError, match="zero_output_for_mask must be True in truncated_rnn"):
        truncated_rnn(*arguments, zero_output_for_mask=False)
    with pytest.raises(ValueError, match="mask must be an array of Booleans \\[5, 6\\], .* but has \\[5, 2\\]"):
        truncated_rnn(*arguments, mask=MASK[:, :2])


def test_dropout_goes_by_the_steps_that_are_taken():
    """The k-th step that a row takes has the k-th mask, whichever step that is."""
    cell = DropoutWrapper(BasicRNNCell(4), 0.5, 0.6)
    case = Case(cell)
    problem = case.draw(np.float64)
    outputs, _, _ = dynamic_rnn(cell, problem.params, problem.inputs, masks=problem.masks, mask=MASK)
    row, live = 0, MASK[0]
    masks = map_tree(lambda mask: mask[: live.sum(), row : row + 1], problem.masks)
    alone, _, _ = dynamic_rnn(cell, problem.params, problem.inputs[:1, live], masks=masks)
    assert_parity(outputs[:1, live], alone)


def test_the_last_step_taken():
    live = np.array([[False, True, False, True, False], [False] * 5])
    assert last_live(live, False).tolist() == [[-1, 1, 1, 3, 3], [-1] * 5]
    assert last_live(live, True).tolist() == [[1, 1, 3, 3, -1], [-1] * 5]


def test_refusals():
    cell, inputs = BasicRNNCell(4), np.zeros((5, 6, 3), np.float32)
    params = cell.init_params(np.random.default_rng(0), 3)
    for mask, words in [
        (MASK.tolist(), "but is list"),
        (MASK.astype(int), "but is int64"),
        (MASK.T, "but has \\[6, 5\\]"),
        (MASK[..., None], "but has \\[5, 6, 1\\]"),
        (np.ma.array(MASK), "but is MaskedArray"),
    ]:
        with pytest.raises((TypeError, ValueError), match=f"mask must be an array of Booleans \\[5, 6\\], .*{words}"):
            dynamic_rnn(cell, params, inputs, mask=mask)
    with pytest.raises(ValueError, match="reverse must be one of False, True, but is 1"):
        dynamic_rnn(cell, params, inputs, reverse=1)
    with pytest.raises(ValueError, match="zero_output_for_mask must be one of False, True, but is None"):
        dynamic_rnn(cell, params, inputs, zero_output_for_mask=None)
