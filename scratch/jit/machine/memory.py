"""Memory used again: a fresh page costs more than what is computed on it.

The system clears each page of memory when it is first touched, and takes it back when a large array dies. Training
asks for the same sizes at every step, so the memory of arrays that died is kept and handed out again.
"""

import math
import os
import threading
from ctypes import addressof, c_char

import numpy as np

from scratch.arrays import Array
from scratch.jit.machine.register import REGISTER

# In bytes: up to SMALL an array comes as it is from NumPy, up to LARGE it is not worth keeping.
SMALL, LARGE = 1 << 12, 1 << 16
# No more than this is kept unused.
MOST_KEPT = 1 << 30

kept: "list[Memory]" = []
lock = threading.Lock()


class Memory(np.ndarray):
    """Bytes that are used again; the one at ``first`` begins a line of the cache.

    A type of its own: of views of views, all of one type, NumPy keeps the first owner alone, and would pass over the
    ``Lease`` in the middle.
    """

    first = 0


class Lease(np.ndarray):
    """The owner of an array's memory, its base: it lives as long as the array or any view of it."""

    def __del__(self) -> None:
        # A view or a copy of the owner is of its type as well, but owns no memory of ours.
        if type(self.base) is Memory and self.base.nbytes + sum([memory.nbytes for memory in kept]) <= MOST_KEPT:
            kept.append(self.base)


def empty(shape: tuple[int, ...], dtype: np.dtype) -> Array:
    """Return an array of anything, row-major; one of some size begins on a line of the cache."""
    size = math.prod(shape) * dtype.itemsize
    if size < SMALL:
        return np.empty(shape, dtype)
    needed = size + REGISTER
    if needed < LARGE:
        memory = allocate(needed)
        return np.ndarray(shape, dtype, memory, memory.first)
    memory = take(needed)
    return Lease(shape, dtype, memory, memory.first).view(np.ndarray)


def zeros(shape: tuple[int, ...], dtype: np.dtype) -> Array:
    """Return such an array of zeros."""
    array = empty(shape, dtype)
    array.fill(0)
    return array


def take(size: int) -> Memory:
    """Return memory of at least this size: the smallest kept that is not half empty, or new."""
    with lock:
        fitting = [(memory.nbytes, number) for number, memory in enumerate(kept) if size <= memory.nbytes <= 2 * size]
        if fitting:
            return kept.pop(min(fitting)[1])
    return allocate(size)


def allocate(size: int) -> Memory:
    """Return new memory of this size."""
    memory = Memory(size, np.uint8)
    # Where its buffer begins: NumPy's own ways to say so take five times as long.
    memory.first = -addressof(c_char.from_buffer(memory.data)) % REGISTER
    return memory


def renew_lock() -> None:
    """Another thread may hold the lock while a process forks, and the child has no such thread."""
    global lock
    lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=renew_lock)
