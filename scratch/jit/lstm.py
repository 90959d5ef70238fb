"""The LSTM through a whole sequence, forward and back, in compiled loops.

The equations are those of ``scratch/cells/lstm.py``, the loop that of ``scratch/jit/rnn.py``: one product of all inputs
with W before it, one product for the gradient of W after it, and rows past their length are skipped. The four gates of
a step lie side by side in ``gates[t, b]``, in the order i, j, f, o of the kernel's columns.
"""

import numpy as np

from scratch.jit.activations import sigmoid, slope, value
from scratch.jit.compiler import compiled


@compiled
def lstm_forward(kernel, bias, forget_bias, relu, x, lengths, c_0, h_0):
    """Return ``(outputs [T, B, H], c and h [T + 1, B, H], gates [T, B, 4H])`` for x [T, B, D].

    c[t] and h[t] are the state before step t.
    """
    num_steps, batch_size, input_size = x.shape
    num_units = bias.size // 4
    w_x, w_h = kernel[:input_size], kernel[input_size:]
    gates = np.dot(x.reshape(-1, input_size), w_x).reshape(num_steps, batch_size, 4 * num_units)
    c = np.empty((num_steps + 1, batch_size, num_units), x.dtype)
    h = np.empty((num_steps + 1, batch_size, num_units), x.dtype)
    outputs = np.zeros((num_steps, batch_size, num_units), x.dtype)
    c[0], h[0] = c_0, h_0
    for t in range(num_steps):
        # z = [x, h] W + b
        z_h = np.dot(h[t], w_h)
        for b in range(batch_size):
            if t >= lengths[b]:
                c[t + 1, b], h[t + 1, b] = c[t, b], h[t, b]
                continue
            for k in range(4 * num_units):
                gates[t, b, k] += z_h[b, k] + bias[k]
            z_i, z_j, z_f, z_o = split(gates[t, b])
            for k in range(num_units):
                # i = σ(z_i)    j = φ(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
                i, j = sigmoid(z_i[k]), value(relu, z_j[k])
                f, o = sigmoid(z_f[k] + forget_bias), sigmoid(z_o[k])
                # c' = f ⊙ c + i ⊙ j        h' = o ⊙ φ(c')
                c[t + 1, b, k] = f * c[t, b, k] + i * j
                h[t + 1, b, k] = o * value(relu, c[t + 1, b, k])
                z_i[k], z_j[k], z_f[k], z_o[k] = i, j, f, o
            outputs[t, b] = h[t + 1, b]
    return outputs, c, h, gates


@compiled
def lstm_backward(kernel, relu, x, lengths, c, h, gates, d_outputs, d_c_final, d_h_final):
    """Return ``(d_x, d_c_0, d_h_0, d_kernel, d_bias)``, the adjoint of ``lstm_forward``."""
    num_steps, batch_size, input_size = x.shape
    num_units = h.shape[2]
    w_x_t, w_h_t = kernel[:input_size].T.copy(), kernel[input_size:].T.copy()
    d_z = np.zeros_like(gates)
    d_c, d_h = d_c_final.copy(), d_h_final.copy()
    for t in range(num_steps - 1, -1, -1):
        for b in range(batch_size):
            if t >= lengths[b]:
                continue
            i, j, f, o = split(gates[t, b])
            d_z_i, d_z_j, d_z_f, d_z_o = split(d_z[t, b])
            for k in range(num_units):
                # h' = o ⊙ φ(c')
                phi_c = value(relu, c[t + 1, b, k])
                d_h_k = d_outputs[t, b, k] + d_h[b, k]
                d_c_k = d_c[b, k] + d_h_k * o[k] * slope(relu, phi_c)
                # c' = f ⊙ c + i ⊙ j, and through each gate's φ or σ back to z
                d_z_i[k] = d_c_k * j[k] * i[k] * (1 - i[k])
                d_z_j[k] = d_c_k * i[k] * slope(relu, j[k])
                d_z_f[k] = d_c_k * c[t, b, k] * f[k] * (1 - f[k])
                d_z_o[k] = d_h_k * phi_c * o[k] * (1 - o[k])
                d_c[b, k] = d_c_k * f[k]
        # ∂L/∂h = ∂L/∂z W_hᵀ, in the live rows; a dead row's ∂L/∂h passes by untouched.
        d_h_prev = np.dot(d_z[t], w_h_t)
        for b in range(batch_size):
            if t < lengths[b]:
                d_h[b] = d_h_prev[b]
    d_z_flat = d_z.reshape(-1, 4 * num_units)
    d_x = np.dot(d_z_flat, w_x_t).reshape(x.shape)
    d_kernel = np.empty_like(kernel)
    d_kernel[:input_size] = np.dot(x.reshape(-1, input_size).T, d_z_flat)
    # Zeros for the state of dead rows, whatever it holds: 0 · NaN would not be 0.
    h_live = h[:-1].copy()
    for b in range(batch_size):
        h_live[lengths[b] :, b] = 0
    d_kernel[input_size:] = np.dot(h_live.reshape(-1, num_units).T, d_z_flat)
    return d_x, d_c, d_h, d_kernel, d_z_flat.sum(axis=0)


@compiled
def split(gates):
    """Return the four quarters of one row [4H], as views that can be written to."""
    num_units = gates.size // 4
    return (
        gates[:num_units],
        gates[num_units : 2 * num_units],
        gates[2 * num_units : 3 * num_units],
        gates[3 * num_units :],
    )
