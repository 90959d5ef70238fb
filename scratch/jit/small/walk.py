"""Small LSTMs: all layers and all steps, forward or back, in one call of compiled code.

A network such as the echo task's, of 4 units, has so little to compute that calls, packing and sharing out cost more
than the numbers. So here is the LSTM once more, with nothing between the loops and the equations, which are those of
``scratch/cells/lstm.py``. All that belongs to a token stands side by side, in one row of a matrix::

    i   j   f   o   1   x   h   c   tanh c'   ∂L/∂z

Its step begins with x, h and c; h' and c' are the next token's, and h' is also the x of the layer above. The gates, and
z before them, take whole vectors; these and those of ∂L/∂z begin on a line of the cache, because a vector that lies
across two of them takes twice as long. What keeps the processor busy:

- Layers run in waves: while the lowest is at step t, the one above is at t − 1, and so on. Tokens of one wave do not
  wait for one another, so while one number is on its way through the processor, others follow.
- The gates of a token are 4H numbers, and one e^z serves them all: ``sigmoid_or_tanh``.
- All units of a row are in one vector, so H is at most its lanes. A vector that is loaded where a gate begins reaches
  into the next one: its first H numbers are right. From x on, a row is written from the left to the right, so what is
  stored beside them is overwritten by what stands there.
"""

from scratch.jit.machine.activations import sigmoid_or_tanh, tanh
from scratch.jit.machine.compiler import inlined, kernel
from scratch.jit.machine.pointers import matrices_at
from scratch.jit.machine.tile import ROWS, VECTORS, multiply_tile
from scratch.jit.machine.vector import lanes, load, store
from scratch.jit.machine.view import block, copy_row, matrix_in, rows_of, transposed
from scratch.jit.small.network import Memory, State, Weights


@inlined
def product(tile, a, b, c):
    """Compute c = a b, tile by tile; c and b are of whole vectors."""
    width = VECTORS * lanes(c)
    for top in range(0, c.shape[0], ROWS):
        bottom = top + ROWS if top + ROWS < c.shape[0] else c.shape[0]
        for left in range(0, c.shape[1], width):
            right = left + width if left + width < c.shape[1] else c.shape[1]
            a_tile, b_tile = block(a, top, bottom, 0, a.shape[1]), block(b, 0, b.shape[0], left, right)
            multiply_tile(tile, a_tile, b_tile, block(c, top, bottom, left, right), False)


@inlined
def load_layers(layout, memory, weights, states, x):
    """Copy the weights and the initial state of every layer, and the inputs, to their rows."""
    num_units, width, depth = layout.num_units, memory.w.shape[1], layout.c - memory.w.shape[1]
    for layer in range(layout.num_layers):
        given = matrices_at(Weights, weights, 2 * layer, memory.w)
        row = (layer + 1) * depth - len(given.kernel) - 1
        copy_row(given.bias, 0, 0, memory.w, row, 0, 4 * num_units)
        for n in range(0, width, lanes(memory.w)):
            store(memory.w, row, n, load(memory.w, row, n) + load(memory.forget_bias, layer, n))
        for k in range(len(given.kernel)):
            copy_row(given.kernel, k, 0, memory.w, row + 1 + k, 0, 4 * num_units)
    for t in range(layout.num_steps):
        for b in range(layout.batch_size):
            row = t * layout.step_stride + b * layout.row_stride
            token = t * layout.batch_size + b
            copy_row(x, row, 0, memory.tokens, token, layout.h - layout.num_inputs, layout.num_inputs)


@inlined
def load_state(layout, tokens, start, state):
    """Copy c and h to the rows of a layer's first step."""
    for b in range(layout.batch_size):
        copy_row(state.c, b, 0, tokens, start + b, layout.c, layout.num_units)
        copy_row(state.h, b, 0, tokens, start + b, layout.h, layout.num_units)


@kernel
def small_forward(layout, own, weights, states, inputs):
    """Run layers of one width H from the inputs, B · T · D numbers, to the outputs.

    ``own``, ``weights``, ``states``: pointers to ``Memory``, and to ``Weights`` and ``State`` of each layer in turn.
    """
    memory = matrices_at(Memory, own, 0, inputs)
    w, tokens, width, num_units = memory.w, memory.tokens, memory.w.shape[1], layout.num_units
    num_layers, num_steps, batch_size = layout.num_layers, layout.num_steps, layout.batch_size
    of_layer, depth = (num_steps + 1) * batch_size, layout.c - width
    load_layers(layout, memory, weights, states, matrix_in(inputs, 0, num_steps * batch_size, layout.num_inputs))
    for wave in range(num_steps + num_layers - 1):
        first, last = wave - num_steps + 1 if wave >= num_steps else 0, wave + 1 if wave < num_layers else num_layers
        for layer in range(first, last):
            start = layer * of_layer + (wave - layer) * batch_size
            if wave == layer:
                # Not before, for the x that was stored here reached beyond its own columns.
                load_state(layout, tokens, start, matrices_at(State, states, 2 * layer, inputs))
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
                    scale, bound, one = load(memory.gates, 0, n), load(memory.gates, 1, n), load(memory.gates, 2, n)
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
    start = (num_layers - 1) * of_layer + batch_size
    for t in range(num_steps):
        for b in range(batch_size):
            row = t * layout.step_stride + b * layout.row_stride
            copy_row(tokens, start + t * batch_size + b, layout.h, memory.outputs, row, 0, num_units)


