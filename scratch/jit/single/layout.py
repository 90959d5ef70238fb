"""From the equations of a stack's cells to the table of the walk of one row: where each number is."""

from functools import partial
from typing import Any

import numpy as np

from scratch.cell import Cell
from scratch.cells.multi import MultiRNNCell
from scratch.jit.cells import equations_of
from scratch.jit.machine.register import REGISTER
from scratch.jit.machine.strip import strip_code
from scratch.jit.machine.tile import STRIP, tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.single.packing import Packing, Scope, is_state
from scratch.jit.single.records import BLOCK, LayerPlan, StackPlan, StripPlan
from scratch.jit.walk.equations import Equations
from scratch.jit.walk.stage import Stage


class Layout:
    """The layers of a stack for one row of inputs of one width and dtype: a table for the walk."""

    def __init__(self, cell: Cell, input_size: int, dtype: np.dtype) -> None:
        self.cell, self.input_size, self.dtype = cell, input_size, np.dtype(dtype)
        self.vector, self.num_numbers, self.work_per_step = padded(1, dtype), 0, 0
        self.is_stack = isinstance(cell, MultiRNNCell)
        self.records: list[LayerPlan] = []
        self.products: list[StripPlan] = []
        self.packing = Packing()
        stack = cell.layers(input_size) if isinstance(cell, MultiRNNCell) else [("", cell, input_size)]
        # The rows of the products in the table.
        self.first_product = 1 + len(stack)
        inputs_width = padded(self.vector + input_size, dtype)
        ends = self.take(BLOCK * inputs_width), inputs_width
        for name, layer, size in stack:
            ends = self.add_layer((name,) if name else (), layer, size, ends)
        plans, strips = [*self.records, *self.products], self.packing.strips
        # The rows of what is packed are the last.
        self.first_strips = 1 + len(plans)
        stack_plan = StackPlan(
            tile_code(self.dtype), strip_code(self.dtype), len(stack), self.first_strips, len(strips)
        )
        table = [stack_plan, *plans, *strips]
        self.table = np.array([[*row, *[0] * (len(LayerPlan._fields) - len(row))] for row in table], np.int64)

    def take(self, size: int) -> int:
        """Return where so many numbers begin, on a line of the cache."""
        first = self.num_numbers
        self.num_numbers += padded(size, self.dtype)
        return first

    def add_layer(self, path: tuple[str, ...], cell: Any, input_size: int, ends: tuple[int, int]) -> tuple[int, int]:
        """Lay out a layer over rows of inputs that begin at ``ends``, of a width; return the same of its outputs."""
        equations, first = equations_of(cell, input_size), len(self.products)
        # Few units fill a fourth or half of a register: their stages are compiled for shorter ones.
        shares = [share for share in (4, 2) if max(cell.num_units, cell.output_size) <= self.vector // share]
        lanes = self.vector // max([1, *shares])
        size, h_size = round_up(cell.num_units, lanes), round_up(cell.output_size, lanes)
        c_size, own_size, constants_width = size * equations.has_memory, size * bool(equations.own), max(size, h_size)
        width, one = padded(self.vector + h_size + own_size, self.dtype), self.vector - 1
        scope = Scope(path, cell.param_shapes(input_size), lanes, h_size)
        z_width = self.add_products(equations, scope)
        self.records.append(
            LayerPlan(
                first=self.first_product + first,
                last=self.first_product + len(self.products),
                size=size,
                group=max(product.most for product in self.products[first:]),
                rows=self.take((BLOCK + 1) * width),
                width=width,
                one=one,
                own=h_size,
                inputs=ends[0],
                inputs_width=ends[1],
                z=self.take(BLOCK * z_width),
                z_width=z_width,
                c=self.take(c_size),
                c_size=c_size,
                num_memory=cell.num_units * equations.has_memory,
                constants=self.packing.add_constants(
                    equations, scope, constants_width, self.take(len(equations.constants) * constants_width)
                ),
                constants_width=constants_width,
                num_constants=len(equations.constants),
                num_outputs=cell.output_size,
            )
        )
        # The rows after that of the initial state are the inputs of the layer above.
        return self.records[-1].rows + width, width

    def add_products(self, equations: Equations, scope: Scope) -> int:
        """Lay out the products of a layer, and where their parameters go; return how many columns z has."""
        gates = tuple(gate for product in equations.products for gate in product.gates)
        constants = tuple(equations.constants)
        register = REGISTER * scope.lanes // self.vector
        stage = partial(
            Stage, flags=equations.flags, gates=gates, own=equations.own, constants=constants, register=register
        )
        target, z_width = 0, 0
        for product in equations.products:
            # [1, x] first: of these the walk makes the products of many steps at once.
            names = sorted(product.weights, key=is_state)
            depths = {name: product.weights[name].last - product.weights[name].first for name in names}
            depth = sum(depths[name] for name in names if is_state(name))
            width, address = round_up(product.units, scope.lanes), -1
            if product.forward:
                address = stage(product.forward).address(self.dtype)
            of_product = StripPlan(
                weights=0,
                inputs=sum(depths.values()) - depth,
                depth=depth,
                source=scope.h_size if equations.own in names else 0,
                target=0,
                gates=1,
                gate_size=0,
                most=0,
                forward=-1,
                width=width,
            )
            for gate, count, gates_of_strip, gate_size, most in self.strips_of(len(product.gates), width):
                size, is_last = gates_of_strip * gate_size * sum(depths.values()), gate + count == len(product.gates)
                plan = of_product._replace(
                    weights=self.take(size),
                    target=target + gate * width,
                    gates=gates_of_strip,
                    gate_size=gate_size,
                    most=most,
                    forward=address if is_last else -1,
                )
                self.products.append(plan)
                self.work_per_step += size
                self.packing.add_strips(product, plan, (gate, count), scope)
                z_width = max(z_width, plan.target + gates_of_strip * gate_size)
            target += len(product.gates) * width
        return z_width

    def strips_of(self, num_gates: int, width: int) -> list[tuple[int, int, int, int, int]]:
        """Return how gates of a width go into strips: the first gate and the gates, and of ``StripPlan`` the sizes."""
        if width < self.vector:
            # One after the other: to a strip they are a single one.
            columns = padded(num_gates * width, self.dtype)
            return [(0, num_gates, 1, columns, columns)]
        strips = []
        # As many gates as a strip has room for.
        for gate in range(0, num_gates, STRIP):
            gates = min(STRIP, num_gates - gate)
            # 1, 2 or 4 vectors of each, so that there are two strips at least for two threads.
            vectors = max(1, min(4, STRIP // gates, width // self.vector // 2))
            strips.append((gate, gates, gates, width, (1 << (vectors.bit_length() - 1)) * self.vector))
        return strips


def round_up(size: int, unit: int) -> int:
    """Return ``size`` rounded up to whole units."""
    return -(-size // unit) * unit
