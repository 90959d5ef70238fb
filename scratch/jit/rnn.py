"""The vanilla recurrent network through a whole sequence, forward and back, in compiled loops.

The equations are those of ``scratch/cells/rnn.py``. What a loop over the whole sequence can do that a cell cannot:
the products of all inputs with W are one large product before the loop, and the gradient of W is one large product
after it. Rows past their length are skipped, so nothing they hold is ever used.
"""

import numpy as np

from scratch.jit.activations import slope, value
from scratch.jit.compiler import compiled


@compiled
def rnn_forward(kernel, bias, relu, x, lengths, h_0):
    """Return ``(outputs [T, B, H], h [T + 1, B, H])`` for x [T, B, D]; h[t] is the state before step t."""
    num_steps, batch_size, input_size = x.shape
    num_units = bias.size
    w_x, w_h = kernel[:input_size], kernel[input_size:]
    z_x = np.dot(x.reshape(-1, input_size), w_x).reshape(num_steps, batch_size, num_units)
    h = np.empty((num_steps + 1, batch_size, num_units), x.dtype)
    outputs = np.zeros((num_steps, batch_size, num_units), x.dtype)
    h[0] = h_0
    for t in range(num_steps):
        z_h = np.dot(h[t], w_h)
        for b in range(batch_size):
            if t >= lengths[b]:
                h[t + 1, b] = h[t, b]
                continue
            for k in range(num_units):
                # h' = φ([x, h] W + b)
                h[t + 1, b, k] = value(relu, z_x[t, b, k] + z_h[b, k] + bias[k])
            outputs[t, b] = h[t + 1, b]
    return outputs, h


@compiled
def rnn_backward(kernel, relu, x, lengths, h, d_outputs, d_h_final):
    """Return ``(d_x, d_h_0, d_kernel, d_bias)``, the adjoint of ``rnn_forward``."""
    num_steps, batch_size, input_size = x.shape
    num_units = h.shape[2]
    w_x_t, w_h_t = kernel[:input_size].T.copy(), kernel[input_size:].T.copy()
    d_z = np.zeros((num_steps, batch_size, num_units), x.dtype)
    d_h = d_h_final.copy()
    for t in range(num_steps - 1, -1, -1):
        for b in range(batch_size):
            if t < lengths[b]:
                for k in range(num_units):
                    d_z[t, b, k] = (d_outputs[t, b, k] + d_h[b, k]) * slope(relu, h[t + 1, b, k])
        # ∂L/∂h = ∂L/∂z W_hᵀ, in the live rows; a dead row's ∂L/∂h passes by untouched.
        d_h_prev = np.dot(d_z[t], w_h_t)
        for b in range(batch_size):
            if t < lengths[b]:
                d_h[b] = d_h_prev[b]
    d_z_flat = d_z.reshape(-1, num_units)
    d_x = np.dot(d_z_flat, w_x_t).reshape(x.shape)
    d_kernel = np.empty_like(kernel)
    d_kernel[:input_size] = np.dot(x.reshape(-1, input_size).T, d_z_flat)
    # Zeros for the state of dead rows, whatever it holds: 0 · NaN would not be 0.
    h_live = h[:-1].copy()
    for b in range(batch_size):
        h_live[lengths[b] :, b] = 0
    d_kernel[input_size:] = np.dot(h_live.reshape(-1, num_units).T, d_z_flat)
    return d_x, d_h, d_kernel, d_z_flat.sum(axis=0)
