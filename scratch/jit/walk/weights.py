"""A layer's parameters and its arenas: the packed weights of all products, and the gradients on their way back."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from scratch.arrays import Array, Params
from scratch.jit.machine.memory import empty, zeros
from scratch.jit.machine.threads import COPYING, run, share_count, shares
from scratch.jit.walk.equations import Product
from scratch.jit.walk.layout import Layout
from scratch.jit.walk.packing import Panels, pack, pack_transposed
from scratch.tree import map_tree


def parts_of(layout: Layout, product: Product, params: Params) -> Iterator[tuple[str, Array, int]]:
    """Yield, of each of a product's weights, the column's name, the rows of the parameter, and the first row."""
    at, no_bias = 0, zeros((1, len(product.gates) * product.units), layout.dtype)
    for name, (path, first, last) in product.weights.items():
        parameter: Any = params
        for scope in path:
            # A cell without a bias has none among its parameters: b is 0, and its gradient goes nowhere.
            parameter = parameter.get(scope, no_bias)
        yield name, parameter.reshape(-1, parameter.shape[-1])[first:last], at
        at += layout.widths[name]


def pack_all(layout: Layout, params: Params) -> Array:
    """Return the arena of the packed weights of all products."""
    arena = layout.start((layout.arena_size,), layout.dtype)
    for product, record in zip(layout.equations.products, layout.records, strict=True):
        count = -(-record.columns // layout.panel)
        for _, rows, at in parts_of(layout, product, params):
            panels = Panels(record.panels, count, record.depth, layout.panel, at, product.units)
            share_rows(partial(pack, rows, panels, arena, False), rows)
    return arena


def pack_all_transposed(layout: Layout, params: Params) -> Array:
    """Return the arena of the transposed weights: those of a narrow x, row by row, after the others of its product."""
    arena = layout.start((layout.d_arena_size,), layout.dtype)
    for product, record in zip(layout.equations.products, layout.records, strict=True):
        count = -(-record.d_columns // layout.panel)
        for name, rows, _ in parts_of(layout, product, params):
            if name == "x" and record.few:
                panels = Panels(record.few_panels, 1, record.few, record.columns, 0, product.units)
                share_rows(partial(pack, rows, panels, arena, False), rows)
            elif name != "one":
                column = layout.d_columns[name] - record.d_source
                panels = Panels(record.d_panels, count, record.columns, layout.panel, column, product.units)
                share_rows(partial(pack_transposed, rows, panels, arena), rows)
    return arena


def gradients_of_params(layout: Layout, params: Params, weights: Array, constants: Array) -> Params:
    """Return the gradients in the structure of the parameters, those of all parts added in their order."""
    run(partial(add_parts, weights), shares(layout.num_weights, share_count(COPYING * weights.size)))
    d_params = map_tree(lambda parameter: empty(parameter.shape, layout.dtype), params)
    for product, record in zip(layout.equations.products, layout.records, strict=True):
        for _, rows, at in parts_of(layout, product, d_params):
            panels = Panels(record.d_weights, 1, record.depth, record.columns, at, product.units)
            share_rows(partial(pack, rows, panels, weights[0], True), rows)
    for d_constant, wanted in zip(constants.sum(axis=0), layout.equations.constants.values(), strict=True):
        if isinstance(wanted, str):
            d_params[wanted] = d_constant[: len(params[wanted])].copy()
    return d_params


def add_parts(weights: Array, first: int, last: int) -> None:
    """Add some columns of the gradients of all parts, in their order, to those of the first."""
    for part in weights[1:]:
        weights[0, first:last] += part[first:last]


def share_rows(function: Callable[[int, int], object], rows: Array) -> None:
    """Call ``function`` with ranges of the rows of a parameter, shared out among as many threads as are worth it."""
    run(function, shares(len(rows), share_count(COPYING * rows.size)))
