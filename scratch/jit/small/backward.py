"""Small LSTMs, back: the adjoint of ``forward.py``, from the last wave to the first."""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.vector import load, store
from scratch.jit.machine.view import block, copy_row, record_at, rows_of, transposed
from scratch.jit.small.network import Gradients, Layout, Tape, flat_of, gradients_in, product, tape_in


@inlined
def load_gradients(layout: Layout, tape: Tape, d: Gradients, d_states: Array) -> None:
    """Write the transposed weights, and ∂L/∂(c, h) of the final state [2L · B, H] to the rows of gradients."""
    num_gates, batch_size, num_units = 4 * layout.num_units, layout.batch_size, layout.num_units
    for layer in range(layout.num_layers):
        for k in range(layout.depth):
            for n in range(num_gates):
                d.w_t[layer * num_gates + n, k] = tape.w[layer * layout.depth + k, n]
        for b in range(batch_size):
            row, given = layer * batch_size + b, 2 * layer * batch_size + b
            copy_row(d_states, given, 0, d.d_rows, row, layout.d_c, num_units)
            copy_row(d_states, given + batch_size, 0, d.d_rows, row, layout.h - layout.width, num_units)


@inlined
def go_back(layout: Layout, tokens: Array, d: Gradients, layer: int, start: int) -> None:
    """The adjoint of a layer's gates and state at one step, whose rows begin at token ``start``."""
    d_z, d_rows, num_units, h = d.d_z, d.d_rows, layout.num_units, layout.h - layout.width
    for b in range(layout.batch_size):
        token, row = start + b, layer * layout.batch_size + b
        i, j = load(tokens, token, 0), load(tokens, token, num_units)
        f, o = load(tokens, token, 2 * num_units), load(tokens, token, 3 * num_units)
        tanh_c = load(tokens, token, layout.tanh_c)
        # h' is the x of the layer above and the h of the next step: its two gradients add, and so do those of c', used
        # here and by the next step.    h' = o ⊙ tanh(c')
        d_h = load(d_rows, row + layout.batch_size, h - num_units) + load(d_rows, row, h)
        d_c = load(d_rows, row, layout.d_c) + d_h * o * (1 - tanh_c * tanh_c)
        # c' = f ⊙ c + i ⊙ j, and through each gate's σ or tanh back to z
        store(d_z, token, 0, d_c * j * i * (1 - i))
        store(d_z, token, num_units, d_c * i * (1 - j * j))
        store(d_z, token, 2 * num_units, d_c * load(tokens, token, layout.c) * f * (1 - f))
        store(d_z, token, 3 * num_units, d_h * tanh_c * o * (1 - o))
        store(d_rows, row, layout.d_c, d_c * f)


@inlined
def store_gradients(layout: Layout, tape: Tape, d: Gradients, d_given: Array) -> None:
    """Write the gradients of weights and initial states to where ``Flat`` says."""
    num_units, of_layer, h = layout.num_units, layout.tokens, layout.h - layout.width
    for layer in range(layout.num_layers):
        # ∂L/∂W = [1, x, h]ᵀ ∂L/∂z
        inputs = layout.num_inputs if layer == 0 else num_units
        one, row = layout.h - 1 - inputs, layout.depth - num_units - inputs - 1
        start, end = layer * of_layer, (layer + 1) * of_layer - layout.batch_size
        rows, d_z = transposed(block(tape.tokens, start, end, one, layout.c)), block(d.d_z, start, end, 0, layout.width)
        product(layout.tile, rows, d_z, rows_of(d.d_w, row, layout.depth))
        flat = flat_of(layout, d_given, layer)
        copy_row(d.d_w, row, 0, flat.bias, 0, 0, 4 * num_units)
        for k in range(inputs + num_units):
            copy_row(d.d_w, row + 1 + k, 0, flat.kernel, k, 0, 4 * num_units)
        for b in range(layout.batch_size):
            copy_row(d.d_rows, layer * layout.batch_size + b, layout.d_c, flat.c, b, 0, num_units)
            copy_row(d.d_rows, layer * layout.batch_size + b, h, flat.h, b, 0, num_units)


@kernel
def small_backward(
    layouts: Array, kept: Array, arena: Array, d_states: Array, d_outputs: Array, d_inputs: Array, d_given: Array
) -> None:
    """The adjoint: from ∂L/∂outputs and that of the final states [2L · B, H] to those of inputs, weights and states.

    ``kept``: the arena of the ``Tape``. ``arena``: of the ``Gradients``. ``d_given``: as in ``Flat``.
    """
    layout = record_at(Layout, layouts, 0)
    tape, d = tape_in(layout, kept), gradients_in(layout, arena)
    num_layers, num_steps, batch_size = layout.num_layers, layout.num_steps, layout.batch_size
    num_units, h = layout.num_units, layout.h - layout.width
    load_gradients(layout, tape, d, d_states)
    for wave in range(num_steps + num_layers - 2, -1, -1):
        first, last = wave - num_steps + 1 if wave >= num_steps else 0, wave + 1 if wave < num_layers else num_layers
        if last == num_layers:
            for b in range(batch_size):
                row = (wave - num_layers + 1) * layout.step_stride + b * layout.row_stride
                copy_row(d_outputs, row, 0, d.d_rows, num_layers * batch_size + b, h - num_units, num_units)
        for layer in range(first, last):
            go_back(layout, tape.tokens, d, layer, layer * layout.tokens + (wave - layer) * batch_size)
        for layer in range(first, last):
            # ∂L/∂[1, x, h] = ∂L/∂z Wᵀ
            start, row = layer * layout.tokens + (wave - layer) * batch_size, layer * batch_size
            d_z = block(d.d_z, start, start + batch_size, 0, 4 * num_units)
            w_t = rows_of(d.w_t, layer * 4 * num_units, (layer + 1) * 4 * num_units)
            product(layout.tile, d_z, w_t, block(d.d_rows, row, row + batch_size, 0, layout.d_c))
        if first == 0:
            for b in range(batch_size):
                row = wave * layout.step_stride + b * layout.row_stride
                copy_row(d.d_rows, b, h - layout.num_inputs, d_inputs, row, 0, layout.num_inputs)
    store_gradients(layout, tape, d, d_given)
