"""Threads that meet at every step: who is called, and how they wait for one another.

A step of one row takes microseconds, and to wake a thread takes tens of them. So a thread that has done its share
stays awake for a moment and looks whether it is called again; where it is asleep, the caller does all by itself and
lets it be woken for what comes next. All that they tell one another are flags (``machine/flags.py``), a line of the
cache for each thread: how it is, and how often it has met the others.
"""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined
from scratch.jit.machine.flags import give_way, look, pause, swap, write

# Flags in a line of the cache. A thread's first flag is how it is, the second how often it has met the others.
LINE = 8
ASLEEP, WAITING, CLAIMED, CALLED = range(4)
# What is to be done stands in the line of the caller: with how many threads, how many steps, and how many there were.
COUNT, STEPS, TAKEN = 2, 3, 4
# Looks after which a thread thinks that the one it waits for may want its core: some ten microseconds.
PATIENCE = 1_000


@inlined
def call(team: Array, most: int, steps: int) -> int:
    """Call the threads that are awake for so many steps, and return how many there are, with the caller's."""
    count = 1
    while count < most:
        # It may not have left the last meeting yet.
        while look(team, LINE * count) == CALLED:
            pause()
        if not swap(team, LINE * count, WAITING, CLAIMED):
            break
        count += 1
    write(team, TAKEN, look(team, TAKEN) + look(team, STEPS))
    write(team, STEPS, steps)
    if count > 1:
        write(team, COUNT, count)
        for thread in range(count):
            write(team, LINE * thread + 1, 0)
        for thread in range(1, count):
            write(team, LINE * thread, CALLED)
    return count


@inlined
def is_awaited(team: Array, most: int) -> bool:
    """Return whether one of the threads has been claimed and is not there yet."""
    for thread in range(1, most):
        if look(team, LINE * thread) == CLAIMED:
            return True
    return False


@inlined
def meet(team: Array, me: int, count: int, number: int) -> None:
    """Return when all ``count`` threads have come to the meeting of this number."""
    if count > 1:
        write(team, LINE * me + 1, number)
        looks = 0
        for thread in range(count):
            while look(team, LINE * thread + 1) < number:
                looks += 1
                if looks < PATIENCE:
                    pause()
                else:
                    give_way()
