"""The bits are the same with any number of threads, from any of Python's threads, and after a fork."""

import os
import select
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import numpy as np
import pytest

import scratch
from parity_tests.harness import STUCK, Case, assert_parity, run_dynamic
from parity_tests.jit.checks import SAME_BITS, run_numba
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMCell, MultiRNNCell, dynamic_rnn
from scratch.jit import get_num_threads, set_num_threads
from scratch.jit.machine import threads
from scratch.tree import map_tree

LENGTHS = (11, 0, 12, 1, 9, 12, 5, 0, 3, 8, 12, 2, 7)
LAYERS = [BasicRNNCell(9), BasicLSTMCell(17), LSTMCell(9, True, 0.4, num_proj=5, proj_clip=0.3), GRUCell(17)]
CELLS = [*LAYERS, GRUCell(9, reset_after=True), MultiRNNCell(LAYERS)]


def make_case(cell, lengths=LENGTHS):
    return Case(cell, lengths, 13, 12, 5)


@pytest.fixture(autouse=True)
def every_thread_is_worth_it(monkeypatch):
    """Share out even the smallest work, on a machine of five cores, and leave the number of threads as it was."""
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
    monkeypatch.setattr(threads, "num_cores", 5)
    monkeypatch.setattr(threads, "num_threads", threads.num_threads)


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=str)
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_any_number_of_threads_gives_the_same_bits(cell, lengths):
    case = make_case(cell, lengths)
    for dtype in (np.float64, np.float32):
        problem = case.draw(dtype)
        set_num_threads(1)
        expected = run_numba(case, problem)
        if dtype == np.float64:
            # In float32, four layers on one another round apart further than one may.
            assert_parity(expected, run_dynamic(scratch, case, problem))
        # More of them than parts, too.
        for count in (2, 3, 5, 20):
            set_num_threads(count)
            assert_parity(run_numba(case, problem), expected, limit=SAME_BITS)


def test_several_python_threads_at_once_each_get_their_own_bits():
    set_num_threads(2)
    cases = [make_case(cell, lengths) for cell in CELLS for lengths in (None, LENGTHS)]
    problems = [case.draw(np.float64) for case in cases]
    expected = [run_numba(*both) for both in zip(cases, problems, strict=True)]
    rounds = 3
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(run_numba, cases * rounds, problems * rounds))
    for actual, alone in zip(results, expected * rounds, strict=True):
        assert_parity(actual, alone, limit=0)


def test_the_number_of_threads_is_a_whole_number_of_at_least_1():
    set_num_threads(np.int64(3))
    assert get_num_threads() == 3
    assert type(get_num_threads()) is int
    for wrong in (0, -2):
        with pytest.raises(ValueError, match=f"count must be at least 1, but is {wrong}"):
            set_num_threads(wrong)
    for wrong in (2.0, "2", None, True):
        with pytest.raises(TypeError, match=f"count must be an integer, but is {wrong!r}"):
            set_num_threads(wrong)
    assert get_num_threads() == 3


def test_little_work_is_not_shared_out(monkeypatch):
    set_num_threads(4)
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 100)
    assert [threads.share_count(work) for work in (0, 99, 100, 199, 200, 399, 10**6)] == [1, 1, 1, 1, 2, 3, 4]


def test_work_is_cut_into_as_many_parts_as_there_are_cores_whatever_the_threads_are(monkeypatch):
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 100)
    for count in (1, 4):
        set_num_threads(count)
        assert [threads.part_count(work) for work in (0, 99, 100, 200, 399, 10**6)] == [1, 1, 1, 2, 3, 5]
    monkeypatch.setattr(threads, "num_cores", 1000)
    assert threads.part_count(10**6) == threads.MOST_PARTS


def test_shares_cover_everything_once():
    for total in (0, 1, 7, 24):
        for count in (1, 2, 3, 5):
            parts = threads.shares(total, count)
            assert [one for first, last in parts for one in range(first, last)] == list(range(total))
            sizes = [last - first for first, last in parts]
            assert max(sizes) - min(sizes) <= 1


