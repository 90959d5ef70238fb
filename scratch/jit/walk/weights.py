"""A layer's parameters and its arenas: the packed weights of all products, and the gradients on their way back."""

from functools import partial

from scratch.jit.machine.memory import empty
from scratch.jit.machine.threads import COPYING, run, share_count, shares
from scratch.jit.walk.packing import Panels, pack, pack_transposed
from scratch.tree import map_tree


def parts_of(layer, product, params):
    """Yield, of each of a product's weights, the column's name, the rows of the parameter, and the first row."""
    at = 0
    for name, (path, first, last) in product.weights.items():
        parameter = params
        for scope in path:
            parameter = parameter[scope]
        yield name, parameter.reshape(-1, parameter.shape[-1])[first:last], at
        at += layer.widths[name]


def pack_all(layer, params):
    """Return the arena of the packed weights of all products."""
    arena = layer.start((layer.arena_size,), layer.dtype)
    for product, record in zip(layer.equations.products, layer.records, strict=True):
        count = -(-record.columns // layer.panel)
        for _, rows, at in parts_of(layer, product, params):
            panels = Panels(record.panels, count, record.depth, layer.panel, at, product.units)
            share_rows(partial(pack, rows, panels, arena, False), rows)
    return arena


def pack_all_transposed(layer, params):
    """Return the arena of the transposed weights: those of a narrow x, row by row, after the others of its product."""
    arena = layer.start((layer.d_arena_size,), layer.dtype)
    for product, record in zip(layer.equations.products, layer.records, strict=True):
        count = -(-record.d_columns // layer.panel)
        for name, rows, _ in parts_of(layer, product, params):
            if name == "x" and record.few:
                panels = Panels(record.few_panels, 1, record.few, record.columns, 0, product.units)
                share_rows(partial(pack, rows, panels, arena, False), rows)
            elif name != "one":
                column = layer.d_columns[name] - record.d_source
                panels = Panels(record.d_panels, count, record.columns, layer.panel, column, product.units)
                share_rows(partial(pack_transposed, rows, panels, arena), rows)
    return arena


def gradients_of_params(layer, params, weights, constants):
    """Return the gradients in the structure of the parameters, those of all parts added in their order."""
    run(partial(add_parts, weights), shares(layer.num_weights, share_count(COPYING * weights.size)))
    d_params = map_tree(lambda parameter: empty(parameter.shape, layer.dtype), params)
    for product, record in zip(layer.equations.products, layer.records, strict=True):
        for _, rows, at in parts_of(layer, product, d_params):
            panels = Panels(record.d_weights, 1, record.depth, record.columns, at, product.units)
            share_rows(partial(pack, rows, panels, weights[0], True), rows)
    for d_constant, wanted in zip(constants.sum(axis=0), layer.equations.constants.values(), strict=True):
        if isinstance(wanted, str):
            d_params[wanted] = d_constant[: len(params[wanted])].copy()
    return d_params


def add_parts(weights, first, last):
    """Add some columns of the gradients of all parts, in their order, to those of the first."""
    for part in weights[1:]:
        weights[0, first:last] += part[first:last]


def share_rows(function, rows):
    """Call ``function`` with ranges of the rows of a parameter, shared out among as many threads as are worth it."""
    run(function, shares(len(rows), share_count(COPYING * rows.size)))
