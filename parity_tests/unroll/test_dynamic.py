import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import CELLS, DROPOUT_CELLS, VARIATIONAL_CELLS, in_dtypes, on_engines, sequences
from parity_tests.harness import Case, Results, assert_padding_is_zero, assert_parity, loss, run_dynamic, run_static
from scratch import (
    BasicLSTMCell,
    DropoutWrapper,
    GRUCell,
    LSTMCell,
    MultiRNNCell,
    dynamic_rnn,
    dynamic_rnn_backward,
)
from scratch.gradient_check import complex_step, to_complex
from scratch.tree import map_tree, named_leaves

LENGTHS = (4, 0, 6, 1, 3)
# A row run alone would need its own part of every mask.
PLAIN = [cell for cell in CELLS if cell not in VARIATIONAL_CELLS]


@pytest.mark.parametrize(("case", "dtype"), in_dtypes(sequences(CELLS)), ids=str)
def test_agrees_with_tensorflow(case, dtype):
    problem = case.draw(dtype)
    actual = run_dynamic(scratch, case, problem)
    assert_parity(actual, run_dynamic(tf_impl, case, problem))
    if case.sequence_length is not None:
        assert_padding_is_zero(case, actual)


@pytest.mark.parametrize("case", sequences(CELLS + DROPOUT_CELLS), ids=str)
def test_static_and_time_major_are_the_same_numbers(case):
    problem = case.draw(np.float64)
    actual = run_dynamic(scratch, case, problem)
    assert_parity(run_static(scratch, case, problem), actual, limit=0)
    assert_parity(run_dynamic(scratch, case, problem, time_major=True), actual, limit=0)


@pytest.mark.parametrize("case", [Case(cell, LENGTHS) for cell in CELLS + DROPOUT_CELLS], ids=str)
def test_gradients_agree_with_complex_steps(case):
    """Backpropagation through time against nothing but the forward pass."""
    problem = case.draw(np.float64)
    actual = run_dynamic(scratch, case, problem)

    def scalar(arguments):
        inputs, initial_state, params = arguments
        outputs, final_state, _ = dynamic_rnn(case.cell, params, inputs, LENGTHS, initial_state, **problem.options())
        return loss(outputs, final_state, problem)

    arguments = to_complex((problem.inputs, problem.initial_state, problem.params))
    assert_parity(tuple(actual[2:]), complex_step(scalar, arguments))


def each_row_alone(case, problem, **options):
    """Return the ``Results`` of running every row by itself, at its own length and unpadded, put together again."""
    rows = []
    for row, length in enumerate(case.sequence_length):
        own = slice(row, row + 1)
        state = map_tree(lambda leaf, own=own: leaf[own], problem.initial_state)
        d_state = map_tree(lambda leaf, own=own: leaf[own], problem.d_final_state)
        if length == 0:
            zeros = map_tree(np.zeros_like, (problem.d_outputs[own], problem.inputs[own], problem.params))
            rows.append(Results(zeros[0], state, zeros[1], d_state, zeros[2]))
            continue
        outputs, final_state, tape = dynamic_rnn(
            case.cell, problem.params, problem.inputs[own, :length], initial_state=state, **options
        )
        d_inputs, d_initial_state, d_params = dynamic_rnn_backward(tape, problem.d_outputs[own, :length], d_state)
        padding = [(0, 0), (0, case.num_steps - length), (0, 0)]
        rows.append(
            Results(np.pad(outputs, padding), final_state, np.pad(d_inputs, padding), d_initial_state, d_params)
        )
    joined = map_tree(lambda *leaves: np.concatenate(leaves), *(row[:4] for row in rows))
    return Results(*joined, map_tree(lambda *leaves: sum(leaves), *(row.d_params for row in rows)))


def assert_d_inputs_change_no_other(case, engine):
    problem, lengths = case.draw(np.float64), case.sequence_length
    given = problem.params, problem.inputs, lengths, problem.initial_state
    _, _, tape = dynamic_rnn(case.cell, *given, engine=engine, **problem.options())
    _, *expected = dynamic_rnn_backward(tape, problem.d_outputs, problem.d_final_state)
    d_inputs, *found = dynamic_rnn_backward(tape, problem.d_outputs, problem.d_final_state, needs_d_inputs=False)
    assert d_inputs is None
    assert_parity(tuple(found), tuple(expected), limit=0)


@pytest.mark.parametrize(("cell", "engine"), on_engines(CELLS + DROPOUT_CELLS), ids=str)
def test_all_other_gradients_are_the_same_bits_where_nobody_needs_that_of_the_inputs(cell, engine):
    for lengths in (LENGTHS, None):
        assert_d_inputs_change_no_other(Case(cell, lengths), engine)


@pytest.mark.parametrize("input_size", [1, 20])
@pytest.mark.parametrize(
    "cell",
    [
        BasicLSTMCell(9),
        GRUCell(9),
        GRUCell(9, reset_after=True),
        LSTMCell(9, num_proj=2),
        MultiRNNCell([BasicLSTMCell(9)] * 2),
    ],
    ids=str,
)
def test_so_for_inputs_narrower_and_wider_than_a_register(cell, input_size):
    assert_d_inputs_change_no_other(Case(cell, LENGTHS, input_size=input_size), "numba")