def test_parts_run_side_by_side():
    """Each part waits for all the others, which none of them could if one ran after another."""
    barrier = threading.Barrier(4, timeout=STUCK)
    who = []

    def meet(number, _):
        barrier.wait()
        who.append((number, threading.current_thread()))

    threads.run(meet, threads.shares(4, 4))
    assert sorted(number for number, _ in who) == [0, 1, 2, 3]
    assert len({thread for _, thread in who}) == 4
    # The first part is the caller's own.
    assert dict(who)[0] is threading.current_thread()


def test_a_part_that_takes_long_is_waited_for(monkeypatch):
    """Also when whoever waits has gone to sleep meanwhile: no other part ends before the caller asks for its end."""
    asked, done = threading.Event(), []

    class Ends(SimpleQueue):
        def get(self):
            asked.set()
            return super().get()

    def work(number, _):
        if number:
            asked.wait(STUCK)
        done.append(number)

    monkeypatch.setattr(threads, "PATIENCE", 10)
    monkeypatch.setattr(threads, "SimpleQueue", Ends)
    try:
        threads.run(work, threads.shares(3, 3))
        assert sorted(done) == [0, 1, 2]
    finally:
        asked.set()


@pytest.mark.parametrize("wrong", [0, 2])
def test_an_error_in_any_part_reaches_the_caller_once_all_are_done(wrong):
    done = []

    def work(number, _):
        if number == wrong:
            raise ZeroDivisionError(f"in part {number}")
        done.append(number)

    for _ in range(3):
        done.clear()
        with pytest.raises(ZeroDivisionError, match=f"in part {wrong}"):
            threads.run(work, threads.shares(4, 4))
        assert sorted(done) == sorted({0, 1, 2, 3} - {wrong})
    # The thread that met with it goes on working.
    wrong = None
    done.clear()
    threads.run(work, threads.shares(4, 4))
    assert sorted(done) == [0, 1, 2, 3]


def test_workers_are_made_once_and_do_not_keep_a_program_alive():
    threads.run(range, threads.shares(3, 3))
    before = list(threads.workers)
    threads.run(range, threads.shares(3, 3))
    assert threads.workers == before
    assert all(worker.daemon and worker.is_alive() for worker in before)


def test_a_thread_that_cannot_start_is_not_counted(monkeypatch):
    """The next call would give it work, and wait for it for ever."""

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threads, "workers", [])
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        threads.run(print, threads.shares(2, 2))
    assert threads.workers == []


# From Python 3.12 on, a warning says that a thread might hold a lock; this engine takes care of its own.
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_has_threads_of_its_own():
    set_num_threads(3)
    case = make_case(BasicLSTMCell(17))
    problem = case.draw(np.float64)
    expected = run_numba(case, problem)
    assert threads.workers
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            # It would wait for them, and they are not there.
            assert threads.workers == []
            assert_parity(run_numba(case, problem), expected, limit=0)
            os.write(write, b"agrees")
        finally:
            os._exit(0)
    os.close(write)
    ready, _, _ = select.select([read], [], [], STUCK)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert ready, "the forked process gave no answer"
    assert os.read(read, 10) == b"agrees"
    os.close(read)
    # And its parent goes on with its own.
    assert_parity(run_numba(case, problem), expected, limit=0)


def test_one_call_in_another_thread_does_not_change_the_arguments_of_the_first():
    """The same arrays given to several threads at once are only read."""
    set_num_threads(2)
    case = make_case(MultiRNNCell(LAYERS))
    problem = case.draw(np.float32)
    before = map_tree(np.copy, problem)
    with ThreadPoolExecutor(4) as pool:
        outputs = [
            pool.submit(dynamic_rnn, case.cell, problem.params, problem.inputs, LENGTHS, engine="numba")
            for _ in range(8)
        ]
        first, *others = [future.result()[0] for future in outputs]
    assert_parity(problem, before, limit=0)
    for other in others:
        assert_parity(other, first, limit=0)
