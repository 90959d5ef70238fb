"""SmallUnroll: the numbers of the text book, call after call in the same memory."""

import numpy as np
import pytest

import scratch
from parity_tests.harness import Case, Results, assert_parity, run_dynamic
from scratch import BasicLSTMCell, BasicRNNCell, LSTMState, MultiRNNCell, SmallUnroll, dynamic_rnn
from scratch.tree import map_tree, named_leaves

CASES = [
    Case(BasicLSTMCell(4, forget_bias=0.3)),
    Case(BasicLSTMCell(1), input_size=1),
    Case(BasicLSTMCell(8), input_size=17),
    Case(MultiRNNCell([BasicLSTMCell(4), BasicLSTMCell(4, forget_bias=0.0), BasicLSTMCell(4)]), input_size=1),
    Case(MultiRNNCell([BasicLSTMCell(7), BasicLSTMCell(7)])),
]
DTYPES = (np.float64, np.float32)


def make(case, dtype, **options):
    return SmallUnroll(case.cell, case.batch_size, case.num_steps, case.input_size, dtype, **options)


def run_small(unroll, problem, time_major=False):
    """Return copies of the ``Results``, batch-major."""

    def turned(array):
        return array.swapaxes(0, 1) if time_major else array

    outputs, final_state = unroll.forward(problem.params, turned(problem.inputs), problem.initial_state)
    outputs, final_state = turned(outputs).copy(), map_tree(np.copy, final_state)
    d_inputs, *rest = unroll.backward(turned(problem.d_outputs), problem.d_final_state)
    return Results(outputs, final_state, turned(d_inputs).copy(), *map_tree(np.copy, tuple(rest)))


@pytest.mark.parametrize("time_major", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_agrees_with_numpy(case, dtype, time_major):
    problem = case.draw(dtype)
    expected = run_dynamic(scratch, case, problem)
    unroll = make(case, dtype, time_major=time_major)
    first = run_small(unroll, problem, time_major)
    assert_parity(first, expected)
    # Nothing of one call is left over in the next.
    run_small(unroll, problem._replace(inputs=-problem.inputs, d_outputs=2 * problem.d_outputs), time_major)
    assert_parity(run_small(unroll, problem, time_major), first, limit=0)


def test_full_registers_agree_with_numpy():
    case = Case(MultiRNNCell([BasicLSTMCell(16), BasicLSTMCell(16)]), input_size=20)
    problem = case.draw(np.float32)
    assert_parity(run_small(make(case, np.float32), problem), run_dynamic(scratch, case, problem))


def test_states_are_zeros_where_not_given():
    case = CASES[3]
    problem = case.draw(np.float64)
    zeros = map_tree(np.zeros_like, problem.initial_state)
    unroll = make(case, np.float64)
    expected = run_small(unroll, problem._replace(initial_state=zeros, d_final_state=zeros))
    assert_parity(run_small(unroll, problem._replace(initial_state=None, d_final_state=None)), expected, limit=0)


@pytest.mark.parametrize("batch_size", [1, 5])
def test_a_final_state_may_be_handed_to_the_next_call_as_it_is(batch_size):
    """Of one row, it is no copy: the kernel reads the state where it will write the next one."""
    case = Case(CASES[3].cell, batch_size=batch_size, input_size=1)
    problem = case.draw(np.float64)
    unroll = make(case, np.float64)
    _, state = unroll.forward(problem.params, problem.inputs, problem.initial_state)
    outputs, state = unroll.forward(problem.params, problem.inputs, state)
    twice = np.concatenate([problem.inputs] * 2, axis=1)
    expected, expected_state, _ = dynamic_rnn(case.cell, problem.params, twice, initial_state=problem.initial_state)
    assert_parity((outputs, state), (expected[:, case.num_steps :], expected_state))


def test_new_and_changed_weights_are_seen():
    case = CASES[0]
    problem = case.draw(np.float64)
    unroll = make(case, np.float64)
    run_small(unroll, problem)
    problem.params["bias"] += 1
    assert_parity(run_small(unroll, problem), run_dynamic(scratch, case, problem))
    problem.params["bias"] = problem.params["bias"] / 2
    assert_parity(run_small(unroll, problem), run_dynamic(scratch, case, problem))
    problem.params["kernel"] = np.asfortranarray(-problem.params["kernel"])
    assert_parity(run_small(unroll, problem), run_dynamic(scratch, case, problem))


def test_what_has_changed_in_arrays_of_another_layout_is_seen():
    """They are copied for the kernels, and a copy kept from the call before would be of old numbers."""
    case = CASES[3]
    problem = case.draw(np.float64)
    problem = problem._replace(
        params=map_tree(np.asfortranarray, problem.params),
        initial_state=map_tree(np.asfortranarray, problem.initial_state),
    )
    unroll = make(case, np.float64)
    unroll.forward(problem.params, problem.inputs, problem.initial_state)
    for _, leaf in named_leaves((problem.params, problem.initial_state)):
        leaf += 0.25
    found = unroll.forward(problem.params, problem.inputs, problem.initial_state)
    assert_parity(tuple(found), tuple(run_dynamic(scratch, case, problem)[:2]))


def test_arguments_are_not_written_to():
    case = CASES[3]
    problem = case.draw(np.float64)
    before = map_tree(np.copy, tuple(problem))
    for _, leaf in named_leaves(tuple(problem)):
        leaf.flags.writeable = False
    run_small(make(case, np.float64), problem)
    assert_parity(tuple(problem), before, limit=0)


def test_the_backward_pass_is_that_of_the_last_forward_pass_that_ran():
    case = CASES[0]
    problem = case.draw(np.float64)
    unroll = make(case, np.float64)
    expected = run_small(unroll, problem)
    unroll.forward(problem.params, problem.inputs, problem.initial_state)
    other = {name: 2 * array for name, array in problem.params.items()}
    with pytest.raises(ValueError, match="inputs must have shape"):
        unroll.forward(other, problem.inputs[:, 1:])
    for _, leaf in named_leaves((problem.params, problem.inputs, problem.initial_state)):
        leaf[:] = 0
    actual = unroll.backward(problem.d_outputs, problem.d_final_state)
    assert_parity(actual, tuple(expected)[2:], limit=0)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (BasicRNNCell(4), "runs BasicLSTMCell and MultiRNNCell of it, but not BasicRNNCell"),
        (MultiRNNCell([BasicLSTMCell(4), BasicRNNCell(4)]), "but not BasicRNNCell"),
        (BasicLSTMCell(4, activation="relu"), "activation 'tanh', but not 'relu'"),
        (BasicLSTMCell(17), r"at most 16 in this dtype, but they have \[17\]"),
        (MultiRNNCell([BasicLSTMCell(4), BasicLSTMCell(5)]), r"of one num_units .* they have \[4, 5\]"),
        ("lstm", "but not str"),
    ],
)
def test_cells_that_are_not_small_are_refused_by_name(cell, words):
    with pytest.raises(ValueError, match=words):
        SmallUnroll(cell, 5, 6, 3)


