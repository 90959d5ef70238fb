"""A layer's parameters and its arenas: the packed weights of all products, and the gradients on their way back."""

from collections.abc import Callable, Iterator
from functools import partial

from scratch.arrays import Array, Params
from scratch.jit.machine.memory import zeros
from scratch.jit.machine.threads import COPYING, run, share_count, shares
from scratch.jit.walk.equations import ONES, Product, at_path
from scratch.jit.walk.layout import Layout
from scratch.jit.walk.packing import Panels, pack, pack_transposed
from scratch.jit.walk.plan import Gradients


def parts_of(layout: Layout, product: Product, params: Params) -> Iterator[tuple[str, Array, int]]:
    """Yield, of each of a product's weights, the column's name, the rows of the parameter, and the first row."""
    at, no_bias = 0, zeros((1, len(product.gates) * product.units), layout.dtype)
    for name, (path, first, last) in product.weights.items():
        # A cell without a bias has none among its parameters: b is 0, and its gradient goes nowhere.
        parameter = at_path(params, path, no_bias)
        yield name, parameter.reshape(-1, parameter.shape[-1])[first:last], at
        at += layout.widths[name]


def pack_all(layout: Layout, params: Params) -> Array:
    """Return the arena of the packed weights of all products."""
    arena = layout.start((layout.arena_size,), layout.dtype)
    for product, record in zip(layout.equations.products, layout.records, strict=True):
        count = -(-record.columns // layout.panel)
        for _, rows, at in parts_of(layout, product, params):
            panels = Panels(record.panels, count, record.depth, layout.panel, at, product.units, layout.lanes)
            share_rows(partial(pack, rows, panels, arena, False), rows)
    return arena


def pack_all_transposed(layout: Layout, params: Params, needs_d_x: bool = True) -> Array:
    """Return the arena of the transposed weights: those of a narrow x, row by row, after the others of its product.

    Without ``needs_d_x``, those of x are there where the plan ``layout.of_params`` reads them.
    """
    leaves_x_out = not needs_d_x and all(map(layout.x_is_last, layout.equations.products))
    arena = (layout.start if leaves_x_out else layout.d_start)((layout.d_arena_size,), layout.dtype)
    for product, record in zip(layout.equations.products, layout.records, strict=True):
        count = -(-record.d_columns // layout.panel)
        for name, rows, _ in parts_of(layout, product, params):
            if name == "x" and not needs_d_x and layout.x_is_last(product):
                continue
            if name == "x" and record.few:
                panels = Panels(record.few_panels, 1, record.few, record.columns, 0, product.units, layout.lanes)
                share_rows(partial(pack, rows, panels, arena, False), rows)
            elif name not in ONES:
                column = layout.d_columns[name] - record.d_source
                panels = Panels(
                    record.d_panels, count, record.gates, layout.panel, column, product.units, layout.lanes
                )
                share_rows(partial(pack_transposed, rows, panels, arena), rows)
    return arena


def write_gradients(layout: Layout, d_params: Params, d: Gradients) -> None:
    """Write the gradients to where their parameters are in ``d_params``, those of all parts added in their order."""
    weights = d.weights.reshape(-1, layout.num_weights)
    run(partial(add_parts, weights), shares(layout.num_weights, share_count(COPYING * weights.size)))
    for product, record in zip(layout.equations.products, layout.records, strict=True):
        for _, rows, at in parts_of(layout, product, d_params):
            panels = Panels(record.d_weights, 1, record.depth, record.columns, at, product.units, layout.lanes)
            share_rows(partial(pack, rows, panels, weights[0], True), rows)
    for n, wanted in enumerate(layout.equations.constants.values()):
        if isinstance(wanted, tuple):
            d_parameter = at_path(d_params, wanted)
            d_parameter[...] = d.constants[n :: len(layout.equations.constants), : len(d_parameter)].sum(axis=0)


def add_parts(weights: Array, first: int, last: int) -> None:
    """Add some columns of the gradients of all parts, in their order, to those of the first."""
    for part in weights[1:]:
        weights[0, first:last] += part[first:last]


def share_rows(function: Callable[[int, int], object], rows: Array) -> None:
    """Call ``function`` with ranges of the rows of a parameter, shared out among as many threads as are worth it."""
    run(function, shares(len(rows), share_count(COPYING * rows.size)))
