"""From the equations of a network's cells to its table: where each number of a pass forward and back is."""

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array
from scratch.jit.cells import equations_of
from scratch.jit.machine.register import REGISTER
from scratch.jit.machine.tile import tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.small.network import Layer, Network, Product, Weights
from scratch.jit.walk.equations import Equations
from scratch.jit.walk.equations import Product as CellProduct
from scratch.jit.walk.schedule import strides
from scratch.jit.walk.stage import Stage


class Space:
    """Numbers of an array, handed out one matrix after the other, each of which begins a vector."""

    def __init__(self, unit: int) -> None:
        self.unit, self.size = unit, 0

    def take(self, *shape: int) -> int:
        """Return where a matrix of this shape begins."""
        first, self.size = self.size, round_up(self.size + prod(shape), self.unit)
        return first


class Row(NamedTuple):
    """What a layer has in a row [h, 1, x, own]: where each column begins, and how wide it is.

    ``lanes``: the numbers in a register of its stages, of which a gate takes as many as it needs.
    """

    scope: str
    first: dict[str, int]
    widths: dict[str, int]
    lanes: int
    stage: Callable[..., Stage]


class Layout:
    """The layers of a network over ``num_steps`` of ``batch_size`` full rows.

    - ``places``: of each parameter, by its path, its first number among those of all, and its shape.
    - ``head``: the numbers that a tape begins with, constants and weights; in the work of a pass back, their gradients.
      ``tape``, ``work``: the numbers after these.
    """

    def __init__(
        self, num_steps: int, batch_size: int, dtype: np.dtype, places: dict[str, tuple[int, tuple[int, ...]]]
    ) -> None:
        self.num_steps, self.batch_size, self.dtype, self.places = num_steps, batch_size, dtype, places
        self.vector, self.states = padded(1, dtype), Space(1)
        self.head, self.tape, self.work = (Space(self.vector) for _ in range(3))
        self.layers: list[Layer] = []
        self.products: list[Product] = []
        self.weights: list[Weights] = []
        self.numbers: list[tuple[int, int, float]] = []

    def add(self, scope: str, cell: Any, input_size: int) -> None:
        """Lay out one more layer, above the others."""
        equations, num_tokens = equations_of(cell, input_size), self.num_steps * self.batch_size
        # Few units fill a fourth or half of a register: their stages are compiled for shorter ones.
        shares = [share for share in (4, 2) if max(cell.num_units, cell.output_size) <= self.vector // share]
        lanes = self.vector // max([1, *shares])
        size, h_size = round_up(cell.num_units, lanes), round_up(cell.output_size, lanes)
        widths = {"h": h_size, "one": 1, "x": input_size, equations.own: size if equations.own else 0}
        first = {"h": 0, "one": h_size, "x": h_size + 1, equations.own: h_size + 1 + input_size}
        gates = tuple(gate for product in equations.products for gate in product.gates)
        stage = partial(
            Stage,
            flags=equations.flags,
            gates=gates,
            own=equations.own,
            constants=tuple(equations.constants),
            register=REGISTER * lanes // self.vector,
        )
        row = Row(scope, first, widths, lanes, stage)
        constants = self.add_constants(scope, equations, max(size, h_size))
        first_product, target = len(self.products), 0
        for product in equations.products:
            target += self.add_product(product, row, target)
        products = self.products[first_product:]
        c = max(product.target + product.columns for product in products)
        d_width = max(product.source + product.d_columns for product in products)
        num_memory, h = (cell.num_units, c + size) if equations.has_memory else (0, c)
        width = round_up(h + sum(widths.values()), self.vector)
        self.layers.append(
            Layer(
                first=first_product,
                last=len(self.products),
                num_inputs=input_size,
                num_outputs=cell.output_size,
                num_memory=num_memory,
                size=size,
                h_size=h_size,
                c=c,
                h=h,
                x=h + first["x"],
                own=first[equations.own],
                width=width,
                num_constants=len(equations.constants),
                constants_width=max(size, h_size),
                constants=constants,
                tokens=self.tape.take(num_tokens + self.batch_size, width),
                c_at=self.states.take(self.batch_size, num_memory),
                h_at=self.states.take(self.batch_size, cell.output_size),
                d_width=d_width,
                d_rows=self.work.take(self.batch_size, d_width),
                d_c=self.work.take(self.batch_size, h - c),
                d_z=self.work.take(num_tokens, c),
                d_x=self.work.take(num_tokens, input_size),
            )
        )

    def add_product(self, wanted: CellProduct, row: Row, target: int) -> int:
        """Lay out a product whose gates begin at a column of z, and return how many columns they are."""
        gate_size, depth = round_up(wanted.units, row.lanes), sum(row.widths[name] for name in wanted.weights)
        gates = len(wanted.gates) * gate_size
        columns, d_columns = round_up(gates, self.vector), round_up(depth, self.vector)
        forward, adjoint = (
            row.stage(function).address(self.dtype) if function else -1 for function in (wanted.forward, wanted.adjoint)
        )
        product = Product(
            source=row.first[next(iter(wanted.weights))],
            depth=depth,
            target=target,
            columns=columns,
            gates=gates,
            units=wanted.units,
            gate_size=gate_size,
            forward=forward,
            adjoint=adjoint,
            adds=int(wanted.adds),
            d_columns=d_columns,
            weights=self.head.take(depth, columns),
            weights_t=self.work.take(gates, d_columns),
        )
        self.products.append(product)
        at = product.weights
        for name, (path, first, last) in wanted.weights.items():
            place, num_gates = self.places.get(row.scope + "/".join(path)), len(wanted.gates)
            # A cell without a bias has none among its parameters: b is 0, as the head is.
            if place:
                source = place[0] + first * num_gates * wanted.units
                self.weights.append(Weights(source, last - first, wanted.units, num_gates, at, gate_size, columns))
            at += row.widths[name] * columns
        return gates

    def add_constants(self, scope: str, equations: Equations, width: int) -> int:
        """Lay out a layer's rows of constants, and return where they begin."""
        first = self.head.take(len(equations.constants), width)
        for at, wanted in enumerate(equations.constants.values()):
            at = first + at * width
            if isinstance(wanted, tuple):
                source, shape = self.places[scope + "/".join(wanted)]
                self.weights.append(Weights(source, 1, shape[0], 1, at, width, width))
            else:
                self.numbers.append((at, at + width, wanted))
        return first

    def table(self, time_major: bool) -> Array:
        """Return what the kernels read: the network, and its layers, products and weights, a record in each row."""
        step_stride, row_stride = strides(self.batch_size, self.num_steps, time_major)
        network = Network(
            tile=tile_code(self.dtype),
            num_layers=len(self.layers),
            num_products=len(self.products),
            num_weights=len(self.weights),
            num_steps=self.num_steps,
            batch_size=self.batch_size,
            step_stride=step_stride,
            row_stride=row_stride,
            head=self.head.size,
        )
        records = [network, *self.layers, *self.products, *self.weights]
        return np.array([[*record, *[0] * (len(Layer._fields) - len(record))] for record in records], np.int64)

    def start(self) -> Array:
        """Return the head of a tape before the parameters are copied to it."""
        head = np.zeros(self.head.size, self.dtype)
        for first, last, number in self.numbers:
            head[first:last] = number
        return head


def round_up(size: int, unit: int) -> int:
    """Return ``size`` rounded up to whole units."""
    return -(-size // unit) * unit
