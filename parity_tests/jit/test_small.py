"""Small networks: the numbers of the text book, from the arrays of each call, by the same door as all others."""

import copy
import pickle

import numba
import numpy as np
import pytest

import scratch
from parity_tests.harness import Case, assert_parity, run_dynamic
from parity_tests.jit.checks import check_against_numpy, run_numba
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    CoupledInputForgetGateLSTMCell,
    DropoutWrapper,
    GRUCell,
    LSTMCell,
    MultiRNNCell,
    ResidualWrapper,
    dynamic_rnn,
    dynamic_rnn_backward,
)
from scratch.jit.small import plan
from scratch.jit.small.kernels import small_backward, small_forward
from scratch.jit.small.plan import plan_of
from scratch.jit.walk.layer import layer_of
from scratch.jit.walk.layout import short_register
from scratch.tree import map_tree, named_leaves

CASES = [
    Case(BasicLSTMCell(4, forget_bias=0.3)),
    Case(BasicLSTMCell(1), input_size=1),
    Case(BasicLSTMCell(8), input_size=17),
    Case(MultiRNNCell([BasicLSTMCell(4), BasicLSTMCell(4, forget_bias=0.0), BasicLSTMCell(4)]), input_size=1),
    Case(MultiRNNCell([GRUCell(7), LSTMCell(3, num_proj=6, proj_clip=0.5), BasicRNNCell(9, activation="relu")])),
]
# Registers of each length, full and not, and what is peculiar to one cell.
OTHERS = [
    Case(BasicRNNCell(2)),
    Case(BasicLSTMCell(17)),
    Case(LSTMCell(4, use_peepholes=True, cell_clip=0.4)),
    Case(CoupledInputForgetGateLSTMCell(5, use_peepholes=True, num_proj=3)),
    Case(GRUCell(16)),
    Case(GRUCell(3, reset_after=True)),
    Case(MultiRNNCell([BasicLSTMCell(4, use_bias=False), GRUCell(4, use_bias=False)])),
]
DTYPES = (np.float64, np.float32)


def is_small(case, dtype):
    shape = case.batch_size, case.num_steps, case.input_size
    return plan_of(case.cell, shape, np.dtype(dtype), False) is not None


@pytest.fixture
def ran(monkeypatch):
    """Return the names of the kernels of small networks that have run."""
    names = []
    for name in ("small_forward", "small_backward"):
        real = getattr(plan, name)
        monkeypatch.setattr(plan, name, lambda *given, real=real, name=name: names.append(name) or real(*given))
    return names


@pytest.mark.parametrize("time_major", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_agrees_with_numpy(case, dtype, time_major, ran):
    check_against_numpy(case, dtype, time_major=time_major)
    assert ran == ["small_forward", "small_backward"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", OTHERS, ids=str)
def test_every_cell_agrees_with_numpy(case, dtype, ran):
    check_against_numpy(case, dtype)
    assert ran == ["small_forward", "small_backward"]


def test_rows_of_unequal_length_and_large_batches_take_the_walk(ran):
    cell = CASES[3].cell
    check_against_numpy(Case(cell, (6, 0, 3, 1, 6), input_size=1), np.float64)
    assert ran == []
    assert is_small(Case(cell, batch_size=32, num_steps=20), np.float32)
    assert not is_small(Case(cell, batch_size=64, num_steps=500), np.float32)
    # Little work, but a long tape.
    assert not is_small(Case(BasicRNNCell(1), batch_size=100, num_steps=200, input_size=1), np.float32)
    assert not is_small(Case(cell, batch_size=0), np.float32)
    assert is_small(Case(GRUCell(64), batch_size=16, num_steps=20), np.float32)
    assert not is_small(Case(BasicLSTMCell(128), batch_size=8, num_steps=20, input_size=64), np.float32)


def test_lengths_that_are_all_full_give_the_same_bits():
    problem = CASES[3].draw(np.float64)
    full = Case(CASES[3].cell, (6,) * 5, input_size=1)
    assert_parity(run_numba(full, problem), run_numba(CASES[3], problem), limit=0)


def test_a_layer_between_others_may_be_small(ran):
    wrapped = MultiRNNCell([DropoutWrapper(BasicLSTMCell(4), 0.7, 0.8), ResidualWrapper(GRUCell(4))])
    check_against_numpy(Case(wrapped), np.float64)
    assert sorted(ran) == ["small_backward"] * 2 + ["small_forward"] * 2


def test_states_are_zeros_where_not_given():
    case = CASES[3]
    problem = case.draw(np.float64)
    zeros = map_tree(np.zeros_like, problem.initial_state)
    expected = run_numba(case, problem._replace(initial_state=zeros, d_final_state=zeros))
    assert_parity(run_numba(case, problem._replace(initial_state=None, d_final_state=None)), expected, limit=0)


@pytest.mark.parametrize("batch_size", [1, 5])
def test_a_final_state_may_be_handed_to_the_next_call_as_it_is(batch_size):
    case = Case(CASES[3].cell, batch_size=batch_size, input_size=1)
    problem = case.draw(np.float64)

    def run(inputs, state, engine="numba"):
        return dynamic_rnn(case.cell, problem.params, inputs, initial_state=state, engine=engine)[:2]

    _, state = run(problem.inputs, problem.initial_state)
    actual = run(problem.inputs, state)
    expected, expected_state = run(np.concatenate([problem.inputs] * 2, axis=1), problem.initial_state, "numpy")
    assert_parity(actual, (expected[:, case.num_steps :], expected_state))


def change_in_place(array):
    array += 0.25


def take_other_memory(array):
    """Where its numbers are is another place from now on, and the array object the same."""
    _, shape, dtype, is_fortran, numbers = (array * 0.5).__reduce__()[2]
    array.__setstate__((1, shape, dtype, is_fortran, numbers))


@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray])
@pytest.mark.parametrize("change", [change_in_place, take_other_memory])
def test_what_changed_in_the_same_arrays_is_seen(change, layout):
    case = CASES[3]
    problem = map_tree(lambda array: layout(array).copy("K"), case.draw(np.float64))
    run_numba(case, problem)
    for _, leaf in named_leaves((problem.params, problem.initial_state, problem.inputs)):
        change(leaf)
    assert_parity(run_numba(case, problem), run_dynamic(scratch, case, problem))