def test_of_one_direction_backwards_too():
    case = Case(BasicLSTMCell(4), LENGTHS)
    problem = case.draw(np.float64)
    _, _, tape = dynamic_rnn(case.cell, problem.params, problem.inputs, LENGTHS, reverse=True)
    _, _, d_params = dynamic_rnn_backward(tape, problem.d_outputs)
    nothing, _, found = dynamic_rnn_backward(tape, problem.d_outputs, needs_d_inputs=False)
    assert nothing is None
    assert_parity(found, d_params, limit=0)


@pytest.mark.parametrize(("cell", "engine"), on_engines(PLAIN), ids=str)
def test_a_padded_batch_is_its_rows_run_alone(cell, engine):
    case = Case(cell, LENGTHS)
    problem = case.draw(np.float64)
    assert_parity(run_dynamic(scratch, case, problem, engine=engine), each_row_alone(case, problem, engine=engine))


@pytest.mark.parametrize(("cell", "engine"), on_engines(CELLS), ids=str)
def test_what_the_padding_holds_is_never_looked_at(cell, engine):
    case = Case(cell, LENGTHS)
    problem = case.draw(np.float64)
    filled = problem.inputs.copy()
    for row, length in enumerate(LENGTHS):
        filled[row, length:] = np.nan
    actual = run_dynamic(scratch, case, problem._replace(inputs=filled), engine=engine)
    assert_parity(actual, run_dynamic(scratch, case, problem, engine=engine), limit=0)


@pytest.mark.parametrize(("cell", "engine"), on_engines(CELLS), ids=str)
def test_a_row_of_length_0_hands_any_state_through_and_teaches_nothing(cell, engine):
    case = Case(cell, LENGTHS)
    problem = case.draw(np.float64)

    def spoil(leaf):
        leaf = leaf.copy()
        leaf[1] = np.nan
        return leaf

    spoilt = problem._replace(initial_state=map_tree(spoil, problem.initial_state))
    actual, expected = (
        run_dynamic(scratch, case, spoilt, engine=engine),
        run_dynamic(scratch, case, problem, engine=engine),
    )
    for _, leaf in named_leaves(actual.final_state):
        assert np.isnan(leaf[1]).all()
    assert_parity(tuple(actual[2:]), tuple(expected[2:]), limit=0)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_without_an_initial_state_it_starts_from_zeros(engine):
    case = Case(BasicLSTMCell(4))
    problem = case.draw(np.float32)
    zeros = map_tree(np.zeros_like, problem.initial_state)
    actual = run_dynamic(scratch, case, problem._replace(initial_state=None), engine=engine)
    assert_parity(actual, run_dynamic(scratch, case, problem._replace(initial_state=zeros), engine=engine), limit=0)
    assert_parity(actual, run_dynamic(tf_impl, case, problem._replace(initial_state=None)))


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_tape_knows_its_steps_in_both_layouts(engine):
    cell = BasicLSTMCell(4)
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    for time_major in (False, True):
        _, _, tape = dynamic_rnn(cell, params, np.zeros((5, 6, 3)), time_major=time_major, engine=engine)
        assert tape.num_steps == (5 if time_major else 6)


@pytest.mark.parametrize(("cell", "engine"), on_engines(CELLS), ids=str)
def test_gradients_not_given_are_zeros(cell, engine):
    problem = Case(cell, LENGTHS).draw(np.float64)
    d_outputs, d_state = problem.d_outputs, problem.d_final_state
    no_state = map_tree(np.zeros_like, d_state)
    for options in ({}, {"sequence_length": LENGTHS}, {"reverse": True}):
        options["masks"] = problem.masks
        _, _, tape = dynamic_rnn(cell, problem.params, problem.inputs, engine=engine, **options)
        for missing, given in [((None, d_state), (0 * d_outputs, d_state)), ((d_outputs, None), (d_outputs, no_state))]:
            assert_parity(dynamic_rnn_backward(tape, *missing), dynamic_rnn_backward(tape, *given), limit=0)
            (_, *found), (_, *right) = (
                dynamic_rnn_backward(tape, *gradients, needs_d_inputs=False) for gradients in (missing, given)
            )
            assert_parity(tuple(found), tuple(right), limit=0)


