"""Small networks, back: the adjoint of ``forward.py``, from the top layer's last step to the lowest layer's first."""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.view import block, clear_row, copy_row, matrix_in, record_at, rows_of, transposed
from scratch.jit.small.network import Layer, Network, Steps, copy_weights, layer_at, product, product_at
from scratch.jit.walk.products import clear_padding
from scratch.jit.walk.rows import add_row
from scratch.jit.walk.stage import call_stage
from scratch.jit.walk.step import Step


@inlined
def go_back(network: Network, layer: Layer, table: Array, tape: Array, work: Array, d_h: Steps, d_x: Steps) -> None:
    """Take a layer back through all steps: from ∂L/∂outputs ``d_h`` and ∂L/∂state, in ``work``, to ``d_x``."""
    batch_size, num_steps = network.batch_size, network.num_steps
    constants = matrix_in(tape, layer.constants, layer.num_constants, layer.constants_width)
    d_constants = matrix_in(work, layer.constants, layer.num_constants, layer.constants_width)
    tokens = matrix_in(tape, network.head + layer.tokens, (num_steps + 1) * batch_size, layer.width)
    d_rows = matrix_in(work, network.head + layer.d_rows, batch_size, layer.d_width)
    d_c = matrix_in(work, network.head + layer.d_c, batch_size, layer.h - layer.c)
    d_z_of_all = matrix_in(work, network.head + layer.d_z, num_steps * batch_size, layer.c)
    for t in range(num_steps - 1, -1, -1):
        first, last = t * batch_size, (t + 1) * batch_size
        now, then = rows_of(tokens, first, last), rows_of(tokens, last, last + batch_size)
        d_z = rows_of(d_z_of_all, first, last)
        for b in range(batch_size):
            # The output and the h of the new state are one array, h', used twice: its two gradients add.
            add_row(d_h.matrix, t * d_h.step_stride + b * d_h.row_stride, d_rows, b)
        for p in range(layer.last - 1, layer.first - 1, -1):
            this = product_at(network, table, p)
            if this.adjoint >= 0:
                step = Step(
                    live=batch_size, size=layer.size, own=layer.own, d_own=layer.own,
                    rows=block(now, 0, batch_size, layer.h, layer.width), z=block(now, 0, batch_size, 0, layer.c),
                    c=block(now, 0, batch_size, layer.c, layer.h), c_new=block(then, 0, batch_size, layer.c, layer.h),
                    # The stand-in of h': going back no stage asks for it.
                    h_new=d_rows, d_rows=d_rows, d_z=d_z, d_c=d_c, constants=constants, d_constants=d_constants,
                )  # fmt: skip
                call_stage(this.adjoint, this.gate_size, step)
            # ∂L/∂row = ∂L/∂z Wᵀ
            d_gates = block(d_z, 0, batch_size, this.target, this.target + this.gates)
            clear_padding(d_gates, this.units, this.gate_size)
            w_t = matrix_in(work, network.head + this.weights_t, this.gates, this.d_columns)
            d_row = block(d_rows, 0, batch_size, this.source, this.source + this.d_columns)
            product(network.tile, d_gates, w_t, d_row, this.adds != 0)
        for b in range(batch_size):
            row = t * d_x.step_stride + b * d_x.row_stride
            copy_row(d_rows, b, layer.x - layer.h, d_x.matrix, row, 0, layer.num_inputs)
    for p in range(layer.first, layer.last):
        # ∂L/∂W = rowᵀ ∂L/∂z, over all tokens
        this = product_at(network, table, p)
        left = layer.h + this.source
        rows = transposed(block(tokens, 0, num_steps * batch_size, left, left + this.depth))
        d_z = block(d_z_of_all, 0, num_steps * batch_size, this.target, this.target + this.columns)
        product(network.tile, rows, d_z, matrix_in(work, this.weights, this.depth, this.columns), False)


@inlined
def transpose_weights(network: Network, table: Array, tape: Array, work: Array) -> None:
    """Write all weights, transposed, to where ``go_back`` has them."""
    for p in range(network.num_products):
        this = product_at(network, table, p)
        w = matrix_in(tape, this.weights, this.depth, this.columns)
        w_t = matrix_in(work, network.head + this.weights_t, this.gates, this.d_columns)
        for n in range(this.gates):
            clear_row(w_t, n, this.depth, this.d_columns)
            for k in range(this.depth):
                w_t[n, k] = w[k, n]


@kernel
def small_backward(
    table: Array, tape: Array, work: Array, d_outputs: Array, d_final: Array, d_inputs: Array, d_states: Array,
    d_weights: Array,
) -> None:  # fmt: skip
    """The adjoint: from ∂L/∂outputs and ∂L/∂final states to those of inputs, states and weights.

    ``table``, ``tape``: those of the pass forward. ``work``: the plan's ``work_size`` numbers, anything at first. The
    others lie as in ``small_forward``.
    """
    network = record_at(Network, table, 0)
    num_tokens, batch_size = network.num_steps * network.batch_size, network.batch_size
    clear_row(matrix_in(work, 0, 1, network.head), 0, 0, network.head)
    transpose_weights(network, table, tape, work)
    top = layer_at(network, table, network.num_layers - 1)
    d_y = matrix_in(d_outputs, 0, num_tokens, top.num_outputs)
    d_h = Steps(d_y, network.step_stride, network.row_stride, 0)
    for number in range(network.num_layers - 1, -1, -1):
        layer = layer_at(network, table, number)
        d_rows = matrix_in(work, network.head + layer.d_rows, batch_size, layer.d_width)
        d_c = matrix_in(work, network.head + layer.d_c, batch_size, layer.h - layer.c)
        c = matrix_in(d_final, layer.c_at, batch_size, layer.num_memory)
        h = matrix_in(d_final, layer.h_at, batch_size, layer.num_outputs)
        for b in range(batch_size):
            clear_row(d_rows, b, 0, layer.h_size)
            clear_row(d_c, b, 0, layer.h - layer.c)
            copy_row(h, b, 0, d_rows, b, 0, layer.num_outputs)
            copy_row(c, b, 0, d_c, b, 0, layer.num_memory)
        if number:
            d_x = Steps(matrix_in(work, network.head + layer.d_x, num_tokens, layer.num_inputs), batch_size, 1, 0)
        else:
            d_first = matrix_in(d_inputs, 0, num_tokens, layer.num_inputs)
            d_x = Steps(d_first, network.step_stride, network.row_stride, 0)
        go_back(network, layer, table, tape, work, d_h, d_x)
        c = matrix_in(d_states, layer.c_at, batch_size, layer.num_memory)
        h = matrix_in(d_states, layer.h_at, batch_size, layer.num_outputs)
        for b in range(batch_size):
            copy_row(d_c, b, 0, c, b, 0, layer.num_memory)
            copy_row(d_rows, b, 0, h, b, 0, layer.num_outputs)
        d_h = d_x
    copy_weights(network, table, d_weights, work, True)
