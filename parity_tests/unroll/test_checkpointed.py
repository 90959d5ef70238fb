import tracemalloc

import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import CELLS, DROPOUT_CELLS, LENGTHS, MULTI_CELLS
from parity_tests.harness import Case, Results, assert_padding_is_zero, assert_parity, run_dynamic
from scratch import BasicLSTMCell, dynamic_rnn, dynamic_rnn_backward
from scratch.tree import map_tree, named_leaves
from tf_impl.unroll.checkpointed import checkpointed_rnn, checkpointed_rnn_backward


@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("cell", CELLS + DROPOUT_CELLS, ids=str)
def test_every_number_is_that_of_the_full_tape_to_the_last_bit(cell, lengths):
    """Of 6 steps, 4 leave a last stretch of 2; 1 and 100 are a state for every step, and none but the first."""
    case = Case(cell, lengths)
    problem = case.draw(np.float64)
    expected = run_dynamic(scratch, case, problem)
    for every in (1, 4, 100):
        actual = run_dynamic(scratch, case, problem, checkpoint_every=every)
        assert_parity(actual, expected, limit=0)
    assert_parity(run_dynamic(scratch, case, problem, time_major=True, checkpoint_every=2), expected, limit=0)
    if lengths is not None:
        assert_padding_is_zero(case, actual)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_other_dtypes_and_no_initial_state(dtype):
    case = Case(BasicLSTMCell(4), LENGTHS[1])
    problem = case.draw(dtype)._replace(initial_state=None)
    expected = run_dynamic(scratch, case, problem)
    actual = run_dynamic(scratch, case, problem, checkpoint_every=np.uint8(4))
    for (name, have), (_, want) in zip(named_leaves(actual), named_leaves(expected), strict=True):
        assert have.dtype == dtype
        assert (have == want).all(), name


@pytest.mark.parametrize("case", [Case(BasicLSTMCell(4)), Case(MULTI_CELLS[1], LENGTHS[1])], ids=str)
def test_agrees_with_tensorflow_and_with_its_recompute_grad(case):
    problem = case.draw(np.float64)
    actual = run_dynamic(scratch, case, problem, checkpoint_every=4)
    assert_parity(actual, run_dynamic(tf_impl, case, problem))
    arguments = case.cell, problem.params, problem.inputs, 4, case.sequence_length, problem.initial_state
    outputs, final_state, program = checkpointed_rnn(*arguments)
    gradients = checkpointed_rnn_backward(program, problem.d_outputs, problem.d_final_state)
    assert_parity(actual, Results(outputs, final_state, *gradients))


@pytest.mark.parametrize("given", ["d_outputs", "d_final_state"])
def test_gradients_not_given_are_zeros(given):
    case = Case(BasicLSTMCell(4), LENGTHS[1])
    problem = case.draw(np.float64)
    gradient = {given: getattr(problem, given)}
    tapes = [dynamic_rnn(case.cell, problem.params, problem.inputs, checkpoint_every=every)[2] for every in (None, 4)]
    assert_parity(*(dynamic_rnn_backward(tape, **gradient) for tape in tapes), limit=0)


@pytest.mark.parametrize("lengths", LENGTHS[:2], ids=str)
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_arguments_and_results_are_safe_from_one_another(cell, lengths):
    """A tape serves any number of backward passes, whatever was written into the results meanwhile."""
    case = Case(cell, lengths)
    problem = case.draw(np.float64)
    before = map_tree(np.copy, problem)
    outputs, final_state, tape = dynamic_rnn(
        cell,
        problem.params,
        problem.inputs,
        lengths,
        problem.initial_state,
        checkpoint_every=4,
        **problem.options(),
    )
    results = map_tree(np.copy, (outputs, final_state))
    for _, array in named_leaves((outputs, final_state)):
        array[...] = np.nan
    first, second = (dynamic_rnn_backward(tape, problem.d_outputs, problem.d_final_state) for _ in range(2))
    assert_parity(first, second, limit=0)
    assert_parity(Results(*results, *first), run_dynamic(scratch, case, problem), limit=0)
    assert_parity(problem, before, limit=0)


def peak_tape(num_steps, **options):
    """Return the bytes at the peak of an LSTM's forward and backward pass, less those of the results."""
    rng, cell = np.random.default_rng(0), BasicLSTMCell(32)
    params = cell.init_params(rng, 3, np.float64)
    inputs, d_outputs = rng.standard_normal((4, num_steps, 3)), rng.standard_normal((4, num_steps, 32))
    tracemalloc.start()
    try:
        outputs, _, tape = dynamic_rnn(cell, params, inputs, **options)
        kept = tracemalloc.get_traced_memory()[0] - outputs.nbytes
        d_inputs = dynamic_rnn_backward(tape, d_outputs)[0]
        peak = tracemalloc.get_traced_memory()[1] - outputs.nbytes - d_inputs.nbytes
    finally:
        tracemalloc.stop()
    return kept, peak


def test_the_tape_grows_with_the_square_root_of_the_series():
    full, _ = peak_tape(900)
    kept, peak = peak_tape(900, checkpoint_every=30)
    # 30 states and one stretch of 30 caches, against 900 caches.
    assert kept < 0.02 * full
    assert peak < 0.07 * full
    # Four times the steps, twice the tape.
    assert peak_tape(3600, checkpoint_every=60)[1] < 2.5 * peak


def test_refusals():
    cell, x = BasicLSTMCell(4), np.zeros((5, 15, 3))
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)

    def run(**options):
        return dynamic_rnn(cell, params, x, **options)

    with pytest.raises(ValueError, match="checkpoint_every must be at least 1, but is 0"):
        run(checkpoint_every=0)
    for every in (2.0, True, "4"):
        with pytest.raises(TypeError, match=f"checkpoint_every must be an integer, but is {every!r}"):
            run(checkpoint_every=every)
    with pytest.raises(ValueError, match="checkpoint_every must be None with engine='numba', but is 4"):
        run(checkpoint_every=4, engine="numba")
    with pytest.raises(ValueError, match="sequence_length\\[3\\] is 17, but inputs have only 15 time steps"):
        run(checkpoint_every=4, sequence_length=[1, 2, 3, 17, 5])
    with pytest.raises(ValueError, match="initial_state.c must have shape \\[5, 4\\], but has \\[1, 4\\]"):
        run(checkpoint_every=4, initial_state=cell.zero_state(1, np.float64))
    _, _, tape = run(checkpoint_every=4)
    with pytest.raises(ValueError, match="d_outputs must have shape \\[5, 15, 4\\], but has \\[15, 5, 4\\]"):
        dynamic_rnn_backward(tape, np.zeros((15, 5, 4)))
    with pytest.raises(TypeError, match="d_final_state.c is float32, but the inputs are float64"):
        dynamic_rnn_backward(tape, d_final_state=cell.zero_state(5))
