"""Ctrl-C while compiled code runs, a fork beside it, and several threads at once: what comes after is as before."""

import os
import signal
import threading

import numpy as np
import pytest

from parity_tests.forked import in_a_child
from parity_tests.harness import STUCK
from scratch import BasicLSTMCell, GRUCell, Stream, dynamic_rnn, dynamic_rnn_backward
from scratch.jit.machine import threads
from scratch.tree import named_leaves

CELL = BasicLSTMCell(20)
PARAMS = CELL.init_params(np.random.default_rng(0), 3)
INPUTS = np.random.default_rng(1).standard_normal((5, 7, 3), dtype=np.float32)


def run(cell=CELL, params=PARAMS, inputs=INPUTS):
    """Return all that a pass forward and back gives, each array as its bytes."""
    outputs, state, tape = dynamic_rnn(cell, params, inputs, engine="numba")
    results = outputs, state, *dynamic_rnn_backward(tape, np.ones_like(outputs))
    return [leaf.tobytes() for _, leaf in named_leaves(results)]


@pytest.fixture
def interruptible():
    """Ctrl-C raises, also where the tests were started by something that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_leaves_a_call_when_all_its_threads_are_done(interruptible):
    """A thread that still computed would write into memory that the next call is given."""
    begun, pressed, done = threading.Event(), threading.Event(), []

    def work(first, last):
        if first == 0:
            assert begun.wait(STUCK)
            pressed.set()
            signal.raise_signal(signal.SIGINT)
        else:
            begun.set()
            # Not done before: else nobody would be waited for.
            assert pressed.wait(STUCK)
            done.append(run())

    expected = run()
    with pytest.raises(KeyboardInterrupt):
        threads.run(work, [(0, 1), (1, 2)])
    assert done == [expected]
    assert run() == expected


# From Python 3.12 on, a warning says that a thread might hold a lock: that it does no harm is what is tested.
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_before_after_and_beside_a_compilation():
    cell = GRUCell(3)
    params, x = cell.init_params(np.random.default_rng(0), 2), INPUTS[:, :, :2].copy()

    def first_bytes():
        return run(cell, params, x)[0][:64]

    before = in_a_child(first_bytes)
    begun, found = threading.Event(), []

    def compile_beside():
        begun.set()
        found.append(first_bytes())

    thread = threading.Thread(target=compile_beside)
    thread.start()
    assert begun.wait(STUCK)
    beside = in_a_child(first_bytes)
    thread.join()
    threads.run(range, [(0, 1), (1, 2)])
    assert [before, beside, in_a_child(first_bytes), first_bytes()] == found * 4
    assert len(found[0]) == 64


def test_several_threads_at_one_plan():
    expected, found, meeting = run(), [], threading.Barrier(4)

    def work():
        meeting.wait(STUCK)
        found.extend(run() for _ in range(20))

    each = [threading.Thread(target=work) for _ in range(4)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    assert found == [expected] * 80


def test_streams_of_one_network_in_several_threads_do_not_meet():
    def stepped():
        stream = Stream(CELL, PARAMS, engine="numba")
        return [stream.step(INPUTS[:, t].copy()).tobytes() for t in range(7)]

    expected, found = stepped(), []
    each = [threading.Thread(target=lambda: found.extend(stepped() for _ in range(10))) for _ in range(4)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    assert found == [expected] * 40
