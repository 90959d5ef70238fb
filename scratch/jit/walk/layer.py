"""One layer over a whole batch of sequences: from a cell's equations to the plan of the walk, and its memory."""

from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Float, Params, State
from scratch.cell import Cell
from scratch.cells.lstm import LSTMState
from scratch.jit.cells import equations_of
from scratch.jit.machine.memory import empty
from scratch.jit.machine.threads import part_count, run, share_count, shares
from scratch.jit.walk.backward import walk_backward
from scratch.jit.walk.forward import walk_forward
from scratch.jit.walk.layout import Layout
from scratch.jit.walk.plan import Ends
from scratch.jit.walk.products import TOKENS
from scratch.jit.walk.schedule import Schedule, make_schedule, without_tape
from scratch.jit.walk.weights import pack_all, pack_all_transposed, write_gradients
from scratch.tree import map_tree


class LayerTape(NamedTuple):
    """What a forward pass keeps for the backward pass."""

    params: Params
    schedule: Schedule
    tape: Any


class Layer(Layout):
    """A cell for inputs of one width and dtype: ``run_forward``, ``run_backward``."""

    def __init__(self, cell: Any, input_size: int, dtype: np.dtype, small: bool = False) -> None:
        self.cell, self.input_size = cell, input_size
        equations = equations_of(cell, input_size)
        columns = {"h": cell.output_size, "one": 1, "x": input_size}
        columns |= {equations.own: cell.num_units} if equations.own else {}
        super().__init__(equations, columns, dtype, small)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy is this very layer; one that was saved is made anew: an address of compiled code means nothing there.
        return layer_of, (self.cell, self.input_size, self.dtype)

    def schedule(self, lengths: Array, num_tokens: int, num_steps: int, time_major: bool) -> Schedule:
        """Return the ``Schedule`` of rows of these lengths, in as many parts as there could be threads worth it."""
        return make_schedule(lengths, num_steps, time_major, part_count(num_tokens * self.work_per_token))

    @cached_property
    def work_per_token(self) -> int:
        """How many multiply-adds a token takes forward, and about twice as many back."""
        return sum(product.depth * product.columns for product in self.records)

    def ends(
        self,
        x: Float[Array, "_ _ D"] | None,
        outputs: Float[Array, "_ _ output"] | None,
        state: State,
        factors: Array | None = None,
    ) -> Ends:
        """Return the ``Ends`` of a walk: x and outputs as matrices, and the states, c of no column where it is none.

        Going back, x is ``None``, a matrix of no column, where nobody asks for its gradient, and outputs are where all
        of theirs are 0.
        """
        c, h = state if isinstance(state, LSTMState) else (np.empty((len(state), 0), state.dtype), state)
        outputs = np.empty((0, 0), h.dtype) if outputs is None else matrix(outputs)
        x = np.empty((len(outputs), 0), h.dtype) if x is None else matrix(x)
        return Ends(x, outputs, np.empty((0, 0), outputs.dtype) if factors is None else factors, c, h)

    def pack(self, params: Params) -> Any:
        """Return the packed weights that ``run_forward`` takes."""
        return pack_all(self, params)

    def run_forward(
        self, params: Params, schedule: Schedule, ends: Ends, keep_tape: bool, arena: Array | None = None
    ) -> LayerTape:
        """Run from the inputs to the outputs of ``Ends``, and from the initial states to the final ones.

        Return what the backward pass needs. ``arena`` is from ``pack``.
        """
        num_tokens = schedule.num_tokens
        if not keep_tape:
            schedule, num_tokens = without_tape(schedule), 2 * len(schedule.rows)
        tape = self.new_tape(params, len(schedule.rows), num_tokens)
        if schedule.num_tokens:
            arena = self.pack(params) if arena is None else arena
            self.run_parts(schedule, partial(walk_forward, self.plan, arena, schedule, tape, ends))
        return LayerTape(params, schedule, tape)

    def run_backward(self, kept: LayerTape, ends: Ends) -> Params:
        """Go back from the gradients of outputs and final states to those of the inputs and the initial states.

        Return the gradients of the parameters.
        """
        schedule = kept.schedule
        # ∂L/∂z of a block of tokens, in each part.
        num_rows = (len(schedule.parts) - 1) * max(TOKENS, np.diff(schedule.parts).max(initial=0))
        d = self.new_gradients(schedule, num_rows)
        if schedule.num_tokens:
            needs_d_x = ends.x.shape[1] > 0
            arena, plan = pack_all_transposed(self, kept.params, needs_d_x), self.plan if needs_d_x else self.of_params
            self.run_parts(schedule, partial(walk_backward, plan, arena, schedule, kept.tape, ends, d))
        d_params = map_tree(lambda parameter: empty(parameter.shape, self.dtype), kept.params)
        write_gradients(self, d_params, d)
        return d_params

    def run_parts(self, schedule: Schedule, function: Callable[[int], None]) -> None:
        """Call ``function`` for each part, shared out among as many threads as are worth it."""
        num_parts = len(schedule.parts) - 1
        count = min(num_parts, share_count(schedule.num_tokens * self.work_per_token))

        def run_some(first, last):
            for part in range(first, last):
                function(part)

        run(run_some, shares(num_parts, count))


def matrix(array: Array) -> Array:
    """Return [B, T, size] or [T, B, size] as a matrix [B · T, size]."""
    return array.reshape(-1, array.shape[-1])


@lru_cache(maxsize=256)
def layer_of(cell: Cell, input_size: int, dtype: np.dtype) -> Layer:
    """Return the ``Layer`` of a cell that has ``Equations``."""
    return Layer(cell, input_size, dtype)
