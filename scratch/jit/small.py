"""Small LSTMs: all layers and all steps, forward or back, in one call of compiled code, in plain loops.

A network such as the echo task's, of 4 units, has so little to compute that calls, packing and sharing out cost more
than the numbers. So here is the LSTM once more, token by token, with nothing between the loops and the equations, which
are those of ``scratch/cells/lstm.py``. Three things keep the processor busy:

- The gates of a token lie side by side, 4H numbers, and one tanh serves them all, because σ(z) = ½ tanh(½ z) + ½: the
  last three rows of ``w`` hold what z is scaled by, what tanh is scaled by, and what is added to it.
- Each part of a step is done for all rows before the next part: the rows do not wait for one another, so while one
  number is on its way through the processor, others follow.
- All units of a row are in one vector, so H is at most its lanes. A vector that is loaded where a gate begins reaches
  into the next one: its first H numbers are right, and of what is stored the next gate's vector overwrites the rest.
"""

from scratch.jit.activations import tanh
from scratch.jit.compiler import compiled
from scratch.jit.shared import borrowed
from scratch.jit.vector import empty_rows, lanes, load, store, whole_vectors


@compiled
def small_forward(kernels, biases, forget_biases, states, x, step_stride, row_stride, depth, w, gates, c, h, outputs):
    """Run layers of one width H from the inputs x [B · T, D] to ``outputs`` [B · T, H].

    - ``kernels``, ``biases``, ``forget_biases``, ``states``: tuples, one entry a layer, a state as (c, h).
    - ``w``: ``depth`` rows a layer, of which the last is the bias.
    - ``gates``: rows [L, T, B]; ``c``, ``h``: rows [L, T + 1, B], each from before the first step on.
    """
    kernels, biases, states, x, w, gates, c, h, outputs = borrowed(
        (kernels, biases, states, x, w, gates, c, h, outputs)
    )
    batch_size, num_units = states[0][0].shape
    num_layers = len(kernels)
    num_steps = len(gates) // (num_layers * batch_size)
    scale, factor, shift = len(w) - 3, len(w) - 2, len(w) - 1
    for gate in range(4):
        for k in range(gate * num_units, (gate + 1) * num_units):
            w[scale, k], w[factor, k], w[shift, k] = (1, 1, 0) if gate == 1 else (0.5, 0.5, 0.5)
    for layer in range(num_layers):
        copy_weights(kernels[layer], biases[layer], forget_biases[layer], w[layer * depth : (layer + 1) * depth])
        num_inputs, bias = len(kernels[layer]) - num_units, (layer + 1) * depth - 1
        start = layer * (num_steps + 1) * batch_size
        for b in range(batch_size):
            for k in range(num_units):
                c[start + b, k], h[start + b, k] = states[layer][0][b, k], states[layer][1][b, k]
        below = h if layer > 0 else x
        for t in range(num_steps):
            for b in range(batch_size):
                token, old = (layer * num_steps + t) * batch_size + b, start + t * batch_size + b
                new = old + batch_size
                row = new - (num_steps + 1) * batch_size if layer > 0 else t * step_stride + b * row_stride
                for n in range(0, 4 * num_units, lanes(w)):
                    # z = [x, h] W + b
                    z = load(w, bias, n)
                    for k in range(num_inputs):
                        z = z + below[row, k] * load(w, layer * depth + k, n)
                    for k in range(num_units):
                        z = z + h[old, k] * load(w, layer * depth + num_inputs + k, n)
                    # i = σ(z_i)    j = tanh(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
                    store(gates, token, n, load(w, factor, n) * tanh(load(w, scale, n) * z) + load(w, shift, n))
            for b in range(batch_size):
                token, old = (layer * num_steps + t) * batch_size + b, start + t * batch_size + b
                new = old + batch_size
                i, j = load(gates, token, 0), load(gates, token, num_units)
                f, o = load(gates, token, 2 * num_units), load(gates, token, 3 * num_units)
                # c' = f ⊙ c + i ⊙ j        h' = o ⊙ tanh(c')
                c_new = f * load(c, old, 0) + i * j
                store(c, new, 0, c_new)
                store(h, new, 0, o * tanh(c_new))
    for t in range(num_steps):
        for b in range(batch_size):
            for k in range(num_units):
                outputs[t * step_stride + b * row_stride, k] = h[start + (t + 1) * batch_size + b, k]


@compiled
def copy_weights(kernel, bias, forget_bias, w):
    """Copy one layer's weights into rows of whole vectors; the forget gate's bias takes in ``forget_bias``."""
    num_units = len(bias) // 4
    for n in range(4 * num_units):
        for k in range(len(kernel)):
            w[k, n] = kernel[k, n]
        w[len(w) - 1, n] = bias[n] + forget_bias if n // num_units == 2 else bias[n]


