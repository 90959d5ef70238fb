"""From a cell's equations to the plan of the walk: where each column is, and each product's weights."""

from functools import cached_property, partial

import numpy as np

from scratch.arrays import Array, Params
from scratch.jit.machine.memory import empty, zeros
from scratch.jit.machine.register import REGISTER
from scratch.jit.machine.tile import VECTORS, tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.walk.equations import ONES, Equations, Product, at_path
from scratch.jit.walk.plan import Gradients, Plan, ProductPlan, Tape
from scratch.jit.walk.schedule import Schedule
from scratch.jit.walk.stage import Stage


class Layout:
    """The columns of a row, by name, the products of these, and the memory of their weights.

    Each gate begins a register of ``lanes``. In a ``small`` network that may be a fourth or half of a whole one, for
    gates to have fewer gaps; and there a narrow x is a column like others.
    """

    def __init__(self, equations: Equations, columns: dict[str, int], dtype: np.dtype, small: bool = False) -> None:
        self.equations, self.dtype = equations, np.dtype(dtype)
        vector = self.vector = padded(1, dtype)
        self.panel, most = VECTORS * vector, max(equations.products[0].units, columns.get("h", 0))
        self.lanes = short_register(most, vector) if small else vector
        self.size, self.h_size = self.whole(equations.products[0].units), self.whole(columns.get("h", 0))
        self.c_size = self.size if equations.has_memory else 0
        # Where each column begins, in rows of the tape and in rows of gradients, and how many numbers are in it. Those
        # of x stand there as the caller has them; a 1 has no gradient.
        self.columns, self.widths, self.row_width = {}, {}, 0
        self.d_columns, self.d_widths, self.d_width = {}, {}, 0
        for name, width in columns.items():
            self.columns[name], self.d_columns[name] = self.row_width, self.d_width
            self.widths[name] = width if name in ONES or name == "x" else self.whole(width)
            self.d_widths[name] = 0 if name in ONES else self.whole(width)
            self.row_width, self.d_width = self.row_width + self.widths[name], self.d_width + self.d_widths[name]
        self.few = columns["x"] if not small and columns.get("x", vector) <= vector // 4 else 0
        # Where units do not fill their vectors, what is packed has gaps, which must be 0; transposed, x has some, too.
        # What a small network packs is read to the end of its last panel.
        sizes = [product.units for product in equations.products]
        sizes += [width for name, width in columns.items() if name not in (*ONES, "x")]
        self.start = zeros if small or any(size % vector for size in sizes) else empty
        self.d_start = empty if self.start is empty and columns.get("x", 0) % vector == 0 else zeros
        self.constants_width = max(self.size, self.h_size)
        self.lay_out()

    def whole(self, size: int) -> int:
        """Return ``size`` rounded up to whole registers of the stages."""
        return -(-size // self.lanes) * self.lanes

    def lay_out(self) -> None:
        """Make the records of the products, one after the other in z and in the arenas."""
        products, flags, constants, _, own = self.equations
        gates = tuple(gate for product in products for gate in product.gates)
        register = REGISTER * self.lanes // self.vector
        stage = partial(Stage, flags=flags, gates=gates, own=own, constants=tuple(constants), register=register)
        self.records, target = [], 0
        self.z_width = self.arena_size = self.d_arena_size = self.num_weights = 0
        for product in products:
            names = [name for name in product.weights if name not in ONES]
            few = self.few if "x" in names else 0
            wide = [name for name in names if not (name == "x" and few)]
            depth, size = sum(self.widths[name] for name in product.weights), self.whole(product.units)
            num_gates, d_depth = len(product.gates) * size, sum(self.d_widths[name] for name in wide)
            # A tile writes whole vectors.
            columns, d_columns = padded(num_gates, self.dtype), padded(d_depth, self.dtype)
            d_panels = -(-d_columns // self.panel) * num_gates * self.panel
            forward, adjoint = (
                stage(function).address(self.dtype) if function else -1
                for function in (product.forward, product.adjoint)
            )
            self.records.append(
                ProductPlan(
                    source=self.columns[next(iter(product.weights))],
                    depth=depth,
                    target=target,
                    columns=columns,
                    gates=num_gates,
                    units=product.units,
                    gate_size=size,
                    forward=forward,
                    adjoint=adjoint,
                    d_source=self.d_columns[wide[0]] if wide else 0,
                    d_columns=d_columns,
                    few_source=self.d_columns.get("x", 0),
                    few=few,
                    adds=int(product.adds),
                    panels=self.arena_size,
                    d_panels=self.d_arena_size,
                    few_panels=self.d_arena_size + d_panels,
                    d_weights=self.num_weights,
                )
            )
            self.z_width, target = max(self.z_width, target + columns), target + num_gates
            self.d_width = max(self.d_width, self.records[-1].d_source + d_columns)
            self.arena_size += -(-columns // self.panel) * depth * self.panel
            self.d_arena_size += d_panels + few * columns
            self.num_weights += depth * columns
        own_at, d_own_at = (columns.get(own, 0) for columns in (self.columns, self.d_columns))
        table = np.array(self.records, np.int64)
        self.plan = Plan(tile_code(self.dtype), self.size, self.h_size, own_at, d_own_at, self.num_weights, table)

    @cached_property
    def of_params(self) -> Plan:
        """The plan of a walk back that does not ask for ∂L/∂x: where x is the last of a product's columns, without."""
        records = []
        for product, record in zip(self.equations.products, self.records, strict=True):
            wide = self.d_widths["x"] if self.x_is_last(product) and not record.few else 0
            records.append(record._replace(d_columns=record.d_columns - wide, few=0))
        return self.plan._replace(products=np.array(records, np.int64))

    @staticmethod
    def x_is_last(product: Product) -> bool:
        """Return whether ∂L/∂x can be left out of a product: nothing stands behind it."""
        return [*product.weights][-1] == "x"

    @cached_property
    def numbers(self) -> Array | None:
        """The constants, where no parameter is among them: they are the same at every call."""
        given = any(isinstance(wanted, tuple) for wanted in self.equations.constants.values())
        return None if given else self.rows_of_constants({})

    def constants(self, params: Params) -> Array:
        """Return the constants, a row each: numbers, and parameters [units]."""
        return self.rows_of_constants(params) if self.numbers is None else self.numbers

    def rows_of_constants(self, params: Params) -> Array:
        rows = zeros((len(self.equations.constants), self.constants_width), self.dtype)
        for row, wanted in zip(rows, self.equations.constants.values(), strict=True):
            if isinstance(wanted, tuple):
                parameter = at_path(params, wanted)
                row[: len(parameter)] = parameter
            else:
                row[:] = wanted
        return rows

    def new_tape(self, params: Params, num_ranks: int, num_tokens: int) -> Tape:
        """Return memory for the ``Tape`` of a run."""
        rows, z = empty((num_tokens, self.row_width), self.dtype), empty((num_tokens, self.z_width), self.dtype)
        c = empty((num_ranks + num_tokens, self.c_size), self.dtype)
        return Tape(rows, z, c, self.constants(params), empty((num_ranks, self.h_size), self.dtype))

    def new_gradients(self, schedule: Schedule, num_rows: int) -> Gradients:
        """Return memory for the ``Gradients`` of a run, ∂L/∂z of so many rows."""
        num_parts, num_ranks = len(schedule.parts) - 1, len(schedule.rows)
        rows, c = empty((num_ranks, self.d_width), self.dtype), empty((num_ranks, self.c_size), self.dtype)
        # Between two rows is a line of the cache, else all of them would fall on few lines of it.
        z = empty((num_rows, self.z_width + self.vector), self.dtype)
        # Where there is no token, nothing is written to them.
        start, constants = empty if schedule.num_tokens else zeros, len(self.equations.constants)
        weights = start((max(1, num_parts) * self.num_weights,), self.dtype)
        return Gradients(rows, c, z, weights, zeros((num_parts * constants, self.constants_width), self.dtype))


def short_register(units: int, vector: int) -> int:
    """Return how many numbers a register of a small network holds: a whole one's, or half or a fourth of them.

    It is half where ``units`` have fewer gaps then, and a fourth where they fit into that.
    """
    half, fourth = vector // 2, vector // 4
    if units <= fourth:
        return fourth
    return half if -units % half < -units % vector else vector
