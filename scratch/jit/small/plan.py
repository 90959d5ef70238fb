"""Which networks are small, and a pass of one forward and back: ``scratch/jit/stack.py`` takes it by itself.

For a network of a few units what is done around the numbers costs more than the numbers. So what follows from the
cell, the shapes, the dtype and the layout is settled once, in a plan that is kept. A call hands few arrays to one
kernel of ``kernels.py``. Neither a plan nor a tape holds an address of the caller's arrays.
The page is ``docs/jit/small.md``.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from math import prod
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Float, Params, State
from scratch.cell import Cell
from scratch.cells.lstm import LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.fit import flat_shapes
from scratch.jit.batch import plain
from scratch.jit.cells import is_compiled
from scratch.jit.machine.memory import empty
from scratch.jit.machine.threads import WORTH_A_THREAD
from scratch.jit.small.kernels import small_backward, small_forward
from scratch.jit.small.layout import NetworkLayout
from scratch.jit.walk.layer import Layer
from scratch.jit.walk.schedule import strides
from scratch.tree import map_tree

# Numbers in a tape: with more, they do not stay in the cache, and the walk of all other cells is as fast.
MOST_NUMBERS = 1 << 18
# Parameters times tokens, which is multiply-adds: with more, that walk shares them out among threads.
MOST_WORK = 2 * WORTH_A_THREAD


class SmallTape(NamedTuple):
    """What a pass forward keeps: its plan, its parameters for their names alone, and its numbers."""

    plan: "SmallPlan"
    params: Params
    numbers: Array

    @property
    def cell(self) -> Cell:
        return self.plan.cell

    @property
    def dtype(self) -> np.dtype:
        return self.plan.dtype

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.plan.output_shape


class SmallPlan:
    """A cell with ``Equations``, or a stack of such, for full rows of one shape: ``forward`` and ``backward``.

    - ``table``, ``start``, ``tape_size``, ``work_size``: what the kernels take of a plan.
    - ``paths``: of the parameters, in the order of their numbers. ``views``: a tree of their slices of these, and their
      shapes. ``state_views``: of each layer, those of c and h, or of h alone.
    """

    def __init__(self, cell: Cell, shape: tuple[int, int, int], dtype: np.dtype, time_major: bool) -> None:
        self.cell, self.time_major, self.dtype, self.input_shape = cell, time_major, dtype, shape
        self.output_shape = *shape[:2], cell.output_size
        self.is_stack = isinstance(cell, MultiRNNCell)
        of_params = cell.param_shapes(shape[2])
        shapes = flat_shapes(of_params)
        self.paths = [path.split("/") for path in shapes]
        *firsts, self.num_weights = accumulate(map(prod, shapes.values()), initial=0)
        self.views = views_of(of_params, iter(firsts))
        numbered = params_of(np.arange(1, 1 + self.num_weights, dtype=dtype), of_params, self.views)
        gradients = map_tree(np.zeros_like, numbered)
        num_steps, batch_size = shape[:2] if time_major else shape[1::-1]
        layout = NetworkLayout((num_steps, batch_size), strides(batch_size, num_steps, time_major), dtype)
        for name, layer, input_size in layers_of(cell, shape[2]):
            of_layer, d_layer = (numbered[name], gradients[name]) if self.is_stack else (numbered, gradients)
            layout.add(Layer(layer, input_size, dtype, small=True), of_layer, d_layer)
        self.table, self.start = layout.table(self.flat_params(gradients)), layout.fixed.numbers(dtype)
        self.tape_size, self.work_size = layout.head.size + layout.tape.size, layout.d_head.size + layout.work.size
        self.num_states = layout.states.size
        ends = [((layer.c_at, layer.num_memory), (layer.h_at, layer.num_outputs)) for layer in layout.plans]
        self.state_views = [[view_of(at, (batch_size, size)) for at, size in parts if size] for parts in ends]
        self.zeros = np.zeros(self.num_states, dtype)
        self.zero_state = self.state_of(self.zeros)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy is this very plan; one that was saved is made anew: the address of the tile means nothing there.
        return plan_of, (self.cell, self.input_shape, self.dtype, self.time_major)

    def run(
        self, params: Params, inputs: Float[Array, "_ _ D"], state: State
    ) -> tuple[Float[Array, "_ _ output"], State, "SmallTape"]:
        """Return ``(outputs, final_state, tape)``, all of them new."""
        outputs, final_state, numbers = self.forward(params, plain(inputs), state)
        return outputs, final_state, SmallTape(self, params, numbers)

    def forward(
        self, params: Params, inputs: Float[Array, "_ _ D"], state: State
    ) -> tuple[Float[Array, "_ _ output"], State, Array]:
        """Return ``(outputs, final_state, tape)``, all of them new; inputs are row-major."""
        weights, states, tape = self.flat_params(params), self.flat_state(state), empty((self.tape_size,), self.dtype)
        outputs, final = np.empty(self.output_shape, self.dtype), np.empty(self.num_states, self.dtype)
        small_forward(self.table, self.start, weights, states, inputs, tape, outputs, final)
        return outputs, self.state_of(final), tape

    def backward(
        self, params: Params, tape: Array, d_outputs: Float[Array, "_ _ output"], d_final_state: State
    ) -> tuple[Float[Array, "_ _ D"], State, Params]:
        """Return ``(d_inputs, d_initial_state, d_params)``, the adjoint of ``forward``."""
        d_final, work = self.flat_state(d_final_state), empty((self.work_size,), self.dtype)
        d_inputs, d_states = np.empty(self.input_shape, self.dtype), np.empty(self.num_states, self.dtype)
        d_weights = np.empty(self.num_weights, self.dtype)
        small_backward(self.table, tape, work, d_outputs, d_final, d_inputs, d_states, d_weights)
        return d_inputs, self.state_of(d_states), params_of(d_weights, params, self.views)

    def flat_params(self, params: Params) -> Array:
        """Return the numbers of all parameters, one after the other."""
        leaves = []
        for path in self.paths:
            leaf: Any = params
            for name in path:
                leaf = leaf[name]
            leaves.append(leaf)
        return np.concatenate(leaves, axis=None)

    def flat_state(self, state: State) -> Array:
        """Return the numbers of a state, one after the other."""
        if state is self.zero_state:
            return self.zeros
        layers = state if self.is_stack else (state,)
        return np.concatenate([part for layer in layers for part in parts_of(layer)], axis=None)

    def state_of(self, flat: Array) -> State:
        """Return a state, views of ``flat``."""
        layers = [[flat[numbers].reshape(shape) for numbers, shape in views] for views in self.state_views]
        states = tuple([LSTMState._make(parts) if len(parts) == 2 else parts[0] for parts in layers])
        return states if self.is_stack else states[0]


def views_of(shapes: Any, firsts: Iterator[int]) -> Any:
    """Return a tree of slices and shapes, of parameters of these shapes that begin there one after the other."""
    if isinstance(shapes, dict):
        return {name: views_of(part, firsts) for name, part in shapes.items()}
    return view_of(next(firsts), shapes)


def params_of(flat: Array, like: Any, views: Any) -> Any:
    """Return parameters, or one of them, in the structure and the order of others: views of ``flat``."""
    if isinstance(like, dict):
        return {name: params_of(flat, like[name], views[name]) for name in like}
    numbers, shape = views
    return flat[numbers].reshape(shape)


def view_of(first: int, shape: tuple[int, ...]) -> tuple[slice, tuple[int, ...]]:
    return slice(first, first + prod(shape)), shape


def parts_of(state: State) -> tuple[Array, ...]:
    return state if isinstance(state, tuple) else (state,)


def layers_of(cell: Cell, input_size: int) -> list[tuple[str, Cell, int]]:
    """Return ``(name, layer, width of its input)`` of every layer of a network."""
    if type(cell) is MultiRNNCell:
        return [*cell.layers(input_size)]
    return [("", cell, input_size)]


@lru_cache(maxsize=256)
def plan_of(cell: Cell, shape: tuple[int, int, int], dtype: np.dtype, time_major: bool) -> SmallPlan | None:
    """Return the plan of a small network over full rows of inputs of this shape, ``None`` where it is none."""
    if not all(is_compiled(layer) for _, layer, _ in layers_of(cell, shape[2])) or 0 in shape:
        return None
    if shape[0] * shape[1] * sum(map(prod, flat_shapes(cell.param_shapes(shape[2])).values())) > MOST_WORK:
        return None
    plan = SmallPlan(cell, shape, dtype, time_major)
    return plan if plan.tape_size <= MOST_NUMBERS else None