@pytest.mark.parametrize(("cell", "engine"), on_engines(CELLS), ids=str)
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=str)
def test_arguments_and_results_are_safe_from_one_another(cell, engine, lengths):
    """Nothing given is written to, and writing into what came out changes no gradient."""
    case = Case(cell, lengths)
    problem = case.draw(np.float64)
    before = map_tree(np.copy, problem)
    expected = run_dynamic(scratch, case, problem, engine=engine)
    assert_parity(problem, before, limit=0)
    outputs, final_state, tape = dynamic_rnn(
        cell, problem.params, problem.inputs, lengths, problem.initial_state, engine=engine, **problem.options()
    )
    for _, array in named_leaves((outputs, final_state)):
        array[...] = np.nan
    assert_parity(dynamic_rnn_backward(tape, problem.d_outputs, problem.d_final_state), tuple(expected[2:]), limit=0)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_refusals(engine):
    cell, x = BasicLSTMCell(4), np.zeros((5, 15, 3))
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)

    def run(inputs=x, cell=cell, params=params, **options):
        return dynamic_rnn(cell, params, inputs, engine=engine, **options)

    with pytest.raises(ValueError, match="sequence_length\\[3\\] is 17, but inputs have only 15 time steps"):
        run(sequence_length=[1, 2, 3, 17, 5])
    with pytest.raises(ValueError, match="sequence_length\\[1\\] is -1, but a length cannot be negative"):
        run(sequence_length=[1, -1, 3, 4, 5])
    with pytest.raises(TypeError, match="sequence_length must be integers, but its dtype is float64"):
        run(sequence_length=[1, 2.5, 3, 4, 5])
    with pytest.raises(TypeError, match="sequence_length must be integers, but is \\[True, True"):
        run(sequence_length=[True] * 5)
    with pytest.raises(ValueError, match="sequence_length must have shape \\[5\\], .* but has \\[4\\]"):
        run(sequence_length=[1, 2, 3, 4])
    with pytest.raises(ValueError, match="sequence_length must have shape \\[5\\], .* but has \\[\\]"):
        run(sequence_length=3)
    with pytest.raises(TypeError, match="inputs must be a NumPy array of shape \\[B, T, D\\], but is list"):
        run(inputs=x.tolist())
    with pytest.raises(TypeError, match="inputs must be float32 or float64, but is float16"):
        run(inputs=x.astype(np.float16))
    with pytest.raises(ValueError, match="inputs must have shape \\[T, B, D\\], but has \\[5, 3\\]"):
        run(inputs=x[:, 0], time_major=True)
    with pytest.raises(ValueError, match="inputs must have at least one time step, but their shape is \\[5, 0, 3\\]"):
        run(inputs=x[:, :0])
    with pytest.raises(ValueError, match="params/kernel must have shape \\[6, 16\\], but has \\[7, 16\\]"):
        run(inputs=x[:, :, :2])
    with pytest.raises(TypeError, match="params/kernel is float64, but the inputs are float32"):
        run(inputs=x.astype(np.float32))
    with pytest.raises(TypeError, match="params must be a dict with 'kernel', 'bias', but is list"):
        run(params=[])
    with pytest.raises(TypeError, match="initial_state must be LSTMState\\(c, h\\), but is tuple of 2"):
        run(initial_state=(x[:, 0], x[:, 0]))
    with pytest.raises(ValueError, match="initial_state.c must have shape \\[5, 4\\], but has \\[1, 4\\]"):
        run(initial_state=cell.zero_state(1, np.float64))
    with pytest.raises(ValueError, match="inputs must have at least one feature, but their last axis is empty"):
        run(inputs=x[:, :, :0])
    with pytest.raises(TypeError, match="inputs must be a NumPy array of shape .* but is MaskedArray"):
        run(inputs=np.ma.array(x))
    with pytest.raises(TypeError, match="params/kernel must be a NumPy array of shape \\[7, 16\\], but is MaskedArray"):
        run(params={**params, "kernel": np.ma.array(params["kernel"])})
    with pytest.raises(ValueError, match="time_major must be one of False, True, but is 'False'"):
        run(time_major="False")
    with pytest.raises(TypeError, match="sequence_length must be integers, but is \\[\\[1, 2\\], \\[3\\]"):
        run(sequence_length=[[1, 2], [3], 1, 1, 1])
    with pytest.raises(
        ValueError, match="masks must be given for a cell with dropout: cell.draw_masks\\(rng, num_steps=15"
    ):
        run(cell=DropoutWrapper(cell, output_keep_prob=0.5))
    with pytest.raises(TypeError, match="cell must be a cell such as BasicLSTMCell\\(128\\), but is str"):
        run(cell="lstm")
    _, _, tape = run()
    with pytest.raises(TypeError, match="tape must be the DynamicTape of the matching forward pass, but is NoneType"):
        dynamic_rnn_backward(None)
    with pytest.raises(ValueError, match="d_outputs must have shape \\[5, 15, 4\\], but has \\[15, 5, 4\\]"):
        dynamic_rnn_backward(tape, np.zeros((15, 5, 4)))
    with pytest.raises(TypeError, match="d_final_state.c is float32, but the inputs are float64"):
        dynamic_rnn_backward(tape, d_final_state=cell.zero_state(5))


def test_engines_are_chosen_by_name():
    with pytest.raises(ValueError, match="engine must be one of 'numpy', 'numba', but is 'cuda'"):
        dynamic_rnn(BasicLSTMCell(4), {}, np.zeros((5, 15, 3)), engine="cuda")
