"""Flags that one thread raises and another waits for."""

import threading

import numpy as np

from parity_tests.harness import STUCK
from scratch.compiling.compiler import compiled
from scratch.jit.machine import flags as module
from scratch.jit.machine.flags import change_flag, give_way, look, raise_flag, wait_for_change, wait_for_flags

# Looks that take hours.
FOREVER = 10**12


def waiting(flags, looks):
    """Return a thread that waits for the flags."""
    thread = threading.Thread(target=wait_for_flags, args=(flags, looks), daemon=True)
    thread.start()
    return thread


def test_whoever_waits_goes_on_once_every_flag_is_raised():
    flags = np.zeros(3, np.int64)
    thread = waiting(flags, FOREVER)
    for number in (1, 0, 2):
        raise_flag(flags, number, 5)
    # Before the thread is waited for: without one of the flags it would not end.
    assert flags.tolist() == [1, 1, 1]
    thread.join(STUCK)
    assert not thread.is_alive()


def test_no_flag_is_passed_over(monkeypatch):
    """Uncompiled, a flag is raised at every pause of whoever waits, the last one last."""
    flags, raised = np.zeros(3, np.int64), iter((1, 0, 2))
    monkeypatch.setattr(module, "pause", lambda: uncompiled(raise_flag)(flags, next(raised), 0))
    uncompiled(wait_for_flags)(flags, 10)
    assert flags.tolist() == [1, 1, 1]


def uncompiled(function):
    return getattr(function, "py_func", function)


@compiled
def look_at(flags, number):
    return look(flags, number)


def test_each_flag_is_looked_at():
    flags = np.array([1, 0, 1])
    assert [look_at(flags, number) for number in range(3)] == [1, 0, 1]


def test_whoever_waits_goes_on_in_the_end_without_a_flag():
    thread = waiting(np.zeros(2, np.int64), 50)
    thread.join(STUCK)
    assert not thread.is_alive()


@compiled
def change_at(flags, number):
    give_way()
    change_flag(flags, number)


def test_whoever_waits_for_a_change_goes_on_once_there_is_one():
    flags, found = np.array([7, 7, 7]), []
    thread = threading.Thread(target=lambda: found.append(wait_for_change(flags, 1, 7, FOREVER)), daemon=True)
    thread.start()
    change_at(flags, 0)
    change_at(flags, 2)
    assert flags.tolist() == [8, 7, 8]
    change_at(flags, 1)
    thread.join(STUCK)
    assert found == [8]


def test_whoever_waits_for_a_change_goes_on_in_the_end_without_one():
    assert wait_for_change(np.array([7]), 0, 7, 50) == 7
