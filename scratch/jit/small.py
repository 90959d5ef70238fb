"""Small LSTMs: all layers and all steps, forward or back, in one call of compiled code.

A network such as the echo task's, of 4 units, has so little to compute that calls, packing and sharing out cost more
than the numbers. So here is the LSTM once more, with nothing between the loops and the equations, which are those of
``scratch/cells/lstm.py``. All that belongs to a token lies side by side, in one row of a matrix::

    i   j   f   o   1   x   h   c   tanh c'   ∂L/∂z

Its step begins with x, h and c; h' and c' are the next token's, and h' is also the x of the layer above. The gates, and
z before them, take whole vectors; these and those of ∂L/∂z begin on a line of the cache, because a vector that lies
across two of them takes twice as long. What keeps the processor busy:

- Layers run in waves: while the lowest is at step t, the one above is at t − 1, and so on. Tokens of one wave do not
  wait for one another, so while one number is on its way through the processor, others follow.
- The gates of a token are 4H numbers, and one tanh serves them all, because σ(z) = ½ tanh(½ z) + ½: the last three
  rows of ``w`` hold what z is scaled by, what tanh is scaled by, and what is added to it.
- All units of a row are in one vector, so H is at most its lanes. A vector that is loaded where a gate begins reaches
  into the next one: its first H numbers are right. From x on, a row is written from the left to the right, so what is
  stored beside them is overwritten by what stands there.
"""

from scratch.jit.activations import tanh
from scratch.jit.compiler import inlined, kernel
from scratch.jit.shared import as_matrix, matrix_at
from scratch.jit.tile import ROWS, VECTORS, multiply_tile
from scratch.jit.vector import copy_row, greater, lanes, lesser, load, store, whole_vectors


@inlined
def columns(width, depth, num_units, like):
    """Return the columns, in a token's row, of c, tanh c' and ∂L/∂z, given how many gates take, and 1, x and h."""
    c_at = width + depth
    return c_at, c_at + num_units, whole_vectors(c_at + 2 * num_units, like)


@inlined
def column_of_one(layer, h_at, num_inputs, num_units):
    """Return the column of the 1, counted like ``h_at``: x is between it and h, in the lowest layer an input."""
    return h_at - (num_inputs if layer == 0 else num_units) - 1


@inlined
def layers_of_wave(wave, num_layers, num_steps):
    """Return the first layer that has a step in this wave, and the one after the last."""
    return greater(wave - num_steps + 1, 0), lesser(wave + 1, num_layers)


@inlined
def product(code, a, b, c):
    """Compute c = a b, tile by tile; c and b are of whole vectors."""
    width = VECTORS * lanes(c)
    for top in range(0, c.shape[0], ROWS):
        for left in range(0, c.shape[1], width):
            rows, columns = slice(top, top + ROWS), slice(left, left + width)
            multiply_tile(code, a[rows], b[:, columns], c[rows, columns], False)


