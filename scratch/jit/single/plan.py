"""From the parameters and the state of a stack to the numbers that the walk of one row works on, and back."""

from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np

from scratch.arrays import Array, Params, State
from scratch.cell import Cell
from scratch.cells.lstm import LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.jit.batch import plain
from scratch.jit.cells import is_compiled
from scratch.jit.machine.memory import zeros
from scratch.jit.single.layout import Layout
from scratch.jit.single.packing import pack_strips
from scratch.jit.single.records import BLOCK, LayerPlan
from scratch.jit.walk.equations import at_path


class RowPlan(Layout):
    """A stack of compiled cells for one row of inputs of one width and dtype."""

    def __init__(self, cell: Cell, input_size: int, dtype: np.dtype) -> None:
        super().__init__(cell, input_size, dtype)
        # Where the parts of the state are, among the numbers and in a row of their own: c, where there is one, and h.
        parts = [part for record in self.records for part in parts_of(record)]
        firsts = accumulate([last - first for first, last in parts], initial=0)
        self.places = [
            (slice(first, last), slice(at, at + last - first))
            for (first, last), at in zip(parts, firsts, strict=False)
        ]
        self.num_states = sum(last - first for first, last in parts)
        self.zero_state = self.state_of(np.zeros(self.num_states, self.dtype))

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy is this very plan; one that was saved is made anew: an address of compiled code means nothing there.
        return row_plan_of, (self.cell, self.input_size, self.dtype)

    def new_numbers(self) -> Array:
        """Return the numbers of a stack, without its parameters and its state."""
        numbers = zeros((self.num_numbers,), self.dtype)
        for record in self.records:
            for first, rows, width in (
                (record.inputs, BLOCK, record.inputs_width), (record.rows, BLOCK + 1, record.width)
            ):  # fmt: skip
                numbers[first : first + rows * width].reshape(rows, width)[:, record.one] = 1
        for first, last, constant in self.packing.constants:
            numbers[first:last] = constant
        return numbers

    def set_params(self, numbers: Array, params: Params) -> None:
        """Write the parameters to where the walk reads them."""
        for row, path in enumerate(self.packing.paths, self.first_strips):
            pack_strips(plain(at_path(params, path)).reshape(-1), self.table, row, numbers, False)

    def flat_params(self, params: Params) -> list[Array]:
        """Return the parameters in the order in which ``pack_strips`` finds them among all."""
        return [at_path(params, path) for path in self.packing.firsts]

    def set_state(self, numbers: Array, state: State) -> None:
        """Write a state to where the walk begins."""
        for leaf, (part, _) in zip(leaves_of(state), self.places, strict=True):
            numbers[part] = leaf[0]

    def state(self, numbers: Array) -> State:
        """Return a copy of the state among the numbers."""
        return self.state_of(np.concatenate([numbers[part] for part, _ in self.places]))

    def state_of(self, flat: Array) -> State:
        """Return a state, views of the numbers of all its parts."""
        leaves = [flat[None, part] for _, part in self.places]
        if not self.is_stack:
            return LSTMState._make(leaves) if len(leaves) == 2 else leaves[0]
        parts = iter(leaves)
        return tuple([LSTMState(next(parts), next(parts)) if record.c_size else next(parts) for record in self.records])


def parts_of(record: LayerPlan) -> list[tuple[int, int]]:
    """Return where c, if there is one, and h begin and end among the numbers, before the first step."""
    h = record.rows + record.one + 1
    c = [(record.c, record.c + record.num_memory)] if record.num_memory else []
    return [*c, (h, h + record.num_outputs)]


def leaves_of(state: State) -> list[Array]:
    """Return c and h of each layer, or h alone, one after the other."""
    return [leaf for part in state for leaf in leaves_of(part)] if isinstance(state, tuple) else [state]


@lru_cache(maxsize=64)
def row_plan_of(cell: Cell, input_size: int, dtype: np.dtype) -> RowPlan | None:
    """Return the plan of a stack of compiled cells, ``None`` for another cell."""
    layers = cell.cells if type(cell) is MultiRNNCell else (cell,)
    return RowPlan(cell, input_size, dtype) if all(map(is_compiled, layers)) else None
