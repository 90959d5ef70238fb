"""Threads that share the columns of one row: the same bits with any number of them, and nobody waits for ever."""

import threading

import numpy as np
import pytest

from parity_tests.harness import STUCK, assert_parity
from parity_tests.jit.checks import SAME_BITS
from parity_tests.jit.test_single import WIDE, draw, make_case
from scratch import BasicLSTMCell
from scratch.compiling.compiler import compiled
from scratch.jit.machine import threads
from scratch.jit.machine.flags import swap
from scratch.jit.single import row as module
from scratch.jit.single.plan import row_plan_of
from scratch.jit.single.records import BLOCK
from scratch.jit.single.row import Row, forget_helpers
from scratch.jit.single.team import ASLEEP, LINE, WAITING

# Two blocks.
STEPS = BLOCK + 1


@pytest.fixture
def meetings_are_worth_it(monkeypatch):
    """Let three threads share the smallest work, on however few cores, and be patient where these are busy."""
    monkeypatch.setattr(module, "LOOKS", 300_000)
    monkeypatch.setattr(module, "WORTH_A_MEETING", 1)
    monkeypatch.setattr(threads, "num_cores", 3)
    monkeypatch.setattr(threads, "num_threads", 3)


def new_row(cell, dtype=np.float64):
    case = make_case(cell)
    problem = draw(case, dtype)
    row = Row(row_plan_of(cell, 3, np.dtype(dtype)))
    row.start(problem.params, problem.initial_state)
    return row, problem


def run(row, problem):
    row.plan.set_state(row.numbers, problem.initial_state)
    outputs = np.empty((STEPS, row.plan.cell.output_size), problem.inputs.dtype)
    return row.run(problem.inputs[0, :STEPS], outputs), (outputs, row.state)


@pytest.mark.usefixtures("meetings_are_worth_it")
@pytest.mark.parametrize("cell", WIDE, ids=str)
def test_any_number_of_threads_gives_the_same_bits(cell):
    row, problem = new_row(cell)
    expected, found = None, set()
    for count in (1, 2, 3):
        threads.num_threads = count
        for _ in range(20_000):
            joined, results = run(row, problem)
            expected = expected or results
            assert_parity(results, expected, limit=SAME_BITS)
            if joined == min(count, row.most):
                break
            row.wake(count)
        found.add(joined)
    # Each number of threads has been there; uncompiled, there is one.
    assert found == set(range(1, row.most + 1))


@pytest.mark.usefixtures("meetings_are_worth_it")
def test_a_thread_goes_to_sleep_and_is_woken(monkeypatch):
    monkeypatch.setattr(module, "LOOKS", 1)
    row, problem = new_row(BasicLSTMCell(37))
    for _ in range(3):
        row.wake(row.most)
        while (row.team[LINE : LINE * row.most : LINE] != ASLEEP).any():
            pass
        assert run(row, problem)[0] == 1


@pytest.mark.usefixtures("meetings_are_worth_it")
def test_a_forked_process_waits_for_nobody():
    """Its rows have the flags of threads that it does not have."""
    row, problem = new_row(BasicLSTMCell(37))
    before = list(module.helpers)
    row.team[LINE::LINE] = WAITING
    forget_helpers()
    assert not module.helpers
    thread = threading.Thread(target=run, args=(row, problem), daemon=True)
    thread.start()
    thread.join(STUCK)
    assert not thread.is_alive()
    module.helpers += before


@compiled
def swap_in(flags, number, old, new):
    return swap(flags, number, old, new)


def test_a_flag_is_swapped_if_it_is_what_it_should_be():
    flags = np.array([3, 4, 5])
    assert swap_in(flags, 1, 4, 9) == 1
    assert swap_in(flags, 2, 4, 9) == 0
    assert flags.tolist() == [3, 9, 5]
