"""One row from its first step to its last, of which nothing is kept: what ``dynamic_rnn(keep_tape=False)`` runs.

The parameters are packed at each call, for an array may have changed since the last one.
"""

from functools import lru_cache

import numpy as np

from scratch.arrays import Array, Float, Params, State
from scratch.cell import Cell
from scratch.jit.batch import plain
from scratch.jit.machine.memory import empty
from scratch.jit.single.plan import RowPlan, leaves_of, row_plan_of
from scratch.jit.single.row import Row

# With so few parameters it is the calls that take time, so they are handed over in one array.
FEW = 1 << 13


class WholePlan:
    """A stack of compiled cells over sequences of one row, of inputs of one width and dtype."""

    def __init__(self, plan: RowPlan) -> None:
        self.plan, self.zero_state = plan, plan.zero_state
        # They are used again, with their memory and the threads that are awake for them.
        self.free: list[Row] = []

    def run(self, params: Params, inputs: Float[Array, "_ _ D"], state: State) -> tuple[Array, State, None]:
        """Return ``(outputs, final_state, None)`` of inputs [1, T, D] or [T, 1, D], outputs in their layout."""
        # Memory used again is worth its price where there is much of it.
        new = np.empty if inputs.shape[0] * inputs.shape[1] * self.plan.cell.output_size <= FEW else empty
        outputs = new((*inputs.shape[:2], self.plan.cell.output_size), self.plan.dtype)
        x = plain(inputs).reshape(-1, self.plan.input_size)
        return outputs, self.fill(params, state, x, outputs.reshape(len(x), -1)), None

    def fill(self, params: Params, state: State, x: Float[Array, "T D"], outputs: Float[Array, "T output"]) -> State:
        """Run from a state over x to the outputs, both row-major, and return the state after them."""
        row = self.free.pop() if self.free else Row(self.plan)
        final, given = np.empty(self.plan.num_states, self.plan.dtype), leaves_of(state)
        if self.plan.packing.num_params <= FEW:
            given = self.plan.flat_params(params) + given
        else:
            self.plan.set_params(row.numbers, params)
        row.run_whole(np.concatenate(given, axis=None), x, outputs, final)
        self.free.append(row)
        return self.plan.state_of(final)


@lru_cache(maxsize=64)
def whole_plan_of(cell: Cell, input_size: int, dtype: np.dtype) -> WholePlan | None:
    """Return the plan of a stack of compiled cells, ``None`` for another cell."""
    plan = row_plan_of(cell, input_size, dtype)
    return WholePlan(plan) if plan else None
