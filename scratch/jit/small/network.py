"""What a small network is made of, by name: integers that say where everything is, and what a pass is given."""

from typing import NamedTuple

import numpy as np

from scratch.arrays import Array
from scratch.compiling.compiler import inlined
from scratch.jit.machine.tile import ROWS, VECTORS, multiply_tile
from scratch.jit.machine.vector import lanes
from scratch.jit.machine.view import block, copy_row, matrix_in, record_at


class Network(NamedTuple):
    """Sizes of a whole network, the first row of its table. Layers, products and weights follow, a row each.

    ``tile``: the address of the compiled tile. Row b at step t is row ``t * step_stride + b * row_stride`` of inputs
    and outputs. ``head``: the numbers that a tape begins with, constants and weights of all layers.
    """

    tile: int
    num_layers: int
    num_products: int
    num_weights: int
    num_steps: int
    batch_size: int
    step_stride: int
    row_stride: int
    head: int


class Layer(NamedTuple):
    """A layer: its products, from ``first`` to ``last``, its widths, and where its matrices begin.

    The tape has a row [z, c, h, 1, x, own] for each token, ``width`` numbers, and one more step for the final state: h'
    and c' of a step are the h and c of the next. ``h``, ``x``, ``own`` and ``c``: where these begin. ``size``,
    ``h_size``: a gate and h in whole registers. ``num_memory``: the numbers of c, 0 where there is none. ``c_at``,
    ``h_at``: where they begin among the states of all layers. Going back, a row of gradients is [h, 1, x, own], and
    there is one of z, and in an upper layer of x, for each token.
    """

    first: int
    last: int
    num_inputs: int
    num_outputs: int
    num_memory: int
    size: int
    h_size: int
    c: int
    h: int
    x: int
    own: int
    width: int
    num_constants: int
    constants_width: int
    constants: int
    tokens: int
    c_at: int
    h_at: int
    d_width: int
    d_rows: int
    d_c: int
    d_z: int
    d_x: int


class Product(NamedTuple):
    """A product and its stages: ``source``, ``depth`` in [h, 1, x, own], ``target``, ``columns`` in z.

    ``gates``: the columns that count, for ``columns`` and ``d_columns``, those of ∂L/∂row, are whole vectors.
    ``units``, ``gate_size``: the numbers of a gate, and its columns. ``forward``, ``adjoint``: its stages, or −1.
    ``adds``: 1 where gradients are added to those that are there. ``weights``, ``weights_t``: where its matrix begins
    in the tape, and transposed in the work.
    """

    source: int
    depth: int
    target: int
    columns: int
    gates: int
    units: int
    gate_size: int
    forward: int
    adjoint: int
    adds: int
    d_columns: int
    weights: int
    weights_t: int


class Weights(NamedTuple):
    """Some rows of a parameter: where they begin among all parameters, and where in the tape, gate by gate."""

    source: int
    rows: int
    units: int
    num_gates: int
    target: int
    gate_size: int
    width: int


class Steps(NamedTuple):
    """Numbers of all tokens: row b at step t is row ``t * step_stride + b * row_stride``, from a column on."""

    matrix: np.ndarray
    step_stride: int
    row_stride: int
    column: int


@inlined
def copy_steps(network: Network, source: Steps, target: Steps, width: int) -> None:
    """Copy ``width`` numbers of each token."""
    for t in range(network.num_steps):
        for b in range(network.batch_size):
            row = source.step_stride * t + source.row_stride * b
            target_row = target.step_stride * t + target.row_stride * b
            copy_row(source.matrix, row, source.column, target.matrix, target_row, target.column, width)


@inlined
def layer_at(network: Network, table: Array, number: int) -> Layer:
    """Return the ``Layer`` of this number, from the lowest."""
    return record_at(Layer, table, 1 + number)


@inlined
def product_at(network: Network, table: Array, number: int) -> Product:
    """Return the ``Product`` of this number, of those of all layers."""
    return record_at(Product, table, 1 + network.num_layers + number)


@inlined
def product(tile: int, a: Array, b: Array, c: Array, add: bool) -> None:
    """Compute c = a b, or c += a b where ``add``, tile by tile; c and b are of whole vectors."""
    width = VECTORS * lanes(c)
    for top in range(0, c.shape[0], ROWS):
        bottom = top + ROWS if top + ROWS < c.shape[0] else c.shape[0]
        for left in range(0, c.shape[1], width):
            right = left + width if left + width < c.shape[1] else c.shape[1]
            a_tile, b_tile = block(a, top, bottom, 0, a.shape[1]), block(b, 0, b.shape[0], left, right)
            multiply_tile(tile, a_tile, b_tile, block(c, top, bottom, left, right), add)


@inlined
def copy_weights(network: Network, table: Array, given: Array, arena: Array, back: bool) -> None:
    """Copy all parameters to where a pass has them, each gate from a register on, or ``back`` their gradients."""
    for n in range(network.num_weights):
        w = record_at(Weights, table, 1 + network.num_layers + network.num_products + n)
        flat = matrix_in(given, w.source, w.rows, w.num_gates * w.units)
        packed = matrix_in(arena, w.target, w.rows, w.width)
        for k in range(w.rows):
            for gate in range(w.num_gates):
                if back:
                    copy_row(packed, k, gate * w.gate_size, flat, k, gate * w.units, w.units)
                else:
                    copy_row(flat, k, gate * w.units, packed, k, gate * w.gate_size, w.units)
