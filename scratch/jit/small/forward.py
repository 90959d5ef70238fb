"""Small networks: all layers and all steps in one call of compiled code.

For a few units what stands between the equations costs more than they do. So this walk does without what wide layers
and rows of unequal length need: packed panels, ranks of rows, prefetch, threads. Every number of a token stands in one
row of a matrix::

    z   c   h   1   x   own

What a cell is, it takes from the same stages as the walk of ``scratch/jit/walk``.
"""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.view import block, clear_row, copy_row, matrix_in, record_at, rows_of
from scratch.jit.small.network import Layer, Network, Steps, copy_steps, copy_weights, layer_at, product, product_at
from scratch.jit.walk.products import clear_padding
from scratch.jit.walk.stage import call_stage
from scratch.jit.walk.step import Step


@inlined
def walk_layer(network: Network, layer: Layer, table: Array, tape: Array, tokens: Array) -> None:
    """Run a layer through all steps; x, 1 and the first state stand in its tokens."""
    batch_size = network.batch_size
    constants = matrix_in(tape, layer.constants, layer.num_constants, layer.constants_width)
    for t in range(network.num_steps):
        first, last = t * batch_size, (t + 1) * batch_size
        now, then = rows_of(tokens, first, last), rows_of(tokens, last, last + batch_size)
        rows, z = block(now, 0, batch_size, layer.h, layer.width), block(now, 0, batch_size, 0, layer.c)
        c, c_new = block(now, 0, batch_size, layer.c, layer.h), block(then, 0, batch_size, layer.c, layer.h)
        h_new = block(then, 0, batch_size, layer.h, layer.width)
        for p in range(layer.first, layer.last):
            # z = row W
            this = product_at(network, table, p)
            a = block(rows, 0, batch_size, this.source, this.source + this.depth)
            w = matrix_in(tape, this.weights, this.depth, this.columns)
            product(network.tile, a, w, block(z, 0, batch_size, this.target, this.target + this.columns), False)
            clear_padding(block(z, 0, batch_size, this.target, this.target + this.gates), this.units, this.gate_size)
            if this.forward >= 0:
                step = Step(
                    live=batch_size, size=layer.size, own=layer.own, d_own=0,
                    rows=rows, z=z, c=c, c_new=c_new, h_new=h_new, constants=constants,
                    # The stand-ins of gradients: going forward no stage asks for one.
                    d_rows=rows, d_z=z, d_c=c, d_constants=constants,
                )  # fmt: skip
                call_stage(this.forward, this.gate_size, step)


@inlined
def load_state(layer: Layer, batch_size: int, states: Array, tokens: Array) -> None:
    """Copy a layer's initial state to the tokens of its first step, with 0 beyond its numbers."""
    c = matrix_in(states, layer.c_at, batch_size, layer.num_memory)
    h = matrix_in(states, layer.h_at, batch_size, layer.num_outputs)
    for b in range(batch_size):
        clear_row(tokens, b, layer.h, layer.h + layer.h_size)
        clear_row(tokens, b, layer.c, layer.h)
        copy_row(h, b, 0, tokens, b, layer.h, layer.num_outputs)
        copy_row(c, b, 0, tokens, b, layer.c, layer.num_memory)


@kernel
def small_forward(
    table: Array, start: Array, weights: Array, states: Array, inputs: Array, tape: Array, outputs: Array, final: Array
) -> None:
    """Run a network from its inputs and states to its outputs and final states.

    It may be called from compiled code: all numbers lie in row-major arrays, of any number of axes.

    - ``table``, ``start``: those of a ``SmallPlan``. ``weights``: the numbers of all parameters, in the order of its
      ``places``. ``states``, ``final``: layer after layer, c [B, units] where there is one, and h [B, output].
    - ``inputs``, ``outputs``: in the layout of the plan. ``tape``: the plan's ``tape_size`` numbers, anything at first.
    """
    network = record_at(Network, table, 0)
    num_tokens, batch_size = network.num_steps * network.batch_size, network.batch_size
    copy_row(matrix_in(start, 0, 1, network.head), 0, 0, matrix_in(tape, 0, 1, network.head), 0, 0, network.head)
    copy_weights(network, table, weights, tape, False)
    x = matrix_in(inputs, 0, num_tokens, layer_at(network, table, 0).num_inputs)
    source = Steps(x, network.step_stride, network.row_stride, 0)
    for number in range(network.num_layers):
        layer = layer_at(network, table, number)
        tokens = matrix_in(tape, network.head + layer.tokens, num_tokens + batch_size, layer.width)
        load_state(layer, batch_size, states, tokens)
        copy_steps(network, source, Steps(tokens, batch_size, 1, layer.x), layer.num_inputs)
        for token in range(num_tokens):
            tokens[token, layer.x - 1] = 1
        walk_layer(network, layer, table, tape, tokens)
        c = matrix_in(final, layer.c_at, batch_size, layer.num_memory)
        h = matrix_in(final, layer.h_at, batch_size, layer.num_outputs)
        for b in range(batch_size):
            copy_row(tokens, num_tokens + b, layer.c, c, b, 0, layer.num_memory)
            copy_row(tokens, num_tokens + b, layer.h, h, b, 0, layer.num_outputs)
        # The x of the layer above.
        source = Steps(rows_of(tokens, batch_size, num_tokens + batch_size), batch_size, 1, layer.h)
    top = layer_at(network, table, network.num_layers - 1)
    y = matrix_in(outputs, 0, num_tokens, top.num_outputs)
    copy_steps(network, source, Steps(y, network.step_stride, network.row_stride, 0), top.num_outputs)
