"""A row that goes on: the numbers of a stack, and the threads that help with it."""

import os
import threading
import time
from queue import SimpleQueue
from typing import Any
from weakref import WeakSet

import numpy as np
from numba import config

from scratch.arrays import Array, Float, Params, State
from scratch.jit.machine import threads
from scratch.jit.single.entry import run_whole
from scratch.jit.single.plan import RowPlan
from scratch.jit.single.team import ASLEEP, CLAIMED, LINE
from scratch.jit.single.walk import serve, walk_row

# Multiply-adds of a step for each thread: to meet takes as long as some thousands of them.
WORTH_A_MEETING = 16_000
# How often a thread that helps looks whether it is called again before it goes to sleep: for about three milliseconds,
# because a step of wide layers, or to pack their weights, may take one.
LOOKS = 100_000
# Multiply-adds of a call in the course of which one that is asleep can be awake.
LONG = 5_000_000
# It is woken where the last call was no longer ago than this, in seconds: another is likely to follow as soon.
SOON = 1e-3

waiting: "SimpleQueue[tuple[Row, int]]" = SimpleQueue()
helpers: list[threading.Thread] = []
rows: "WeakSet[Row]" = WeakSet()


class Row:
    """One row of a stack: ``run(x, outputs)`` goes on from ``state``."""

    def __init__(self, plan: RowPlan) -> None:
        self.plan, self.numbers, self.last = plan, plan.new_numbers(), 0.0
        # Uncompiled, a swap of two flags is not done in one go.
        num_cores = 1 if config.DISABLE_JIT else threads.num_cores
        self.most = max(1, min(num_cores, plan.work_per_step // WORTH_A_MEETING))
        self.team = np.zeros(LINE * max(2, self.most), np.int64)
        if self.most > 1:
            self.prepare()
        rows.add(self)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy has the same numbers, and threads of its own.
        return row_with, (self.plan, self.numbers)

    def prepare(self) -> None:
        """Compile what threads help with, if that has not been done: they would not be there for a second."""
        self.help(1, 0)

    def help(self, thread: int, looks: int) -> None:
        """Do the share of a thread whenever it is called, until it has looked so often and was not."""
        serve(self.plan.table, self.numbers, self.team, thread, looks)

    def start(self, params: Params, state: State) -> None:
        """Take these parameters and this state."""
        self.plan.set_params(self.numbers, params)
        self.plan.set_state(self.numbers, state)

    @property
    def state(self) -> State:
        """A copy of the state after the last step."""
        return self.plan.state(self.numbers)

    def run(self, x: Float[Array, "T D"], outputs: Float[Array, "T output"]) -> int:
        """Go on over x to the outputs, both row-major; return how many threads there were in the end."""
        most = self.ask(len(x))
        return self.answer(most, walk_row(self.plan.table, self.numbers, self.team, most, x, outputs))

    def run_whole(self, given: Array, x: Float[Array, "T D"], outputs: Float[Array, "T output"], final: Array) -> None:
        """Run over x from a state to that in ``final``; ``given`` is as the kernel wants it."""
        most = self.ask(len(x))
        self.answer(most, run_whole(self.plan.table, self.numbers, self.team, most, given, x, outputs, final))

    def ask(self, num_steps: int) -> int:
        """Return how many threads there may be, and wake them where so many steps are worth it."""
        most = self.most if self.most < threads.num_threads else threads.num_threads
        if most > 1 and num_steps * self.plan.work_per_step > LONG:
            self.wake(most)
        return most

    def answer(self, most: int, count: int) -> int:
        """Return how many threads there were, and where others slept wake them for what comes next."""
        if count < most:
            now = time.perf_counter()
            if now - self.last < SOON:
                self.wake(most)
            self.last = now
        return count

    def wake(self, most: int) -> None:
        """Let the threads that are asleep help from now on."""
        while len(helpers) < threads.num_cores - 1:
            helper = threading.Thread(target=help_rows, name=f"unrolled-helper-{len(helpers)}", daemon=True)
            helper.start()
            helpers.append(helper)
        for thread in range(1, most):
            if self.team[LINE * thread] == ASLEEP:
                self.team[LINE * thread] = CLAIMED
                waiting.put((self, thread))


def row_with(plan: RowPlan, numbers: Array) -> Row:
    row = Row(plan)
    row.numbers[:] = numbers
    return row


def help_rows() -> None:
    """Help whichever row asks for it, for ever."""
    while True:
        row, thread = waiting.get()
        row.help(thread, LOOKS)
        del row


def forget_helpers() -> None:
    """A forked process has none of its parent's threads."""
    global waiting
    waiting = SimpleQueue()
    helpers.clear()
    for row in rows:
        row.team[:] = ASLEEP


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_helpers)
