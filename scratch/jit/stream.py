"""One step at a time: the kernels of ``scratch/jit`` on sequences of one step, with weights packed once."""

from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Params, State
from scratch.cells.dropout import DropoutWrapper
from scratch.cells.multi import MultiRNNCell
from scratch.cells.residual import ResidualWrapper
from scratch.compiling.compiler import announced
from scratch.finite import quiet
from scratch.jit.attention.layer import layer_of
from scratch.jit.batch import plain
from scratch.jit.covered import FLOATS, check_covered
from scratch.jit.machine.memory import empty
from scratch.jit.single.plan import RowPlan, row_plan_of
from scratch.jit.single.row import Row
from scratch.jit.small.plan import SmallPlan, plan_of
from scratch.tree import map_tree, named_leaves


class RowStream:
    """One row of a stack of layers, whose ``step`` and ``run`` hand out new arrays and keep none of the caller's."""

    copies = True

    def __init__(self, plan: RowPlan, params: Params, state: State) -> None:
        self.row, self.output_shape, self.dtype = Row(plan), (1, plan.cell.output_size), plan.dtype
        self.row.start(params, state)
        with announced(type(plan.cell).__name__, "forward in", plan.dtype):
            # A step that is thrown away, so that what there is to compile is compiled here.
            self.step(np.zeros((1, plan.input_size), plan.dtype))
        plan.set_state(self.row.numbers, state)

    @property
    def state(self) -> State:
        return self.row.state

    @state.setter
    def state(self, state: State) -> None:
        self.row.plan.set_state(self.row.numbers, state)

    def step(self, x: Float[Array, "1 D"]) -> Float[Array, "1 output"]:
        output = np.empty(self.output_shape, self.dtype)
        self.row.run(plain(x), output)
        return output

    def run(self, inputs: Float[Array, "1 T D"]) -> Float[Array, "1 T output"]:
        outputs = empty((1, inputs.shape[1], self.output_shape[1]), self.dtype)
        self.row.run(plain(inputs)[0], outputs[0])
        return outputs


class LayerStream:
    """One layer: ``step(x)`` maps x [B, D] to an output [B, output_size], and changes ``state``."""

    copies = False

    def __init__(self, cell: Any, params: Params, input_size: int, state: State) -> None:
        _, h = next(iter(named_leaves(state)))
        self.layer = layer_of(cell, input_size, h.dtype)
        # A sequence of one step, of which nothing need be kept but the state after it.
        self.schedule = self.layer.schedule(np.ones(len(h), np.int64), len(h), 1, True)
        self.params, self.state = params, state
        with announced(type(cell).__name__, "forward in", h.dtype):
            self.weights = self.layer.pack(params)
            # A step that is thrown away, so that what there is to compile is compiled here.
            self.step(np.zeros((len(h), input_size), h.dtype))
        self.state = state

    def step(self, x: Array) -> Array:
        # The state before this step may be the caller's to keep.
        self.state = map_tree(np.ndarray.copy, self.state)
        output = np.empty((len(x), self.layer.cell.output_size), x.dtype)
        # The tape of one step is as short as none.
        self.layer.run_forward(self.params, self.schedule, self.layer.ends(x, output, self.state), True, self.weights)
        return output


class SmallStream:
    """A small network, all its layers, by the kernel that runs it over a sequence: so the bits are the same."""

    copies = False

    def __init__(self, plan: SmallPlan, params: Params, state: State) -> None:
        self.plan, self.state = plan, state
        # Those of now, as the weights of other streams are, which are packed.
        self.params = map_tree(np.ndarray.copy, params)
        with announced(type(plan.cell).__name__, "forward in", plan.dtype):
            self.plan.forward(self.params, np.zeros(plan.input_shape, plan.dtype), state)

    def step(self, x: Float[Array, "B D"]) -> Float[Array, "B output"]:
        outputs, self.state, _ = self.plan.forward(self.params, plain(x)[None], self.state)
        return outputs[0]


class NestedStream:
    """The layers of a ``MultiRNNCell``, or the one in a ``ResidualWrapper`` with the way round it."""

    copies = False

    def __init__(self, cell: Any, params: Params, input_size: int, state: State) -> None:
        self.is_stack = isinstance(cell, MultiRNNCell)
        layers = cell.layers(input_size) if self.is_stack else [("", cell.cell, input_size)]
        self.layers = [
            make_stream(layer, params[name] if self.is_stack else params, size, part)
            for (name, layer, size), part in zip(layers, state if self.is_stack else (state,), strict=True)
        ]

    @property
    def state(self) -> State:
        states = tuple([layer.state for layer in self.layers])
        return states if self.is_stack else states[0]

    @state.setter
    def state(self, state: State) -> None:
        parts = state if self.is_stack else (state,)
        for layer, part in zip(self.layers, parts, strict=True):
            layer.state = part

    def step(self, x: Array) -> Array:
        output = x
        for layer in self.layers:
            output = layer.step(output)
        return output if self.is_stack else with_input(output, x)


@quiet
def with_input(output: Array, x: Array) -> Array:
    return x + output


def make_stream(cell: Any, params: Params, input_size: int, state: State) -> Any:
    """Return a stream of ``cell`` from ``state``; arguments have been checked, all but what this engine refuses."""
    check_covered(cell)
    leaves = [leaf for _, leaf in named_leaves(state)]
    for leaf in leaves:
        if leaf.dtype not in FLOATS:
            raise TypeError(f"engine 'numba' computes in float32 and float64, but x is {leaf.dtype}")
    if type(cell) is DropoutWrapper:
        # One that drops nothing: Stream takes no other.
        return make_stream(cell.cell, params, input_size, state)
    row_plan = row_plan_of(cell, input_size, leaves[0].dtype) if len(leaves[0]) == 1 else None
    if row_plan:
        return RowStream(row_plan, params, state)
    plan = plan_of(cell, (1, len(leaves[0]), input_size), leaves[0].dtype, True)
    if plan:
        return SmallStream(plan, params, map_tree(plain, state))
    kind = NestedStream if isinstance(cell, MultiRNNCell | ResidualWrapper) else LayerStream
    return kind(cell, map_tree(plain, params), input_size, map_tree(plain, state))
