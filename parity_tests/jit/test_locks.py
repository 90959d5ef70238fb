"""What only goes wrong between threads and between processes: locks, and what a forked child finds of them."""

import os
import threading

import numpy as np
import pytest

from parity_tests.forked import in_a_child
from scratch.jit.machine import memory, threads

DTYPE = np.dtype(np.float64)


class Watched:
    """A lock that knows who holds it, and does something, as another thread might, before it is given."""

    def __init__(self, before=lambda: None):
        self.held, self.before = False, before

    def __enter__(self):
        self.before()
        self.held = True

    def __exit__(self, *error):
        self.held = False


class Guarded(list):
    """A list that may be changed, and looked through for something to take out, by whoever holds the lock alone."""

    def __init__(self, lock, entries=()):
        super().__init__(entries)
        self.lock = lock

    def pop(self, *place):
        assert self.lock.held, "taken out without the lock"
        return super().pop(*place)

    def __iter__(self):
        assert self.lock.held, "looked through without the lock"
        return super().__iter__()


def test_memory_is_chosen_and_taken_under_one_lock(monkeypatch):
    lock = Watched()
    monkeypatch.setattr(memory, "lock", lock)
    monkeypatch.setattr(memory, "kept", Guarded(lock, [memory.allocate(1 << 17)]))
    taken = memory.take(1 << 17)
    assert taken.nbytes >= 1 << 17
    assert len(memory.kept) == 0


def test_no_thread_is_started_that_another_has_started_meanwhile(monkeypatch):
    started = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread))
    monkeypatch.setattr(threads, "workers", [])
    # Whoever has the lock first starts two threads, while this one waits for it.
    monkeypatch.setattr(threads, "lock", Watched(lambda: threads.workers.extend(["one", "two"])))
    threads.start_workers(3)
    assert len(threads.workers) == 3
    assert len(started) == 1


def test_threads_are_counted_under_the_lock(monkeypatch):
    lock = Watched()

    class Counted(list):
        def append(self, worker):
            assert lock.held, "counted without the lock"
            super().append(worker)

    monkeypatch.setattr(threading.Thread, "start", lambda thread: None)
    monkeypatch.setattr(threads, "workers", Counted())
    monkeypatch.setattr(threads, "lock", lock)
    threads.start_workers(2)
    assert len(threads.workers) == 2


def ends_in_a_child(function):
    """Return whether a forked child calls the function to its end."""

    def call():
        function()
        return b"done"

    return in_a_child(call) == b"done"


# From Python 3.12 on, a warning says that a thread might hold a lock: that one does is what is tested.
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("module", [memory, threads], ids=lambda module: module.__name__.split(".")[-1])
def test_a_lock_that_was_held_during_a_fork_is_free_in_the_child(module):
    work = {
        memory: lambda: memory.empty((memory.LARGE,), DTYPE),
        threads: lambda: threads.run(range, threads.shares(1, len(threads.workers) + 2)),
    }

    def work_without_waiting():
        # What would wait for ever is not begun.
        assert not module.lock.locked()
        assert threads.workers == []
        work[module]()

    threads.run(range, threads.shares(2, 2))
    with module.lock:
        assert ends_in_a_child(work_without_waiting)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_what_waits_in_a_parent_is_not_done_by_the_child(monkeypatch):
    """A thread of the child's that took it would set flags in memory of its own, and answer nobody."""
    # The threads of this process wait at the queue of before.
    monkeypatch.setattr(threads, "waiting", threads.SimpleQueue())
    monkeypatch.setattr(threads, "workers", list(threads.workers))
    threads.waiting.put("work of the parent")

    def work():
        assert threads.waiting.empty()
        threads.run(range, threads.shares(2, 2))

    assert ends_in_a_child(work)
