"""From a cell's equations to the plan of the walk: where each column is, and each product's weights."""

from functools import partial
from typing import Any

import numpy as np

from scratch.jit.machine.memory import empty, zeros
from scratch.jit.machine.tile import VECTORS, tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.walk.equations import Equations
from scratch.jit.walk.plan import Plan, ProductPlan
from scratch.jit.walk.stage import Stage


class Layout:
    """The columns, the products and the memory of a cell for inputs of one width and dtype."""

    def __init__(self, cell: Any, equations: Equations, input_size: int, dtype: np.dtype) -> None:
        self.cell, self.equations, self.input_size, self.dtype = cell, equations, input_size, np.dtype(dtype)
        vector = self.vector = padded(1, dtype)
        self.panel = VECTORS * vector
        self.size, self.h_size = padded(cell.num_units, dtype), padded(cell.output_size, dtype)
        self.c_size = self.size if equations.has_memory else 0
        x_size, own_size = padded(input_size, dtype), self.size if equations.own else 0
        # Where each column begins, in rows of the tape and in rows of gradients, and how many numbers are in it.
        self.columns = {"h": 0, "one": self.h_size, "x": self.h_size + 1, equations.own: self.h_size + 1 + input_size}
        self.d_columns = {"h": 0, "x": self.h_size, equations.own: self.h_size + x_size}
        self.widths = {"h": self.h_size, "one": 1, "x": input_size, equations.own: own_size}
        self.d_widths = {"h": self.h_size, "x": x_size, equations.own: own_size}
        self.row_width, self.d_width = self.columns[equations.own] + own_size, self.d_columns[equations.own] + own_size
        self.is_narrow = input_size <= vector // 4
        # Where units or inputs do not fill their vectors, what is packed has gaps, which must be 0.
        sizes = cell.num_units, cell.output_size, input_size
        self.start = empty if all(size % vector == 0 for size in sizes) else zeros
        self.lay_out()

    def lay_out(self) -> None:
        """Make the records of the products, one after the other in z and in the arenas."""
        gates = tuple(gate for product in self.equations.products for gate in product.gates)
        constants = tuple(self.equations.constants)
        stage = partial(Stage, flags=self.equations.flags, gates=gates, own=self.equations.own, constants=constants)
        self.records = []
        self.z_width = self.arena_size = self.d_arena_size = self.num_weights = 0
        for product in self.equations.products:
            names = [name for name in product.weights if name != "one"]
            few = self.input_size if "x" in names and self.is_narrow else 0
            wide = [name for name in names if not (name == "x" and few)]
            depth, size = sum(self.widths[name] for name in product.weights), padded(product.units, self.dtype)
            columns, d_columns = len(product.gates) * size, sum(self.d_widths[name] for name in wide)
            d_panels = -(-d_columns // self.panel) * columns * self.panel
            forward, adjoint = (
                stage(function).address(self.dtype) if function else -1
                for function in (product.forward, product.adjoint)
            )
            self.records.append(
                ProductPlan(
                    source=self.columns[next(iter(product.weights))],
                    depth=depth,
                    target=self.z_width,
                    columns=columns,
                    units=product.units,
                    gate_size=size,
                    forward=forward,
                    adjoint=adjoint,
                    d_source=self.d_columns[wide[0]] if wide else 0,
                    d_columns=d_columns,
                    few_source=self.d_columns["x"],
                    few=few,
                    adds=int(product.adds),
                    panels=self.arena_size,
                    d_panels=self.d_arena_size,
                    few_panels=self.d_arena_size + d_panels,
                    d_weights=self.num_weights,
                )
            )
            self.z_width += columns
            self.arena_size += -(-columns // self.panel) * depth * self.panel
            self.d_arena_size += d_panels + few * columns
            self.num_weights += depth * columns
        products = np.array(self.records, np.int64)
        own, d_own = self.columns[self.equations.own], self.d_columns[self.equations.own]
        self.plan = Plan(tile_code(self.dtype), self.size, self.h_size, own, d_own, self.num_weights, products)