@kernel
def small_forward(code, batch_size, step_stride, row_stride, h_at, own, weights, states, x):
    """Run layers of one width H from the inputs x, B · T · D numbers, to the outputs.

    - ``step_stride``, ``row_stride``: row b at step t is row ``t * step_stride + b * row_stride`` of x and outputs.
    - ``h_at``: the column of h, counted from the end of the gates. Before it is x, before that the 1, and there may be
      zeros between the gates and the 1.
    - ``own``, ``weights``, ``states``: the places of matrices. Of each layer in turn there are the kernel and the bias,
      and the states c and h; and of this network's own

          w        h_at + H rows a layer, for [1, x, h]; a row a layer with its ``forget_bias``; and three more
          tokens   rows [L, T + 1, B], of which those of the last step have the final state
          outputs  [B · T, H]
    """
    w, tokens, outputs = matrix_at(own, 0, x), matrix_at(own, 1, x), matrix_at(own, 2, x)
    inputs = as_matrix(x)
    num_layers, num_steps = len(weights) // 2, len(inputs) // batch_size
    num_inputs, num_units = inputs.shape[1], outputs.shape[1]
    depth, num_gates, of_layer = h_at + num_units, 4 * num_units, (num_steps + 1) * batch_size
    width = w.shape[1]
    c_at, tanh_c_at, _ = columns(width, depth, num_units, w)
    forget_biases, scale, factor, shift = num_layers * depth, len(w) - 3, len(w) - 2, len(w) - 1
    for layer in range(num_layers):
        kernel, bias_at = matrix_at(weights, 2 * layer, x), layer * depth
        bias_at += column_of_one(layer, h_at, num_inputs, num_units)
        copy_row(matrix_at(weights, 2 * layer + 1, x), 0, 0, w, bias_at, 0, num_gates)
        for n in range(0, num_gates, lanes(w)):
            store(w, bias_at, n, load(w, bias_at, n) + load(w, forget_biases + layer, n))
        for k in range(len(kernel)):
            copy_row(kernel, k, 0, w, bias_at + 1 + k, 0, num_gates)
    for t in range(num_steps):
        for b in range(batch_size):
            for k in range(num_inputs):
                tokens[t * batch_size + b, width + h_at - num_inputs + k] = inputs[t * step_stride + b * row_stride, k]
    for wave in range(num_steps + num_layers - 1):
        first, last = layers_of_wave(wave, num_layers, num_steps)
        for layer in range(first, last):
            start = layer * of_layer + (wave - layer) * batch_size
            step = tokens[start : start + batch_size]
            if wave == layer:
                # Not before, for the x that was stored here reached beyond its own columns.
                c, h = matrix_at(states, 2 * layer, x), matrix_at(states, 2 * layer + 1, x)
                for b in range(batch_size):
                    for k in range(num_units):
                        step[b, c_at + k], step[b, width + h_at + k] = c[b, k], h[b, k]
            # z = [x, h] W + b
            one_at = column_of_one(layer, h_at, num_inputs, num_units)
            weights_of_layer = w[layer * depth + one_at : (layer + 1) * depth]
            product(code, step[:, width + one_at : c_at], weights_of_layer, step[:, :width])
        for layer in range(first, last):
            start = layer * of_layer + (wave - layer) * batch_size
            for token in range(start, start + batch_size):
                for n in range(0, num_gates, lanes(w)):
                    # i = σ(z_i)    j = tanh(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
                    z = load(tokens, token, n)
                    store(tokens, token, n, load(w, factor, n) * tanh(load(w, scale, n) * z) + load(w, shift, n))
        for layer in range(first, last):
            start = layer * of_layer + (wave - layer) * batch_size
            for token in range(start, start + batch_size):
                i, j = load(tokens, token, 0), load(tokens, token, num_units)
                f, o = load(tokens, token, 2 * num_units), load(tokens, token, 3 * num_units)
                # c' = f ⊙ c + i ⊙ j        h' = o ⊙ tanh(c')
                c_new = f * load(tokens, token, c_at) + i * j
                tanh_c = tanh(c_new)
                h_new = o * tanh_c
                store(tokens, token, tanh_c_at, tanh_c)
                if layer + 1 < num_layers:
                    store(tokens, token + of_layer, width + h_at - num_units, h_new)
                store(tokens, token + batch_size, width + h_at, h_new)
                store(tokens, token + batch_size, c_at, c_new)
    start = (num_layers - 1) * of_layer + batch_size
    for t in range(num_steps):
        for b in range(batch_size):
            for k in range(num_units):
                outputs[t * step_stride + b * row_stride, k] = tokens[start + t * batch_size + b, width + h_at + k]


