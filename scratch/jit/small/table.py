"""What the kernels of a small network read, by name: records of integers, each in a row of one table."""

from typing import NamedTuple

import numpy as np

from scratch.arrays import Array
from scratch.compiling.compiler import inlined
from scratch.jit.machine.view import block, clear_row, copy_row, matrix_in, rows_of
from scratch.jit.walk.plan import Gradients, Plan, Tape


class Network(NamedTuple):
    """The first row. Layers follow, then the products of all.

    - Row b at step t is row ``t * step_stride + b * row_stride`` of inputs and outputs.
    - ``copied``: where the table's numbers are that say what is copied: to the ``head`` numbers that a tape begins
      with, constants and packed weights of all layers, which parameters; to the ``d_head`` in the work of a pass back
      which numbers of the tape; to the gradients of the ``num_weights`` parameters which numbers of the work.
    """

    num_layers: int
    num_steps: int
    batch_size: int
    step_stride: int
    row_stride: int
    copied: int
    head: int
    d_head: int
    num_weights: int


class LayerPlan(NamedTuple):
    """A layer: the numbers of its ``Plan``, its products, from ``first`` to ``last``, and where its matrices begin.

    - ``num_inputs``, ``num_outputs``, ``num_memory``: the numbers in x, h and c. ``row_width`` to ``constants_width``:
      those of its ``Layout``.
    - ``constants``: in the head of the tape; ``rows``, ``z``, ``c``: after it. ``d_constants``, ``d_weights``: in the
      head of the work; ``d_rows`` to ``d_x``: after it.
    - ``c_at``, ``h_at``: where its parts begin among the states of all layers.
    """

    tile: int
    size: int
    h_size: int
    own: int
    d_own: int
    num_weights: int
    first: int
    last: int
    num_inputs: int
    num_outputs: int
    num_memory: int
    row_width: int
    z_width: int
    c_size: int
    d_width: int
    num_constants: int
    constants_width: int
    constants: int
    rows: int
    z: int
    c: int
    d_constants: int
    d_weights: int
    d_rows: int
    d_c: int
    d_z: int
    d_x: int
    c_at: int
    h_at: int


class Steps(NamedTuple):
    """Numbers of all tokens: row b at step t is row ``t * step_stride + b * row_stride``."""

    matrix: np.ndarray
    step_stride: int
    row_stride: int


@inlined
def plan_at(network: Network, table: Array, layer: LayerPlan) -> Plan:
    """Return the ``Plan`` of a layer."""
    products = rows_of(table, 1 + network.num_layers + layer.first, 1 + network.num_layers + layer.last)
    return Plan(layer.tile, layer.size, layer.h_size, layer.own, layer.d_own, layer.num_weights, products)


@inlined
def tape_at(network: Network, layer: LayerPlan, numbers: Array) -> Tape:
    """Return the ``Tape`` of a layer. Its rows are of one step more: h' is written where the next step has its h."""
    num_tokens, rest = network.num_steps * network.batch_size, network.head
    rows = matrix_in(numbers, rest + layer.rows, network.batch_size + num_tokens, layer.row_width)
    return Tape(
        rows=rows,
        z=matrix_in(numbers, rest + layer.z, num_tokens, layer.z_width),
        c=matrix_in(numbers, rest + layer.c, network.batch_size + num_tokens, layer.c_size),
        constants=matrix_in(numbers, layer.constants, layer.num_constants, layer.constants_width),
        h_new=block(rows, network.batch_size, rows.shape[0], 0, layer.h_size),
    )


@inlined
def gradients_at(network: Network, layer: LayerPlan, numbers: Array) -> Gradients:
    """Return the ``Gradients`` of a layer: all tokens are one block."""
    num_tokens, rest = network.num_steps * network.batch_size, network.d_head
    return Gradients(
        rows=matrix_in(numbers, rest + layer.d_rows, network.batch_size, layer.d_width),
        c=matrix_in(numbers, rest + layer.d_c, network.batch_size, layer.c_size),
        z=matrix_in(numbers, rest + layer.d_z, num_tokens, layer.z_width),
        weights=matrix_in(numbers, layer.d_weights, 1, layer.num_weights),
        constants=matrix_in(numbers, layer.d_constants, layer.num_constants, layer.constants_width),
    )


@inlined
def copy_steps(network: Network, source: Steps, target: Steps) -> None:
    """Copy the numbers of each token, as many as ``source`` has."""
    for t in range(network.num_steps):
        for b in range(network.batch_size):
            row = source.step_stride * t + source.row_stride * b
            target_row = target.step_stride * t + target.row_stride * b
            copy_row(source.matrix, row, 0, target.matrix, target_row, 0, source.matrix.shape[1])


@inlined
def load_state(state: Array, target: Array) -> None:
    """Copy a state to the first columns of as many rows, with 0 beyond its numbers."""
    for b in range(target.shape[0]):
        copy_row(state, b, 0, target, b, 0, state.shape[1])
        clear_row(target, b, state.shape[1], target.shape[1])


@inlined
def store_state(source: Array, state: Array) -> None:
    """Copy the first columns of rows to a state."""
    for b in range(state.shape[0]):
        copy_row(source, b, 0, state, b, 0, state.shape[1])


@inlined
def copy_numbers(numbers: Array, source: Array, target: Array) -> None:
    """Copy to each number of ``target`` [1, n] that of ``source`` that ``numbers`` say, from 1; with 0 it stays."""
    for n in range(numbers.shape[1]):
        if numbers[0, n] > 0:
            target[0, n] = source[0, numbers[0, n] - 1]


@inlined
def begin_tape(network: Network, table: Array, start: Array, parameters: Array, tape: Array) -> None:
    """Write what a tape begins with: the constants of all layers, and their packed weights from parameters [1, n]."""
    head = matrix_in(tape, 0, 1, network.head)
    copy_row(matrix_in(start, 0, 1, network.head), 0, 0, head, 0, 0, network.head)
    copy_numbers(matrix_in(table, network.copied, 1, network.head), parameters, head)


@inlined
def begin_work(network: Network, table: Array, tape: Array, work: Array) -> None:
    """Write what the work of a pass back begins with: transposed weights, and zeros for gradients."""
    d_head = matrix_in(work, 0, 1, network.d_head)
    clear_row(d_head, 0, 0, network.d_head)
    numbers = matrix_in(table, network.copied + network.head, 1, network.d_head)
    copy_numbers(numbers, matrix_in(tape, 0, 1, network.head), d_head)


@inlined
def end_work(network: Network, table: Array, work: Array, d_parameters: Array) -> None:
    """Copy the gradients of all parameters, in their order, to a row of as many numbers."""
    numbers = matrix_in(table, network.copied + network.head + network.d_head, 1, network.num_weights)
    copy_numbers(numbers, matrix_in(work, 0, 1, network.d_head), d_parameters)
