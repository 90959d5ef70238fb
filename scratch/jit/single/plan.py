"""From a stack of cells and its parameters to the numbers that the walk of one row works on."""

from functools import lru_cache
from typing import Any

import numpy as np

from scratch.arrays import Array, Params, State
from scratch.cell import Cell
from scratch.cells.lstm import LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.jit.batch import plain
from scratch.jit.cells import is_compiled
from scratch.jit.machine.memory import zeros
from scratch.jit.machine.strip import strip_code
from scratch.jit.machine.tile import STRIP, tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.single.packing import Move, Strips, pack_strips
from scratch.jit.single.records import BLOCK, LayerPlan, StripPlan
from scratch.jit.walk.equations import Product
from scratch.jit.walk.layer import Layer, layer_of


class RowPlan:
    """A stack of compiled cells for one row of inputs of one width and dtype."""

    def __init__(self, cell: Cell, input_size: int, dtype: np.dtype) -> None:
        self.cell, self.input_size, self.dtype = cell, input_size, np.dtype(dtype)
        self.vector, self.num_numbers, self.work_per_step = padded(1, dtype), 0, 0
        self.free: list[Any] = []
        self.is_stack = isinstance(cell, MultiRNNCell)
        stack = cell.layers(input_size) if isinstance(cell, MultiRNNCell) else [("", cell, input_size)]
        self.names = [name for name, _, _ in stack]
        self.layers = [layer_of(layer, size, self.dtype) for _, layer, size in stack]
        one = self.vector - 1
        inputs_width = padded(one + 1 + input_size, dtype)
        inputs = self.take(BLOCK * inputs_width)
        self.records: list[LayerPlan] = []
        self.products: list[StripPlan] = []
        self.moves: list[Move] = []
        self.strips: list[Strips] = []
        for (name, _, _), layer in zip(stack, self.layers, strict=True):
            first, z_width = len(self.products), sum(record.columns for record in layer.records)
            self.lay_out(layer, (name,) if name else ())
            width = one + 1 + layer.h_size + layer.widths.get(layer.equations.own, 0)
            num_constants, constants_width = len(layer.equations.constants), max(layer.size, layer.h_size)
            record = LayerPlan(
                first=first,
                last=len(self.products),
                size=layer.size,
                group=max(product.most for product in self.products[first:]),
                rows=self.take((BLOCK + 1) * width),
                width=width,
                one=one,
                own=layer.h_size,
                inputs=inputs,
                inputs_width=inputs_width,
                z=self.take(BLOCK * z_width),
                z_width=z_width,
                c=self.take(layer.c_size),
                c_size=layer.c_size,
                constants=self.take(num_constants * constants_width),
                constants_width=constants_width,
                num_constants=num_constants,
                num_outputs=layer.cell.output_size,
            )
            self.records.append(record)
            # The rows after that of the initial state are the inputs of the layer above.
            inputs, inputs_width = record.rows + width, width
        codes = np.array([tile_code(self.dtype), strip_code(self.dtype)], np.int64)
        # Where the parts of the state are: c, where there is one, and h, in the first of a layer's rows.
        self.places = []
        for record, layer in zip(self.records, self.layers, strict=True):
            h = record.rows + record.one + 1
            if record.c_size:
                self.places.append((record.c, record.c + layer.cell.num_units))
            self.places.append((h, h + record.num_outputs))
        self.strip_table = np.array(self.strips, np.int64)
        self.tables = codes, np.array(self.records, np.int64), np.array(self.products, np.int64)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy is this very plan; one that was saved is made anew: an address of compiled code means nothing there.
        return row_plan_of, (self.cell, self.input_size, self.dtype)

    def take(self, size: int) -> int:
        """Return where so many numbers begin, on a line of the cache."""
        first = self.num_numbers
        self.num_numbers += padded(size, self.dtype)
        return first

    def lay_out(self, layer: Layer, scope: tuple[str, ...]) -> None:
        """Make the records of a layer's products, and of where its parameters go."""
        target = 0
        for product, record in zip(layer.equations.products, layer.records, strict=True):
            # [1, x] first: of these the walk makes the products of many steps at once.
            names = sorted(product.weights, key=lambda name: name not in ("one", "x"))
            depths = {name: product.weights[name].last - product.weights[name].first for name in names}
            inputs = sum(depths[name] for name in names if name in ("one", "x"))
            # As many gates as a strip has room for.
            for gate in range(0, len(product.gates), STRIP):
                gates = min(STRIP, len(product.gates) - gate)
                # 1, 2 or 4 vectors of each, so that there are two strips at least for two threads.
                vectors = max(1, min(4, STRIP // gates, record.gate_size // self.vector // 2))
                plan = StripPlan(
                    weights=self.take(gates * record.gate_size * sum(depths.values())),
                    inputs=inputs,
                    depth=sum(depths.values()) - inputs,
                    source=layer.h_size if layer.equations.own in names else 0,
                    target=target + gate * record.gate_size,
                    gates=gates,
                    gate_size=record.gate_size,
                    most=(1 << (vectors.bit_length() - 1)) * self.vector,
                    forward=record.forward if gate + gates == len(product.gates) else -1,
                )
                self.products.append(plan)
                self.work_per_step += gates * record.gate_size * sum(depths.values())
                self.lay_out_moves(product, plan, gate, scope)
            target += record.columns

    def lay_out_moves(self, product: Product, plan: StripPlan, gate: int, scope: tuple[str, ...]) -> None:
        row = 0
        for name in sorted(product.weights, key=lambda name: name not in ("one", "x")):
            path, first, last = product.weights[name]
            if row and self.moves[-1].path == scope + path and self.moves[-1].last == first:
                # The rows of x and those of h are often neighbours.
                self.moves[-1] = self.moves[-1]._replace(last=last)
            else:
                self.moves.append(Move(scope + path, first, last))
                self.strips.append(
                    Strips(
                        first=plan.weights,
                        depth=plan.inputs + plan.depth,
                        gates=plan.gates,
                        gate_size=plan.gate_size,
                        most=plan.most,
                        row=row,
                        gate=gate,
                        units=product.units,
                    )
                )
            row += last - first

    def new_numbers(self) -> Array:
        """Return the numbers of a stack, without its parameters and its state."""
        numbers = zeros((self.num_numbers,), self.dtype)
        for record in self.records:
            for first, rows, width in (
                (record.inputs, BLOCK, record.inputs_width), (record.rows, BLOCK + 1, record.width)
            ):  # fmt: skip
                numbers[first : first + rows * width].reshape(rows, width)[:, record.one] = 1
        for record, layer in zip(self.records, self.layers, strict=True):
            if layer.numbers is not None:
                numbers[record.constants : record.constants + layer.numbers.size] = layer.numbers.ravel()
        return numbers

    def set_params(self, numbers: Array, params: Params) -> None:
        """Write the parameters to where the walk reads them."""
        for number, (path, first, last) in enumerate(self.moves):
            parameter: Any = params
            for name in path:
                parameter = parameter.get(name)
            if parameter is None:
                # A cell without a bias: its row stays 0.
                continue
            rows = plain(parameter).reshape(-1, parameter.shape[-1])[first:last]
            pack_strips(rows, self.strip_table, number, numbers)
        for record, layer, name in zip(self.records, self.layers, self.names, strict=True):
            # Those that are the same at every call are there already.
            if layer.numbers is None:
                constants = layer.rows_of_constants(params[name] if self.is_stack else params)
                numbers[record.constants : record.constants + constants.size] = constants.ravel()

    def set_state(self, numbers: Array, state: State) -> None:
        leaves = iter(leaves_of(state))
        for first, last in self.places:
            numbers[first:last] = next(leaves)[0]

    def state(self, numbers: Array) -> State:
        """Return a copy of the state among the numbers."""
        leaves = iter([numbers[None, first:last].copy() for first, last in self.places])
        states = [LSTMState(next(leaves), next(leaves)) if record.c_size else next(leaves) for record in self.records]
        return tuple(states) if self.is_stack else states[0]


def leaves_of(state: State) -> list[Array]:
    """Return c and h of each layer, or h alone, one after the other."""
    return [leaf for part in state for leaf in leaves_of(part)] if isinstance(state, tuple) else [state]


@lru_cache(maxsize=64)
def row_plan_of(cell: Cell, input_size: int, dtype: np.dtype) -> RowPlan | None:
    """Return the plan of a stack of compiled cells, ``None`` for another cell."""
    layers = cell.cells if type(cell) is MultiRNNCell else (cell,)
    return RowPlan(cell, input_size, dtype) if all(map(is_compiled, layers)) else None
