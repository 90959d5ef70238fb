"""One layer over a whole batch of sequences: from a cell's equations to the plan of the walk, and its memory."""

from functools import cached_property, lru_cache, partial
from typing import NamedTuple

import numpy as np

from scratch.cell import Cell
from scratch.jit.cells import equations_of
from scratch.jit.machine.memory import empty, zeros
from scratch.jit.machine.threads import part_count, run, share_count, shares
from scratch.jit.machine.tile import VECTORS, tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.walk.backward import walk_backward
from scratch.jit.walk.forward import walk_forward
from scratch.jit.walk.plan import Gradients, Plan, ProductPlan, Tape
from scratch.jit.walk.products import TOKENS
from scratch.jit.walk.schedule import Schedule, make_schedule, without_tape
from scratch.jit.walk.stage import Stage
from scratch.jit.walk.weights import gradients_of_params, pack_all, pack_all_transposed


class LayerTape(NamedTuple):
    """What a forward pass keeps for the backward pass."""

    params: dict
    schedule: Schedule
    tape: Tape


class Layer:
    """A cell for inputs of one width and dtype: ``run_forward``, ``run_backward``."""

    def __init__(self, cell, equations, input_size, dtype):
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
        # Without parameters among them they are the same at every call.
        self.numbers = None
        if not any(isinstance(wanted, str) for wanted in equations.constants.values()):
            self.numbers = self.constants({})

    def lay_out(self):
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

    def schedule(self, lengths, num_tokens, num_steps, time_major):
        """Return the ``Schedule`` of rows of these lengths, in as many parts as there could be threads worth it."""
        return make_schedule(lengths, num_steps, time_major, part_count(num_tokens * self.work_per_token))

    @cached_property
    def work_per_token(self):
        """How many multiply-adds a token takes forward, and about twice as many back."""
        return sum(product.depth * product.columns for product in self.records)

    def run_forward(self, params, schedule, ends, keep_tape, arena=None):
        """Run from the inputs to the outputs of ``Ends``, and from the initial states to the final ones.

        Return what the backward pass needs. ``arena`` is from ``pack_all``.
        """
        num_ranks, num_tokens = len(schedule.rows), schedule.num_tokens
        if not keep_tape:
            schedule, num_tokens = without_tape(schedule), 2 * num_ranks
        rows, z = empty((num_tokens, self.row_width), self.dtype), empty((num_tokens, self.z_width), self.dtype)
        c = empty((num_ranks + num_tokens, self.c_size), self.dtype)
        h_new = empty((num_ranks, self.h_size), self.dtype)
        tape = Tape(rows, z, c, self.constants(params), h_new)
        if num_tokens:
            arena = pack_all(self, params) if arena is None else arena
            self.run_parts(schedule, partial(walk_forward, self.plan, arena, schedule, tape, ends))
        return LayerTape(params, schedule, tape)

    def run_backward(self, kept, ends):
        """Go back from the gradients of outputs and final states to those of the inputs and the initial states.

        Return the gradients of the parameters.
        """
        schedule, num_parts = kept.schedule, len(kept.schedule.parts) - 1
        constants = zeros((num_parts, *kept.tape.constants.shape), self.dtype)
        weights = zeros((1, self.num_weights), self.dtype)
        if schedule.num_tokens:
            weights = empty((num_parts, self.num_weights), self.dtype)
            num_ranks = len(schedule.rows)
            rows, c = empty((num_ranks, self.d_width), self.dtype), empty((num_ranks, self.c_size), self.dtype)
            # ∂L/∂z of a block of tokens, in each part. Between two rows is a line of the cache, else all of them would
            # fall on few lines of it.
            num_rows = num_parts * max(TOKENS, np.diff(schedule.parts).max())
            z = empty((num_rows, self.z_width + self.vector), self.dtype)
            d = Gradients(rows, c, z, weights.reshape(-1), constants.reshape(-1, constants.shape[2]))
            arena = pack_all_transposed(self, kept.params)
            self.run_parts(schedule, partial(walk_backward, self.plan, arena, schedule, kept.tape, ends, d))
        return gradients_of_params(self, kept.params, weights, constants)

    def run_parts(self, schedule, function):
        """Call ``function`` for each part, shared out among as many threads as are worth it."""
        num_parts = len(schedule.parts) - 1
        count = min(num_parts, share_count(schedule.num_tokens * self.work_per_token))

        def run_some(first, last):
            for part in range(first, last):
                function(part)

        run(run_some, shares(num_parts, count))

    def constants(self, params):
        """Return the constants, a row each: numbers, and parameters [units]."""
        if self.numbers is not None:
            return self.numbers
        rows = zeros((len(self.equations.constants), max(self.size, self.h_size)), self.dtype)
        for row, wanted in zip(rows, self.equations.constants.values(), strict=True):
            if isinstance(wanted, str):
                row[: len(params[wanted])] = params[wanted]
            else:
                row[:] = wanted
        return rows


@lru_cache(maxsize=256)
def layer_of(cell: Cell, input_size: int, dtype: np.dtype) -> Layer:
    """Return the ``Layer`` of a cell that has ``Equations``."""
    return Layer(cell, equations_of(cell)(cell, input_size), input_size, dtype)
