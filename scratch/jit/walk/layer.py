"""One layer over a whole batch of sequences: from a cell's equations to the plan of the walk, and its memory."""

from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Params
from scratch.cell import Cell
from scratch.jit.cells import equations_of
from scratch.jit.machine.memory import empty, zeros
from scratch.jit.machine.threads import part_count, run, share_count, shares
from scratch.jit.walk.backward import walk_backward
from scratch.jit.walk.forward import walk_forward
from scratch.jit.walk.layout import Layout
from scratch.jit.walk.plan import Ends, Gradients, Tape
from scratch.jit.walk.products import TOKENS
from scratch.jit.walk.schedule import Schedule, make_schedule, without_tape
from scratch.jit.walk.weights import gradients_of_params, pack_all, pack_all_transposed


class LayerTape(NamedTuple):
    """What a forward pass keeps for the backward pass."""

    params: Params
    schedule: Schedule
    tape: Tape


class Layer(Layout):
    """A cell for inputs of one width and dtype: ``run_forward``, ``run_backward``."""

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy is this very layer; one that was saved is made anew: an address of compiled code means nothing there.
        return layer_of, (self.cell, self.input_size, self.dtype)

    @cached_property
    def numbers(self) -> Array | None:
        """The constants, where no parameter is among them: they are the same at every call."""
        given = any(isinstance(wanted, str) for wanted in self.equations.constants.values())
        return None if given else self.rows_of_constants({})

    def schedule(self, lengths: Array, num_tokens: int, num_steps: int, time_major: bool) -> Schedule:
        """Return the ``Schedule`` of rows of these lengths, in as many parts as there could be threads worth it."""
        return make_schedule(lengths, num_steps, time_major, part_count(num_tokens * self.work_per_token))

    @cached_property
    def work_per_token(self) -> int:
        """How many multiply-adds a token takes forward, and about twice as many back."""
        return sum(product.depth * product.columns for product in self.records)

    def run_forward(
        self, params: Params, schedule: Schedule, ends: Ends, keep_tape: bool, arena: Array | None = None
    ) -> LayerTape:
        """Run from the inputs to the outputs of ``Ends``, and from the initial states to the final ones.

        Return what the backward pass needs. ``arena`` is from ``pack_all``.
        """
        num_ranks, num_tokens = len(schedule.rows), schedule.num_tokens
        if not keep_tape:
            schedule, num_tokens = without_tape(schedule), 2 * num_ranks
        rows, z = empty((num_tokens, self.row_width), self.dtype), empty((num_tokens, self.z_width), self.dtype)
        c = empty((num_ranks + num_tokens, self.c_size), self.dtype)
        h_new = empty((num_ranks, self.h_size), self.dtype)
        tape = Tape(rows, z, c, self.constants(params), h_new)
        if num_tokens:
            arena = pack_all(self, params) if arena is None else arena
            self.run_parts(schedule, partial(walk_forward, self.plan, arena, schedule, tape, ends))
        return LayerTape(params, schedule, tape)

    def run_backward(self, kept: LayerTape, ends: Ends) -> Params:
        """Go back from the gradients of outputs and final states to those of the inputs and the initial states.

        Return the gradients of the parameters.
        """
        schedule, num_parts = kept.schedule, len(kept.schedule.parts) - 1
        constants = zeros((num_parts, *kept.tape.constants.shape), self.dtype)
        weights = zeros((1, self.num_weights), self.dtype)
        if schedule.num_tokens:
            weights = empty((num_parts, self.num_weights), self.dtype)
            num_ranks = len(schedule.rows)
            rows, c = empty((num_ranks, self.d_width), self.dtype), empty((num_ranks, self.c_size), self.dtype)
            # ∂L/∂z of a block of tokens, in each part. Between two rows is a line of the cache, else all of them would
            # fall on few lines of it.
            num_rows = num_parts * max(TOKENS, np.diff(schedule.parts).max())
            z = empty((num_rows, self.z_width + self.vector), self.dtype)
            d = Gradients(rows, c, z, weights.reshape(-1), constants.reshape(-1, constants.shape[2]))
            arena = pack_all_transposed(self, kept.params)
            self.run_parts(schedule, partial(walk_backward, self.plan, arena, schedule, kept.tape, ends, d))
        return gradients_of_params(self, kept.params, weights, constants)

    def run_parts(self, schedule: Schedule, function: Callable[[int], None]) -> None:
        """Call ``function`` for each part, shared out among as many threads as are worth it."""
        num_parts = len(schedule.parts) - 1
        count = min(num_parts, share_count(schedule.num_tokens * self.work_per_token))

        def run_some(first, last):
            for part in range(first, last):
                function(part)

        run(run_some, shares(num_parts, count))

    def constants(self, params: Params) -> Array:
        """Return the constants, a row each: numbers, and parameters [units]."""
        return self.rows_of_constants(params) if self.numbers is None else self.numbers

    def rows_of_constants(self, params: Params) -> Array:
        rows = zeros((len(self.equations.constants), max(self.size, self.h_size)), self.dtype)
        for row, wanted in zip(rows, self.equations.constants.values(), strict=True):
            if isinstance(wanted, str):
                row[: len(params[wanted])] = params[wanted]
            else:
                row[:] = wanted
        return rows


@lru_cache(maxsize=256)
def layer_of(cell: Cell, input_size: int, dtype: np.dtype) -> Layer:
    """Return the ``Layer`` of a cell that has ``Equations``."""
    return Layer(cell, equations_of(cell, input_size), input_size, dtype)
