"""Work shared out among threads.

Compiled code lets go of Python's lock, so Python's own threads run it side by side. What a thread is given never
changes a result: rows do not depend on one another, and each number of a gradient is summed by one thread in the same
order. So the bits are the same with any number of threads.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numba

from scratch.checks import check_count

# Multiply-adds below which starting a second thread takes longer than it saves.
WORTH_A_THREAD = 1_000_000

lock = threading.Lock()
num_threads = numba.config.NUMBA_NUM_THREADS
pool = None


def set_num_threads(count):
    """Let ``engine="numba"`` use ``count`` threads from now on: at first, the number of cores this process may use.

    Raises ``TypeError`` or ``ValueError`` for what is no whole number of at least 1.
    """
    global num_threads, pool
    count = check_count("count", count)
    with lock:
        num_threads, pool = count, None


def get_num_threads():
    """Return the number of threads that ``engine="numba"`` uses."""
    return num_threads


def share_count(multiply_adds):
    """Return among how many threads this much work is worth sharing out."""
    return max(1, min(num_threads, multiply_adds // WORTH_A_THREAD))


def shares(total, count):
    """Return ``count`` ranges ``(first, last)`` of nearly equal size that cover ``total`` things."""
    return [(total * i // count, total * (i + 1) // count) for i in range(count)]


def run(function, *shared):
    """Call ``function`` with the arguments of each tuple in ``shared``, side by side; return when all are done."""
    global pool
    mine, *others = shared
    if others and pool is None:
        with lock:
            pool = pool or ThreadPoolExecutor(num_threads, "unrolled")
    started = [pool.submit(function, *arguments) for arguments in others]
    function(*mine)
    for future in started:
        future.result()


def forget_threads():
    """A forked process has none of its parent's threads."""
    global pool, lock
    pool, lock = None, threading.Lock()


os.register_at_fork(after_in_child=forget_threads)
