"""Small LSTMs: all layers and all steps, forward or back, in one call of compiled code.

A network such as the echo task's, of 4 units, has so little to compute that calls, packing and sharing out cost more
than the numbers. So here is the LSTM once more, with nothing between the loops and the equations, which are those of
``scratch/cells/lstm.py``. All that belongs to a token stands side by side, in one row of a matrix::

    i   j   f   o   1   x   h   c   tanh c'

Its step begins with x, h and c; h' and c' are the next token's, and h' is also the x of the layer above. The gates, and
z before them, take whole vectors; these begin on a line of the cache, because a vector that lies across two of them
takes twice as long. What keeps the processor busy:

- Layers run in waves: while the lowest is at step t, the one above is at t − 1, and so on. Tokens of one wave do not
  wait for one another, so while one number is on its way through the processor, others follow.
- The gates of a token are 4H numbers, and one e^z serves them all: ``sigmoid_or_tanh``.
- All units of a row are in one vector, so H is at most its lanes. A vector that is loaded where a gate begins reaches
  into the next one: its first H numbers are right. From x on, a row is written from the left to the right, so what is
  stored beside them is overwritten by what stands there.
"""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.activations import sigmoid_or_tanh, tanh
from scratch.jit.machine.vector import lanes, load, store
from scratch.jit.machine.view import block, copy_row, matrix_in, record_at, rows_of
from scratch.jit.small.network import Layout, Tape, flat_of, product, tape_in


@inlined
def load_layers(layout: Layout, constants: Array, given: Array, tape: Tape, x: Array) -> None:
    """Copy the weights of every layer, the inputs, and the 1 before them, to their rows."""
    w, tokens, num_units = tape.w, tape.tokens, layout.num_units
    for layer in range(layout.num_layers):
        flat = flat_of(layout, given, layer)
        inputs = layout.num_inputs if layer == 0 else num_units
        row, one = (layer + 1) * layout.depth - inputs - num_units - 1, layout.h - inputs - 1
        copy_row(flat.bias, 0, 0, w, row, 0, 4 * num_units)
        for n in range(0, layout.width, lanes(w)):
            # z_f + forget_bias
            store(w, row, n, load(w, row, n) + load(constants, 3 + layer, n))
        for k in range(inputs + num_units):
            copy_row(flat.kernel, k, 0, w, row + 1 + k, 0, 4 * num_units)
        for token in range(layer * layout.tokens, (layer + 1) * layout.tokens):
            tokens[token, one] = 1
    for t in range(layout.num_steps):
        for b in range(layout.batch_size):
            row = t * layout.step_stride + b * layout.row_stride
            token = t * layout.batch_size + b
            copy_row(x, row, 0, tokens, token, layout.h - layout.num_inputs, layout.num_inputs)


@kernel
def small_forward(
    layouts: Array, constants: Array, given: Array, inputs: Array, arena: Array, outputs: Array, states: Array
) -> None:
    """Run layers of one width H from the inputs, B · T · D numbers, to the outputs and the final states [2L · B, H].

    ``layouts`` [1, n]: a ``Layout``. ``constants``: rows of scale, bound and one of ``sigmoid_or_tanh``, and of what is
    added to the bias of each layer. ``given``: weights and initial states, as in ``Flat``. ``arena``: of the ``Tape``.
    """
    layout = record_at(Layout, layouts, 0)
    tape = tape_in(layout, arena)
    w, tokens, width, depth, num_units = tape.w, tape.tokens, layout.width, layout.depth, layout.num_units
    num_layers, num_steps, batch_size, of_layer = layout.num_layers, layout.num_steps, layout.batch_size, layout.tokens
    load_layers(layout, constants, given, tape, matrix_in(inputs, 0, num_steps * batch_size, layout.num_inputs))
    for wave in range(num_steps + num_layers - 1):
        first, last = wave - num_steps + 1 if wave >= num_steps else 0, wave + 1 if wave < num_layers else num_layers
        for layer in range(first, last):
            start = layer * of_layer + (wave - layer) * batch_size
            if wave == layer:
                # Not before, for the x that was stored here reached beyond its own columns.
                flat = flat_of(layout, given, layer)
                for b in range(batch_size):
                    copy_row(flat.c, b, 0, tokens, start + b, layout.c, num_units)
                    copy_row(flat.h, b, 0, tokens, start + b, layout.h, num_units)
            # z = [1, x, h] W
            one = layout.h - 1 - (layout.num_inputs if layer == 0 else num_units)
            rows = block(tokens, start, start + batch_size, one, layout.c)
            z = block(tokens, start, start + batch_size, 0, width)
            product(layout.tile, rows, rows_of(w, layer * depth + one - width, (layer + 1) * depth), z)
        for layer in range(first, last):
            start = layer * of_layer + (wave - layer) * batch_size
            for token in range(start, start + batch_size):
                for n in range(0, 4 * num_units, lanes(w)):
                    # i = σ(z_i)    j = tanh(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
                    scale, bound, one = load(constants, 0, n), load(constants, 1, n), load(constants, 2, n)
                    store(tokens, token, n, sigmoid_or_tanh(load(tokens, token, n), scale, bound, one))
        for layer in range(first, last):
            start = layer * of_layer + (wave - layer) * batch_size
            for token in range(start, start + batch_size):
                i, j = load(tokens, token, 0), load(tokens, token, num_units)
                f, o = load(tokens, token, 2 * num_units), load(tokens, token, 3 * num_units)
                # c' = f ⊙ c + i ⊙ j        h' = o ⊙ tanh(c')
                c_new = f * load(tokens, token, layout.c) + i * j
                tanh_c = tanh(c_new)
                h_new = o * tanh_c
                store(tokens, token, layout.tanh_c, tanh_c)
                if layer + 1 < num_layers:
                    store(tokens, token + of_layer, layout.h - num_units, h_new)
                store(tokens, token + batch_size, layout.h, h_new)
                store(tokens, token + batch_size, layout.c, c_new)
    for layer in range(num_layers):
        for b in range(batch_size):
            token, row = (layer + 1) * of_layer - batch_size + b, 2 * layer * batch_size + b
            copy_row(tokens, token, layout.c, states, row, 0, num_units)
            copy_row(tokens, token, layout.h, states, row + batch_size, 0, num_units)
    start = (num_layers - 1) * of_layer + batch_size
    for t in range(num_steps):
        for b in range(batch_size):
            row = t * layout.step_stride + b * layout.row_stride
            copy_row(tokens, start + t * batch_size + b, layout.h, outputs, row, 0, num_units)
