"""Two directions of a network on two threads, which meet in the middle: the layers above need what both have made."""

from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import numpy as np

from scratch.jit.machine.flags import raise_flag, wait_for_flags
from scratch.jit.machine.threads import MOMENT, PATIENCE, run, shares


class Turn:
    """What one thread waits for until another says that it is there."""

    def __init__(self) -> None:
        self.flag, self.said = np.zeros(1, np.int64), SimpleQueue[bool]()

    def say(self, is_well: bool) -> None:
        self.said.put(is_well)
        raise_flag(self.flag, 0, MOMENT)

    def wait(self) -> bool:
        wait_for_flags(self.flag, PATIENCE)
        return self.said.get()


def there_and_back(
    directions: list[Any],
    forth: Callable[[Any], None],
    between: Callable[[], None],
    back: Callable[[Any], None],
    num_threads: int,
) -> None:
    """Run all directions forth, what is between, and all back: each on a thread of its own where there are as many."""
    if num_threads < len(directions) or len(directions) == 1:
        for direction in directions:
            forth(direction)
        between()
        for direction in directions:
            back(direction)
        return
    there, on = Turn(), Turn()

    def both_ways(first: int, last: int) -> None:
        # Whatever happens to one, the other must not wait for it for ever.
        mine, its, is_well = (on, there, False) if first == 0 else (there, on, False)
        try:
            forth(directions[first])
            if first == 0 and its.wait():
                between()
                is_well = True
            elif first:
                is_well = True
        finally:
            mine.say(is_well)
        if is_well and (first == 0 or its.wait()):
            back(directions[first])

    run(both_ways, shares(2, 2))