@compiled
def small_backward(
    kernels, x, step_stride, row_stride, gates, c, h, d_outputs, d_final, d_x, d_initial, d_kernels, d_biases, d_above
):
    """The adjoint: from ∂L/∂outputs and, in ``d_final``, that of the final states to all that of the arguments.

    ``d_above``: rows [T, B] of whole vectors for the gradient of what a layer hands to the one above.
    """
    kernels, x, gates, c, h, d_outputs = borrowed((kernels, x, gates, c, h, d_outputs))
    d_final, d_x, d_initial, d_kernels, d_biases, d_above = borrowed(
        (d_final, d_x, d_initial, d_kernels, d_biases, d_above)
    )
    batch_size, num_units = d_final[0][0].shape
    num_layers = len(kernels)
    num_steps = len(gates) // (num_layers * batch_size)
    size = whole_vectors(num_units, c)
    d_z, d_c = empty_rows(batch_size, gates.shape[1], c), empty_rows(batch_size, size, c)
    d_xh = empty_rows(batch_size, d_above.shape[1] + 2 * size, c)
    w_t = empty_rows(4 * num_units, d_xh.shape[1], c)
    d_w = empty_rows(d_above.shape[1] + num_units + 1, gates.shape[1], c)
    # What stands beside the numbers is computed with them and thrown away, but it must be numbers.
    d_z[:], d_c[:], d_xh[:], w_t[:] = 0, 0, 0, 0
    for t in range(num_steps):
        for b in range(batch_size):
            for k in range(num_units):
                d_above[t * batch_size + b, k] = d_outputs[t * step_stride + b * row_stride, k]
    for layer in range(num_layers - 1, -1, -1):
        kernel = kernels[layer]
        num_inputs = len(kernel) - num_units
        for k in range(len(kernel)):
            for n in range(4 * num_units):
                w_t[n, k] = kernel[k, n]
        d_w[:] = 0
        for b in range(batch_size):
            for k in range(num_units):
                d_c[b, k], d_xh[b, num_inputs + k] = d_final[layer][0][b, k], d_final[layer][1][b, k]
        start = layer * (num_steps + 1) * batch_size
        below = h if layer > 0 else x
        for t in range(num_steps - 1, -1, -1):
            for b in range(batch_size):
                token, old = (layer * num_steps + t) * batch_size + b, start + t * batch_size + b
                new = old + batch_size
                i, j = load(gates, token, 0), load(gates, token, num_units)
                f, o = load(gates, token, 2 * num_units), load(gates, token, 3 * num_units)
                # h' = o ⊙ tanh(c')       c' is used here and by the next step: its two gradients add.
                d_h = load(d_above, t * batch_size + b, 0) + load(d_xh, b, num_inputs)
                tanh_c = tanh(load(c, new, 0))
                d_c_b = load(d_c, b, 0) + d_h * o * (1 - tanh_c * tanh_c)
                # c' = f ⊙ c + i ⊙ j, and through each gate's σ or tanh back to z
                store(d_z, b, 0, d_c_b * j * i * (1 - i))
                store(d_z, b, num_units, d_c_b * i * (1 - j * j))
                store(d_z, b, 2 * num_units, d_c_b * load(c, old, 0) * f * (1 - f))
                store(d_z, b, 3 * num_units, d_h * tanh_c * o * (1 - o))
                store(d_c, b, 0, d_c_b * f)
            for b in range(batch_size):
                # ∂L/∂[x, h] = ∂L/∂z Wᵀ
                for k in range(0, len(kernel), lanes(c)):
                    d_xh_k = d_z[b, 0] * load(w_t, 0, k)
                    for n in range(1, 4 * num_units):
                        d_xh_k = d_xh_k + d_z[b, n] * load(w_t, n, k)
                    store(d_xh, b, k, d_xh_k)
                for k in range(0, num_inputs, lanes(c)):
                    store(d_above, t * batch_size + b, k, load(d_xh, b, k))
            # ∂L/∂W = [x, h]ᵀ ∂L/∂z     ∂L/∂b = ∂L/∂z
            for n in range(0, 4 * num_units, lanes(c)):
                for b in range(batch_size):
                    old = start + t * batch_size + b
                    row = old - num_steps * batch_size if layer > 0 else t * step_stride + b * row_stride
                    d_z_n = load(d_z, b, n)
                    for k in range(num_inputs):
                        store(d_w, k, n, load(d_w, k, n) + below[row, k] * d_z_n)
                    for k in range(num_units):
                        store(d_w, num_inputs + k, n, load(d_w, num_inputs + k, n) + h[old, k] * d_z_n)
                    store(d_w, len(kernel), n, load(d_w, len(kernel), n) + d_z_n)
        for n in range(4 * num_units):
            for k in range(len(kernel)):
                d_kernels[layer][k, n] = d_w[k, n]
            d_biases[layer][n] = d_w[len(kernel), n]
        for b in range(batch_size):
            for k in range(num_units):
                d_initial[layer][0][b, k], d_initial[layer][1][b, k] = d_c[b, k], d_xh[b, num_inputs + k]
    for t in range(num_steps):
        for b in range(batch_size):
            for k in range(d_x.shape[1]):
                d_x[t * step_stride + b * row_stride, k] = d_above[t * batch_size + b, k]
