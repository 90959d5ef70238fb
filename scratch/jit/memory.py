"""Memory used again: a fresh page costs more than what is computed on it.

The system clears each page of memory when it is first touched, and takes it back when a large array dies. Training
asks for the same sizes at every step, so the memory of arrays that died is kept and handed out again.
"""

import math
import os
import threading

import numpy as np

from scratch.jit.vector import REGISTER

# In bytes: up to SMALL an array comes as it is from NumPy, up to LARGE it is not worth keeping.
SMALL, LARGE = 1 << 12, 1 << 16
# No more than this is kept unused.
MOST_KEPT = 1 << 30

kept = []
lock = threading.Lock()


class Lease:
    """The owner of an array's memory: it lives as long as the array or any view of it."""

    def __init__(self, memory):
        self.memory = memory
        self.__array_interface__ = memory.__array_interface__

    def __del__(self):
        if self.memory.nbytes + sum(memory.nbytes for memory in tuple(kept)) <= MOST_KEPT:
            kept.append(self.memory)


def empty(shape, dtype):
    """Return an array of anything, row-major; one of some size begins on a line of the cache."""
    size = math.prod(shape) * dtype.itemsize
    if size < SMALL:
        return np.empty(shape, dtype)
    needed = size + REGISTER
    memory = np.empty(needed, np.uint8) if needed < LARGE else np.asarray(Lease(take(needed)))
    address, _ = memory.__array_interface__["data"]
    first = -address % REGISTER
    return np.ndarray(shape, dtype, memory, first)


def zeros(shape, dtype):
    """Return such an array of zeros."""
    array = empty(shape, dtype)
    array.fill(0)
    return array


def take(size):
    """Return memory of at least this size: the smallest kept that is not half empty, or new."""
    with lock:
        fitting = [number for number, memory in enumerate(tuple(kept)) if size <= memory.nbytes <= 2 * size]
        if fitting:
            return kept.pop(min(fitting, key=lambda number: kept[number].nbytes))
    return np.empty(size, np.uint8)


def renew_lock():
    """Another thread may hold the lock while a process forks, and the child has no such thread."""
    global lock
    lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=renew_lock)