def test_a_shape_changed_in_place_is_refused():
    case = CASES[3]
    problem = case.draw(np.float64)
    run_numba(case, problem)
    kernel = problem.params["cell_1"]["kernel"]
    # NumPy has ways to do this to an array that others hold; the shape is read at each call.
    kernel.resize((16, 8), refcheck=False)
    with pytest.raises(ValueError, match=r"params/cell_1/kernel must have shape \[8, 16\], but has \[16, 8\]"):
        run_numba(case, problem)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda tape: pickle.loads(pickle.dumps(tape))])
def test_a_copied_tape_is_as_good(again):
    """It holds arrays, and no address of one: those of the first are overwritten here."""
    case = CASES[3]
    problem = case.draw(np.float64)
    expected = run_numba(case, problem)
    _, _, tape = dynamic_rnn(case.cell, problem.params, problem.inputs, None, problem.initial_state, engine="numba")
    copied = again(tape)
    if again is not copy.copy:
        tape.tape.numbers[:] = np.nan
    del tape
    actual = dynamic_rnn_backward(copied, problem.d_outputs, problem.d_final_state)
    assert_parity(actual, tuple(expected)[2:], limit=0)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda kept: pickle.loads(pickle.dumps(kept))])
def test_a_copied_plan_is_the_plan_itself(again):
    """It holds the address of compiled code, which must not leave the process."""
    for time_major in (False, True):
        plan = plan_of(CASES[3].cell, (5, 6, 1), np.dtype(np.float64), time_major)
        assert again(plan) is plan
    layer = layer_of(CASES[0].cell, 3, np.dtype(np.float64))
    assert again(layer) is layer


def test_results_are_the_callers():
    """A later call writes to none of them, and a tape serves twice."""
    case = CASES[3]
    problem = case.draw(np.float64)
    outputs, state, tape = dynamic_rnn(
        case.cell, problem.params, problem.inputs, None, problem.initial_state, engine="numba"
    )
    found = (outputs, state, *dynamic_rnn_backward(tape, problem.d_outputs, problem.d_final_state))
    before = map_tree(np.copy, found)
    run_numba(case, problem._replace(inputs=-problem.inputs, d_outputs=2 * problem.d_outputs))
    assert_parity(found, before, limit=0)
    again = dynamic_rnn_backward(tape, problem.d_outputs, problem.d_final_state)
    assert_parity(again, before[2:], limit=0)


def test_arguments_are_not_written_to():
    case = CASES[3]
    problem = case.draw(np.float64)
    before = map_tree(np.copy, tuple(problem))
    for _, leaf in named_leaves(tuple(problem)):
        leaf.flags.writeable = False
    run_numba(case, problem)
    assert_parity(tuple(problem), before, limit=0)


def test_gradients_are_named_whatever_the_order_of_the_parameters():
    case = CASES[3]
    problem = case.draw(np.float64)
    backwards = problem._replace(params=dict(reversed(problem.params.items())))
    actual = run_numba(case, backwards)
    assert list(actual.d_params) == ["cell_2", "cell_1", "cell_0"]
    assert_parity(actual, run_numba(case, problem), limit=0)


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")
def test_any_memory_layout_and_any_number_of_layers_compile_nothing_anew():
    run_numba(CASES[0], CASES[0].draw(np.float64))
    functions = small_forward, small_backward
    before = [len(function.signatures) for function in functions]
    for case in CASES[3:]:
        run_numba(case, map_tree(np.asfortranarray, case.draw(np.float64)))
    assert [len(function.signatures) for function in functions] == before


def test_a_register_is_as_short_as_leaves_the_fewest_gaps():
    assert [short_register(units, 16) for units in (1, 4, 5, 8, 9, 16, 24, 25)] == [4, 4, 8, 8, 16, 16, 8, 16]
