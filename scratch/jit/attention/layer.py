"""``AttentionCellWrapper`` over a whole batch: its products, and the memory of its walk."""

from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Params, State
from scratch.cell import Cell
from scratch.cells.attention import AttentionCellWrapper
from scratch.jit.attention.backward import attention_backward
from scratch.jit.attention.forward import attention_forward
from scratch.jit.attention.plan import (
    Arenas,
    AttentionEnds,
    AttentionGradients,
    AttentionPlan,
    AttentionTape,
    Places,
)
from scratch.jit.machine.memory import empty, zeros
from scratch.jit.machine.vector import padded
from scratch.jit.walk import layer
from scratch.jit.walk.equations import Equations, Product, Rows
from scratch.jit.walk.layer import Layer, LayerTape
from scratch.jit.walk.layout import Layout
from scratch.jit.walk.schedule import Schedule, without_tape
from scratch.jit.walk.weights import pack_all, pack_all_transposed, write_gradients
from scratch.tree import map_tree


class AttentionLayer(Layer):
    """The wrapper for inputs of one width and dtype. What it inherits is of the products around the cell."""

    def __init__(self, cell: AttentionCellWrapper, input_size: int, dtype: np.dtype) -> None:
        self.cell, self.input_size = cell, input_size
        self.inner = layer.layer_of(cell.cell, cell.input_size or input_size, dtype)
        h, c, a = cell.cell.output_size, self.inner.equations.has_memory * self.inner.cell.num_units, cell.output_size
        columns = {"u_new": a, "another_one": 1, "h": h, "c": c, "one": 1, "u": a, "x": input_size}
        Layout.__init__(self, Equations(products_around(cell, input_size, c), (), {}), columns, dtype)
        # S W_a
        score = Product({"s": Rows(("attention", "attn_w"), 0, a)}, ("s",), cell.attn_vec_size or a, adds=True)
        self.window = Layout(Equations([score], (), {"v": ("attention", "attn_v")}), {"s": a}, dtype)
        places, d_places = (Places._make(map(at.get, Places._fields)) for at in (self.columns, self.d_columns))
        plans = self.inner.plan, self.plan, self.window.plan
        self.all_plans = AttentionPlan._make((*plans, cell.attn_length, places, d_places))

    def __reduce__(self) -> tuple[Any, ...]:
        return layer_of, (self.cell, self.input_size, self.dtype)

    @cached_property
    def work_per_token(self) -> int:
        products = sum(product.depth * product.columns for product in self.records + self.window.records)
        return products + self.inner.work_per_token + self.cell.attn_length * 2 * self.window.row_width

    def ends(
        self,
        x: Float[Array, "_ _ D"] | None,
        outputs: Float[Array, "_ _ A"] | None,
        state: State,
        factors: Array | None = None,
    ) -> Any:
        s, u, window = state
        of_cell = self.inner.ends(x, outputs, s)
        return AttentionEnds(of_cell.x, of_cell.outputs, of_cell.c, of_cell.h, u, window)

    def pack(self, params: Params) -> Arenas:
        inner = self.inner.pack(params[self.cell.cell.scope])
        return Arenas(inner, pack_all(self, params), pack_all(self.window, params))

    def run_forward(
        self, params: Params, schedule: Schedule, ends: Any, keep_tape: bool, arena: Any = None
    ) -> LayerTape:
        num_ranks, num_tokens = len(schedule.rows), schedule.num_tokens
        if not keep_tape:
            schedule, num_tokens = without_tape(schedule), 2 * num_ranks
        window = self.window.new_tape(params, 0, self.num_rows(schedule))
        # A row that has ended is 0 from then on.
        window.rows.fill(0)
        window.z.fill(0)
        cell = self.inner.new_tape(params[self.cell.cell.scope], num_ranks, num_tokens)
        alpha = zeros((num_tokens, padded(self.cell.attn_length, self.dtype)), self.dtype)
        tape = AttentionTape(cell, self.new_tape(params, num_ranks, num_tokens), window, alpha)
        if schedule.num_tokens:
            arenas = self.pack(params) if arena is None else arena
            self.run_parts(schedule, partial(attention_forward, self.all_plans, arenas, schedule, tape, ends))
        return LayerTape(params, schedule, tape)

    def run_backward(self, kept: LayerTape, ends: Any) -> Params:
        params, schedule, tape = kept
        scope, num_rows = self.cell.cell.scope, self.num_rows(schedule)
        window = self.window.new_gradients(schedule, num_rows)
        window = window._replace(rows=zeros((num_rows, self.window.d_width), self.dtype))
        window.z.fill(0)
        d = AttentionGradients(
            self.inner.new_gradients(schedule, schedule.num_tokens),
            self.new_gradients(schedule, schedule.num_tokens),
            window,
            empty((len(schedule.rows), tape.alpha.shape[1]), self.dtype),
        )
        if schedule.num_tokens:
            inner, around, of_window = self.inner, self, self.window
            arenas = Arenas(
                pack_all_transposed(inner, params[scope]),
                pack_all_transposed(around, params),
                pack_all_transposed(of_window, params),
            )
            self.run_parts(schedule, partial(attention_backward, self.all_plans, arenas, schedule, tape, ends, d))
        d_params = map_tree(lambda parameter: empty(parameter.shape, self.dtype), params)
        write_gradients(self.inner, d_params[scope], d.cell)
        write_gradients(self, d_params, d.around)
        write_gradients(self.window, d_params, d.window)
        return d_params

    def num_rows(self, schedule: Schedule) -> int:
        """Return how many rows S has in all: K of the initial state, and one of each step."""
        return len(schedule.rows) * (self.cell.attn_length + schedule.live.shape[1] - 1)


def products_around(cell: AttentionCellWrapper, input_size: int, c: int) -> list[Product]:
    """Return the products of a token's row [u', 1, h', c', 1, u, x], c' of ``c`` numbers, in the order of a step."""
    a, h = cell.output_size, cell.cell.output_size
    query, output = ("attention", "kernel"), ("attn_output_projection", "kernel")
    # x̃ = [x, u] W + b
    of_x = {"one": Rows(("bias",), 0, 1), "u": Rows(("kernel",), input_size, input_size + a)}
    of_x |= {"x": Rows(("kernel",), 0, input_size)}
    # q W_q + b_q
    of_q = {"h": Rows(query, c, c + h)} | ({"c": Rows(query, 0, c)} if c else {})
    of_q |= {"one": Rows(("attention", "bias"), 0, 1)}
    # [h', u'] W_o + b_o
    of_output = {"u_new": Rows(output, h, h + a), "another_one": Rows(("attn_output_projection", "bias"), 0, 1)}
    of_output |= {"h": Rows(output, 0, h)}
    return [
        Product(of_x, ("x",), cell.input_size or input_size),
        # h' is read by the next product as well: their gradients add.
        Product(of_q, ("q",), cell.attn_vec_size or a, adds=True),
        Product(of_output, ("output",), a),
    ]


@lru_cache(maxsize=256)
def layer_of(cell: Cell, input_size: int, dtype: np.dtype) -> Layer:
    """Return the ``Layer`` of a cell that is compiled, or of a wrapper with attention of one."""
    if isinstance(cell, AttentionCellWrapper):
        return AttentionLayer(cell, input_size, dtype)
    return layer.layer_of(cell, input_size, dtype)
