"""What a cell asks of a call is worked out once: later calls are refused, and computed, as the first."""

import gc

import numpy as np
import pytest

import scratch
from parity_tests.harness import Case, assert_parity, run_dynamic
from parity_tests.jit.checks import run_numba
from scratch import BasicLSTMCell, DropoutWrapper, GRUCell, LSTMState, dynamic_rnn, dynamic_rnn_backward
from scratch.tree import map_tree, named_leaves
from scratch.unroll import dynamic
from scratch.unroll.dynamic import forms

# A small network, and one that takes the large walk.
CASES = [Case(BasicLSTMCell(3)), Case(GRUCell(40), batch_size=40, num_steps=40)]
STRANGE = [
    {"params": {}},
    {"params": {"kernel": np.zeros((6, 12)), "bias": np.zeros(12, np.float32)}},
    {"params": {"kernel": np.zeros((6, 11)), "bias": np.zeros(12)}},
    {"inputs": np.zeros((5, 6, 3), np.float32)},
    {"inputs": np.ma.zeros((5, 6, 3))},
    {"initial_state": np.zeros((5, 3))},
    {"initial_state": LSTMState(np.zeros((5, 3)), np.zeros((5, 4)))},
    {"sequence_length": [7] * 5},
    {"time_major": 0},
    {"engine": "cupy"},
    {"engine": ["numba"]},
    {"masks": np.ones((6, 5, 3), bool)},
    {"masks": (np.ones((6, 5, 3), bool),)},
    {"checkpoint_every": 2},
    {"keep_tape": None},
]


@pytest.fixture(autouse=True)
def none_known():
    forms.clear()


def arguments_of(case, dtype=np.float64):
    problem = case.draw(dtype)
    return {"cell": case.cell, "params": problem.params, "inputs": problem.inputs, "engine": "numba"}


@pytest.mark.parametrize("strange", STRANGE, ids=str)
def test_what_is_refused_at_first_is_refused_later_in_the_same_words(strange):
    case = Case(BasicLSTMCell(3), input_size=3)
    wrong = {**arguments_of(case), **strange}
    with pytest.raises((TypeError, ValueError)) as first:
        dynamic_rnn(**wrong)
    assert not forms
    dynamic_rnn(**arguments_of(case))
    assert len(forms) == 1
    with pytest.raises((TypeError, ValueError)) as later:
        dynamic_rnn(**wrong)
    assert (type(later.value), str(later.value)) == (type(first.value), str(first.value))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_later_calls_compute_as_the_first(case):
    problem = case.draw(np.float64)
    arguments = {**arguments_of(case), "initial_state": problem.initial_state}

    def run(**given):
        outputs, state, tape = dynamic_rnn(**arguments | given)
        return outputs, state, dynamic_rnn_backward(tape, problem.d_outputs)

    first, zeros = run(), map_tree(np.zeros_like, problem.initial_state)
    assert len(forms) == 1
    assert_parity(run(), first, limit=0)
    assert_parity(run(initial_state=None), run(initial_state=zeros), limit=0)
    lengths = [case.num_steps] * case.batch_size
    assert_parity(run(sequence_length=lengths), first, limit=0)
    zeros = [leaf for form in forms.values() for _, leaf in named_leaves(form.zero_state)]
    # All calls share them.
    assert zeros
    assert not any(leaf.any() or leaf.flags.writeable for leaf in zeros)


def test_engines_share_no_form():
    case = CASES[0]
    problem = case.draw(np.float64)
    expected = run_dynamic(scratch, case, problem)
    assert not forms
    dynamic_rnn(**arguments_of(case))
    assert_parity(run_dynamic(scratch, case, problem), expected, limit=0)


def test_a_cell_with_dropout_is_asked_for_its_masks_each_time():
    cell, rng = DropoutWrapper(GRUCell(3), 0.5), np.random.default_rng(0)
    arguments = {**arguments_of(Case(GRUCell(3), input_size=3)), "cell": cell}
    masks = cell.draw_masks(rng, 6, 5, 3)
    dynamic_rnn(**arguments, masks=masks)
    with pytest.raises(ValueError, match="masks must be given"):
        dynamic_rnn(**arguments)
    outputs, _, _ = dynamic_rnn(**arguments, masks=masks)
    assert_parity(outputs, dynamic_rnn(**{**arguments, "engine": "numpy"}, masks=masks)[0])


def test_a_new_cell_in_the_place_of_a_dead_one_is_itself(monkeypatch):
    monkeypatch.setattr(dynamic, "MOST_FORMS", 2)
    for forget_bias in (0.0, 1.0, 2.0, 3.0, 4.0):
        other = Case(BasicLSTMCell(3, forget_bias))
        problem = other.draw(np.float64)
        expected = run_dynamic(scratch, other, problem)
        for _ in range(2):
            assert_parity(run_numba(other, problem), expected)
        assert len(forms) <= 2
        del other
        gc.collect()
