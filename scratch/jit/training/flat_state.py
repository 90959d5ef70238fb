"""What a ``Trainer`` trains, flat: its parameters, its slots, and the step of its optimiser.

While nobody asks the trainer for its parameters or slots, steps change them in place. What has been handed out stays as
it was: the next step begins with a copy.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Float, Params
from scratch.flat import LINE, flatten, number_of, views
from scratch.jit.machine.memory import empty
from scratch.jit.machine.threads import COPYING, run, share_count, shares
from scratch.jit.training.change import BY_GLOBAL_NORM, BY_NORM, BY_VALUE, NOT_CLIPPED, Change, change, clip_gradients
from scratch.jit.training.optimizer import Slots, numbers_of, slots_of
from scratch.jit.training.updates import update
from scratch.training.clipping import Clipping, variables_in
from scratch.tree import named_leaves

CLIPPED_BY = {"value": BY_VALUE, "norm": BY_NORM, "global_norm": BY_GLOBAL_NORM}
# Numbers read or written for each parameter, about: what a pass over them is worth to a thread.
TOUCHED = 6


class Clip(NamedTuple):
    """A ``Clipping`` as its kernel takes it: its kind, its numbers [1, 3], and the ``bounds`` [n, 2] of variables."""

    kind: int
    numbers: Float[Array, "1 3"]
    bounds: Array


class FlatState:
    """The parameters ``theta`` [1, P] and the slots of a trainer; ``tree`` are the parameters, views of ``theta``."""

    def __init__(self, trainer: Any) -> None:
        self.clip = clip_of(trainer.clip, trainer.params)
        self.optimizer = trainer.optimizer
        self.read(trainer)
        self.arena = empty((0,), self.theta.dtype)
        self.kind, self.numbers = numbers_of(self.optimizer, self.theta.dtype)

    def read(self, trainer: Any) -> None:
        """Lay out what the trainer has now, in the order of its parameters."""
        memory, self.tree, self.places = flatten(trainer.params)
        self.theta, self.size = memory[None], number_of(trainer.params)
        self.slots = slots_of(trainer.slots, self.size, memory.dtype, self.places)
        # The first step goes on with a copy, and so does one after a trainer was asked.
        self.handed_out = trainer.params, trainer.slots, [*entries(trainer.params), *entries(trainer.slots)]

    def begin(self, trainer: Any, g: Float[Array, "1 P"]) -> tuple[Change, Slots]:
        """Return the change that a step with these gradients is, and the slots after it."""
        if trainer.left is not self:
            self.take_back()
        optimizer = trainer.optimizer_now()
        if optimizer is not self.optimizer:
            self.optimizer = optimizer
            self.kind, self.numbers = numbers_of(optimizer, self.theta.dtype)
        slots, numbers = self.slots.next(optimizer, self.numbers)
        kind, clip_numbers, bounds = self.clip
        clipped = g if kind == NOT_CLIPPED else empty(g.shape, g.dtype)
        return Change(kind, self.kind, clip_numbers, bounds, numbers, self.theta, g, clipped, slots.rows), slots

    def take_back(self) -> None:
        """Go on with copies of what has been handed out."""
        theta, rows = (empty(array.shape, array.dtype) for array in (self.theta, self.slots.rows))
        theta[:], rows[:] = self.theta, self.slots.rows
        self.theta, self.slots = theta, self.slots._replace(rows=rows)
        self.tree = views(theta[0], self.places)

    def is_of(self, trainer: Any) -> bool:
        """Return whether a trainer has nothing but what these are: they were left in it, or it still has the arrays."""
        if trainer.left is self:
            return True
        params, slots, arrays = self.handed_out
        if trainer.params is not params or trainer.slots is not slots:
            return False
        return all([branch.get(name) is leaf for branch, name, leaf in arrays])

    def hand_out(self) -> tuple[Params, Params]:
        """Return the parameters and the slots as trees; from now on they are the trainer's."""
        slots = self.slots.tree(self.places)
        self.handed_out = self.tree, slots, [*entries(self.tree), *entries(slots)]
        return self.tree, slots

    def gradients(self) -> Float[Array, "1 P"]:
        """Return memory for gradients, zeros beyond them."""
        g = empty(self.theta.shape, self.theta.dtype)
        g[0, self.size :] = 0
        return g

    def memory(self, size: int) -> Float[Array, " n"]:
        """Return memory of so many numbers or more for a step to work in, the same for all steps."""
        if self.arena.size < size:
            self.arena = empty((size,), self.theta.dtype)
        return self.arena


def apply(this: Change) -> None:
    """Clip the gradients and take the step of the optimiser, on as many threads as it is worth."""
    size, in_line = this.theta.size, LINE // this.theta.itemsize
    count = share_count(COPYING * TOUCHED * size)
    if count == 1:
        return change(this)
    clip_gradients(this)

    def some(first: int, last: int) -> None:
        update(this.kind, this.numbers, this.theta, this.clipped, this.rows, first * in_line, last * in_line)

    run(some, shares(size // in_line, count))


def clip_of(clip: Clipping | None, params: Params) -> Clip:
    """Return the ``Clip`` of gradients laid out as these parameters."""
    dtype = next(named_leaves(params))[1].dtype
    if clip is None:
        return Clip(NOT_CLIPPED, np.zeros((1, 3), dtype), np.zeros((0, 2), np.int64))
    least = -clip.limit if clip.by == "value" else clip.limit
    skipped = {path for name in clip.skip for path in variables_in(params, name)}
    ends = np.cumsum([leaf.size for _, leaf in named_leaves(params)]).tolist()
    bounds = [
        (first, last)
        for (path, _), first, last in zip(named_leaves(params), [0, *ends], ends, strict=False)
        if path not in skipped
    ]
    numbers = np.array([[least, clip.limit, 0]], dtype)
    return Clip(CLIPPED_BY[clip.by], numbers, np.array(bounds, np.int64).reshape(-1, 2))


def entries(tree: Params) -> Iterator[tuple[Params, str, Any]]:
    """Yield ``(branch, name, array)`` for every array of a tree."""
    for name, part in tree.items():
        if isinstance(part, dict):
            yield from entries(part)
        else:
            yield tree, name, part
