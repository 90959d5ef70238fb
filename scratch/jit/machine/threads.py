"""Work shared out among threads.

Compiled code lets go of the GIL, so Python's own threads run it side by side. What a thread is given never changes a
result: work is cut into parts, whatever the number of threads; a part is done by one thread, in one order; and
gradients of parts are added in the order of the parts. So the bits are the same with any number of threads. There are
as many parts as this process may use cores, but 16 at most, and fewer where the work is not worth it.
"""

import os
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import NamedTuple

import numba
import numpy as np

from scratch.jit.machine.flags import change_flag, raise_flag, wait_for_change, wait_for_flags
from scratch.options import check_count

# Multiply-adds for each thread. Two threads break even at twice as many: to wake one and to hear from it takes 60 µs at
# the best, and they have to take turns at the GIL.
WORTH_A_THREAD = 6_000_000
# To copy a number to another place takes as long as this many of them.
COPYING = 32

# How often a thread looks whether the others are done, or whether there is more to do, before it goes to sleep: for
# about a millisecond. Uncompiled, it does not: it would need the GIL to look.
PATIENCE = 0 if numba.config.DISABLE_JIT else 30_000
# And how long one that is done leaves the GIL to whoever has waited for it: some microseconds.
MOMENT = 100


class Task(NamedTuple):
    """What waits for a thread: a function and its range, and where the caller learns that it is done."""

    function: Callable[[int, int], object]
    numbers: tuple[int, int]
    done: "SimpleQueue[BaseException | None]"
    flags: np.ndarray
    number: int


num_threads = numba.config.NUMBA_NUM_THREADS
# As many as this process may use.
num_cores = numba.config.NUMBA_DEFAULT_NUM_THREADS
# Each part adds up gradients of its own, which take memory, and time in the end.
MOST_PARTS = 16
waiting: "SimpleQueue[Task]" = SimpleQueue()
# A flag that changes when something waits: for threads that are awake.
called = np.zeros(1, np.int64)
workers: list[threading.Thread] = []
lock = threading.Lock()


def set_num_threads(count: int) -> None:
    """Let ``engine="numba"`` use ``count`` threads from now on: at first, as many as this process may use cores.

    Work is cut into no more parts than that, so more threads than cores change nothing. Raises ``TypeError`` or
    ``ValueError`` for what is no integer of at least 1.
    """
    global num_threads
    num_threads = check_count("count", count)


def get_num_threads() -> int:
    """Return the number of threads that ``engine="numba"`` uses."""
    return num_threads


def share_count(multiply_adds: int) -> int:
    """Return among how many threads this much work is worth sharing out."""
    return max(1, min(num_threads, multiply_adds // WORTH_A_THREAD))


def part_count(multiply_adds: int) -> int:
    """Return into how many parts this much work is cut, whatever the number of threads is set to."""
    return max(1, min(num_cores, MOST_PARTS, multiply_adds // WORTH_A_THREAD))


def shares(total: int, count: int) -> list[tuple[int, int]]:
    """Return ``count`` ranges ``(first, last)`` of nearly equal size that cover ``total`` things."""
    return [(total * i // count, total * (i + 1) // count) for i in range(count)]


def run(function: Callable[[int, int], object], ranges: Sequence[tuple[int, int]], calls: bool = False) -> None:
    """Call ``function(first, last)`` with each of these ranges, side by side; return when all are done.

    Those that are awake start when ``called`` changes. A function that ``calls`` does that itself, in compiled code:
    to start they need the GIL, and if it is not free then they fall asleep over it.
    """
    (first, last), *others = ranges
    if not others:
        function(first, last)
        return
    start_workers(len(others))
    done: SimpleQueue[BaseException | None] = SimpleQueue()
    flags = np.zeros(len(others), np.int64)
    for number, other in enumerate(others):
        waiting.put(Task(function, other, done, flags, number))
    if not calls:
        change_flag(called, 0)
    try:
        function(first, last)
    finally:
        wait_for_flags(flags, PATIENCE)
        errors = [done.get() for _ in others]
    for error in filter(None, errors):
        raise error


def start_workers(count: int) -> None:
    """See to it that there are at least ``count`` threads besides the caller's."""
    if len(workers) < count:
        with lock:
            while len(workers) < count:
                worker = threading.Thread(target=work, name=f"unrolled-{len(workers)}", daemon=True)
                # If it cannot start, it is none: the next call must not wait for it.
                worker.start()
                workers.append(worker)


def work() -> None:
    """Do what is waiting, for ever."""
    seen = 0
    while True:
        seen = wait_for_change(called, 0, seen, PATIENCE)
        function, (first, last), done, flags, number = waiting.get()
        error = None
        try:
            function(first, last)
        except BaseException as raised:
            error = raised
        # First let go of the function, so that its memory is free as soon as the caller lets go of it, too.
        del function
        done.put(error)
        del error, done
        raise_flag(flags, number, MOMENT)


def forget_workers() -> None:
    """A forked process has none of its parent's threads."""
    global waiting, lock
    waiting, lock = SimpleQueue(), threading.Lock()
    workers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_workers)