@inlined
def load_gradients(layout, memory, d_states):
    """Write the transposed weights, and ∂L/∂(c, h) of the final state to the rows of gradients."""
    num_gates, width, depth = 4 * layout.num_units, memory.w.shape[1], layout.c - memory.w.shape[1]
    for layer in range(layout.num_layers):
        for k in range(depth):
            for n in range(num_gates):
                memory.w_t[layer * num_gates + n, k] = memory.w[layer * depth + k, n]
        d_state = matrices_at(State, d_states, 2 * layer, memory.w)
        for b in range(layout.batch_size):
            row = layer * layout.batch_size + b
            copy_row(d_state.c, b, 0, memory.d_tokens, row, layout.d_c, layout.num_units)
            copy_row(d_state.h, b, 0, memory.d_tokens, row, layout.h - width, layout.num_units)


@inlined
def go_back(layout, memory, layer, start):
    """The adjoint of a layer's gates and state at one step, whose rows begin at token ``start``."""
    tokens, d_tokens, num_units, h = memory.tokens, memory.d_tokens, layout.num_units, layout.h - memory.w.shape[1]
    for b in range(layout.batch_size):
        token, row = start + b, layer * layout.batch_size + b
        i, j = load(tokens, token, 0), load(tokens, token, num_units)
        f, o = load(tokens, token, 2 * num_units), load(tokens, token, 3 * num_units)
        tanh_c = load(tokens, token, layout.tanh_c)
        # h' is the x of the layer above and the h of the next step: its two gradients add, and so do those of c', used
        # here and by the next step.    h' = o ⊙ tanh(c')
        d_h = load(d_tokens, row + layout.batch_size, h - num_units) + load(d_tokens, row, h)
        d_c = load(d_tokens, row, layout.d_c) + d_h * o * (1 - tanh_c * tanh_c)
        # c' = f ⊙ c + i ⊙ j, and through each gate's σ or tanh back to z
        store(tokens, token, layout.d_z, d_c * j * i * (1 - i))
        store(tokens, token, layout.d_z + num_units, d_c * i * (1 - j * j))
        store(tokens, token, layout.d_z + 2 * num_units, d_c * load(tokens, token, layout.c) * f * (1 - f))
        store(tokens, token, layout.d_z + 3 * num_units, d_h * tanh_c * o * (1 - o))
        store(d_tokens, row, layout.d_c, d_c * f)


@kernel
def small_backward(layout, own, d_states, d_outputs):
    """The adjoint: from ∂L/∂outputs and that of the final states, pointers to ``State``, to all that is left."""
    memory = matrices_at(Memory, own, 0, d_outputs)
    tokens, d_tokens, width, num_units = memory.tokens, memory.d_tokens, memory.w.shape[1], layout.num_units
    num_layers, num_steps, batch_size = layout.num_layers, layout.num_steps, layout.batch_size
    of_layer, depth, h = (num_steps + 1) * batch_size, layout.c - width, layout.h - width
    d_outputs = matrix_in(d_outputs, 0, num_steps * batch_size, num_units)
    load_gradients(layout, memory, d_states)
    for wave in range(num_steps + num_layers - 2, -1, -1):
        first, last = wave - num_steps + 1 if wave >= num_steps else 0, wave + 1 if wave < num_layers else num_layers
        if last == num_layers:
            for b in range(batch_size):
                row = (wave - num_layers + 1) * layout.step_stride + b * layout.row_stride
                copy_row(d_outputs, row, 0, d_tokens, num_layers * batch_size + b, h - num_units, num_units)
        for layer in range(first, last):
            go_back(layout, memory, layer, layer * of_layer + (wave - layer) * batch_size)
        for layer in range(first, last):
            # ∂L/∂[1, x, h] = ∂L/∂z Wᵀ
            start, row = layer * of_layer + (wave - layer) * batch_size, layer * batch_size
            d_z = block(tokens, start, start + batch_size, layout.d_z, layout.d_z + 4 * num_units)
            w_t = rows_of(memory.w_t, layer * 4 * num_units, (layer + 1) * 4 * num_units)
            product(layout.tile, d_z, w_t, block(d_tokens, row, row + batch_size, 0, layout.d_c))
        if first == 0:
            for b in range(batch_size):
                row = wave * layout.step_stride + b * layout.row_stride
                copy_row(d_tokens, b, h - layout.num_inputs, memory.d_x, row, 0, layout.num_inputs)
    for layer in range(num_layers):
        # ∂L/∂W = [1, x, h]ᵀ ∂L/∂z
        one = layout.h - 1 - (layout.num_inputs if layer == 0 else num_units)
        start, end = layer * of_layer, (layer + 1) * of_layer - batch_size
        rows = transposed(block(tokens, start, end, one, layout.c))
        d_w = rows_of(memory.d_w, layer * depth + one - width, (layer + 1) * depth)
        product(layout.tile, rows, block(tokens, start, end, layout.d_z, layout.d_z + width), d_w)