def test_no_more_units_than_a_register_holds_in_float64():
    SmallUnroll(BasicLSTMCell(8), 5, 6, 3, np.float64)
    with pytest.raises(ValueError, match=r"at most 8 in this dtype, but they have \[9\]"):
        SmallUnroll(BasicLSTMCell(9), 5, 6, 3, np.float64)


@pytest.mark.parametrize("name", ["batch_size", "num_steps", "input_size"])
def test_sizes_are_checked(name):
    sizes = {"batch_size": 5, "num_steps": 6, "input_size": 3}
    with pytest.raises(ValueError, match=f"{name} must be at least 1, but is 0"):
        SmallUnroll(BasicLSTMCell(4), **sizes | {name: 0})
    with pytest.raises(TypeError, match=f"{name} must be an integer, but is 2.5"):
        SmallUnroll(BasicLSTMCell(4), **sizes | {name: 2.5})


@pytest.mark.parametrize("dtype", [np.complex128, np.float16, "no dtype", None])
def test_other_dtypes_are_refused(dtype):
    with pytest.raises(TypeError, match="dtype must be float32 or float64, but is"):
        SmallUnroll(BasicLSTMCell(4), 5, 6, 3, dtype)


def test_time_major_is_checked():
    with pytest.raises(ValueError, match="time_major must be one of False, True, but is 1"):
        SmallUnroll(BasicLSTMCell(4), 5, 6, 3, time_major=1)


def test_arrays_that_do_not_fit_are_refused_before_any_work():
    case = CASES[3]
    problem = case.draw(np.float32)
    unroll = make(case, np.float32)
    with pytest.raises(ValueError, match="backward needs a forward pass first"):
        unroll.backward(problem.d_outputs)
    unroll.forward(problem.params, problem.inputs)
    with pytest.raises(ValueError, match=r"inputs must have shape \[5, 6, 1\], but has \[5, 7, 1\]"):
        unroll.forward(problem.params, np.zeros((5, 7, 1), np.float32))
    with pytest.raises(TypeError, match="inputs is float64, but the inputs are float32"):
        unroll.forward(problem.params, problem.inputs.astype(np.float64))
    wrong = problem.params["cell_1"] | {"kernel": problem.params["cell_1"]["kernel"][1:]}
    with pytest.raises(ValueError, match=r"params/cell_1/kernel must have shape \[8, 16\], but has \[7, 16\]"):
        unroll.forward(problem.params | {"cell_1": wrong}, problem.inputs)
    with pytest.raises(ValueError, match="params has no 'cell_2'"):
        unroll.forward({name: problem.params[name] for name in ("cell_0", "cell_1")}, problem.inputs)
    with pytest.raises(TypeError, match="params must be a dict with"):
        unroll.forward([1, 2, 3], problem.inputs)
    state = problem.initial_state
    with pytest.raises(ValueError, match=r"initial_state\[1\].c must have shape \[5, 4\], but has \[4, 4\]"):
        unroll.forward(problem.params, problem.inputs, (state[0], LSTMState(state[1].c[1:], state[1].h), state[2]))
    with pytest.raises(TypeError, match=r"initial_state\[0\].h must be a NumPy array of shape \[5, 4\], but is list"):
        unroll.forward(problem.params, problem.inputs, (LSTMState(state[0].c, [0]), state[1], state[2]))
    with pytest.raises(TypeError, match="d_final_state must be a tuple of"):
        unroll.backward(problem.d_outputs, state[0])
    with pytest.raises(ValueError, match=r"d_outputs must have shape \[5, 6, 4\], but has \[5, 6, 3\]"):
        unroll.backward(problem.d_outputs[..., 1:])