@kernel
def small_backward(code, batch_size, step_stride, row_stride, h_at, own, d_states, d_outputs):
    """The adjoint: from ∂L/∂outputs and that of the final states to all that is left.

    ``d_states`` are places like ``states``. Of this network's own are, beside w and tokens of the forward pass,

        w_t       4H rows a layer, its weights transposed
        d_tokens  rows [L + 1, B] of ∂L/∂[1, x, h] and, where the next vector begins, ∂L/∂c: in the end those of the
                  initial state. The last B rows have ∂L/∂outputs for x
        d_x       ∂L/∂x [B · T, D]
        d_w       ∂L/∂W, in rows like those of w
    """
    w, tokens = matrix_at(own, 0, d_outputs), matrix_at(own, 1, d_outputs)
    w_t, d_tokens = matrix_at(own, 3, d_outputs), matrix_at(own, 4, d_outputs)
    d_x, d_w = matrix_at(own, 5, d_outputs), matrix_at(own, 6, d_outputs)
    d_of_steps = as_matrix(d_outputs)
    num_layers, num_steps = len(d_states) // 2, len(d_x) // batch_size
    num_inputs, num_units = d_x.shape[1], d_of_steps.shape[1]
    depth, num_gates, of_layer = h_at + num_units, 4 * num_units, (num_steps + 1) * batch_size
    width = w.shape[1]
    c_at, tanh_c_at, d_z_at = columns(width, depth, num_units, w)
    d_c_at = whole_vectors(depth, w)
    for layer in range(num_layers):
        for k in range(depth):
            for n in range(num_gates):
                w_t[layer * num_gates + n, k] = w[layer * depth + k, n]
        d_c, d_h = matrix_at(d_states, 2 * layer, w), matrix_at(d_states, 2 * layer + 1, w)
        for b in range(batch_size):
            for k in range(num_units):
                row = layer * batch_size + b
                d_tokens[row, d_c_at + k], d_tokens[row, h_at + k] = d_c[b, k], d_h[b, k]
    for wave in range(num_steps + num_layers - 2, -1, -1):
        first, last = layers_of_wave(wave, num_layers, num_steps)
        if last == num_layers:
            t = wave - num_layers + 1
            for b in range(batch_size):
                for k in range(num_units):
                    d_output = d_of_steps[t * step_stride + b * row_stride, k]
                    d_tokens[num_layers * batch_size + b, h_at - num_units + k] = d_output
        for layer in range(first, last):
            start = layer * of_layer + (wave - layer) * batch_size
            for b in range(batch_size):
                token, row = start + b, layer * batch_size + b
                i, j = load(tokens, token, 0), load(tokens, token, num_units)
                f, o = load(tokens, token, 2 * num_units), load(tokens, token, 3 * num_units)
                tanh_c = load(tokens, token, tanh_c_at)
                # h' is the x of the layer above and the h of the next step: its two gradients add, and so do those of
                # c', used here and by the next step.    h' = o ⊙ tanh(c')
                d_h = load(d_tokens, row + batch_size, h_at - num_units) + load(d_tokens, row, h_at)
                d_c = load(d_tokens, row, d_c_at) + d_h * o * (1 - tanh_c * tanh_c)
                # c' = f ⊙ c + i ⊙ j, and through each gate's σ or tanh back to z
                store(tokens, token, d_z_at, d_c * j * i * (1 - i))
                store(tokens, token, d_z_at + num_units, d_c * i * (1 - j * j))
                store(tokens, token, d_z_at + 2 * num_units, d_c * load(tokens, token, c_at) * f * (1 - f))
                store(tokens, token, d_z_at + 3 * num_units, d_h * tanh_c * o * (1 - o))
                store(d_tokens, row, d_c_at, d_c * f)
        for layer in range(first, last):
            start = layer * of_layer + (wave - layer) * batch_size
            # ∂L/∂[1, x, h] = ∂L/∂z Wᵀ
            d_z = tokens[start : start + batch_size, d_z_at : d_z_at + num_gates]
            d_rows = d_tokens[layer * batch_size : (layer + 1) * batch_size, :d_c_at]
            product(code, d_z, w_t[layer * num_gates : (layer + 1) * num_gates], d_rows)
        if first == 0:
            for b in range(batch_size):
                for k in range(num_inputs):
                    d_x[wave * step_stride + b * row_stride, k] = d_tokens[b, h_at - num_inputs + k]
    for layer in range(num_layers):
        # ∂L/∂W = [1, x, h]ᵀ ∂L/∂z
        steps = tokens[layer * of_layer : (layer + 1) * of_layer - batch_size]
        d_z = steps[:, d_z_at : d_z_at + width]
        one_at = column_of_one(layer, h_at, num_inputs, num_units)
        product(code, steps[:, width + one_at : c_at].T, d_z, d_w[layer * depth + one_at : (layer + 1) * depth])
