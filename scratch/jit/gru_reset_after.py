"""The GRU of cuDNN and Keras through a whole sequence, forward and back, compiled: the reset gate after the product.

The equations are those of ``scratch/cells/gru.py``; what all cells share is told in ``scratch/jit/rnn.py``. A token's
row of the tape is [x, 1, h]: all of it leads to z_r and z_u, its first two parts to the input's side of z_n, its last
two to z_h. A row of z is [z_r, z_u, z_n, z_h], the first three overwritten by r, u, n.
"""

from scratch.jit.activations import sigmoid, slope, value
from scratch.jit.compiler import kernel
from scratch.jit.layer import Layer
from scratch.jit.products import add_gradient, clear_padding, multiply, multiply_transposed
from scratch.jit.rows import add_from_rows, ask_for_rows, copy_to_rows, hand_on, read_inputs, read_states, write_states
from scratch.jit.schedule import block_before, of_part, rows_of_step, span
from scratch.jit.tile import tile_code
from scratch.jit.vector import lanes, load, padded, store
from scratch.jit.weights import Product


class GRUResetAfterLayer(Layer):
    """``GRUCell`` with ``reset_after``."""

    def __init__(self, cell, input_size, dtype):
        super().__init__(cell, input_size, dtype)
        size, num_units, h_at = self.size, cell.num_units, input_size + 1
        self.row_width, self.z_width = h_at + size, 4 * size
        gates = (
            (("gates", "kernel"), 0, input_size, 0),
            (("gates", "bias"), 0, 1, input_size),
            (("gates", "kernel"), input_size, input_size + num_units, h_at),
        )
        inputs = (
            (("candidate", "input_projection", "kernel"), 0, input_size, 0),
            (("candidate", "input_projection", "bias"), 0, 1, input_size),
        )
        hidden = (
            (("candidate", "hidden_projection", "bias"), 0, 1, 0),
            (("candidate", "hidden_projection", "kernel"), 0, num_units, 1),
        )
        self.forward_room = [size]
        # Wide enough for the whole vectors of [1, h], too.
        self.backward_room = [size, padded(h_at + size, dtype) + padded(1, dtype)]
        self.products = [
            Product((0, self.row_width), (0, 2 * size), gates, cell.num_units, self.dtype),
            Product((0, h_at), (2 * size, 3 * size), inputs, cell.num_units, self.dtype),
            Product((input_size, self.row_width), (3 * size, 4 * size), hidden, cell.num_units, self.dtype),
        ]

    def forward(self, weights, tape, x, h, memories, outputs, room, part):
        code, kept = tile_code(self.dtype), (tape.rows, tape.z)
        gru_reset_after_forward(code, *weights, self.relu, tape.schedule, x, h, *kept, outputs, *room, part)

    def backward(self, weights, tape, d_outputs, d_h, d_memories, d_z, d_w, d_x, room, part):
        through = tape.rows, tape.z, d_outputs, d_h, d_z, *d_w, d_x, *room, part
        gru_reset_after_backward(tile_code(self.dtype), *weights, self.relu, tape.schedule, *through)


@kernel
def gru_reset_after_forward(
    code, w_gates, w_input, w_hidden, relu, schedule, x, h_state, rows, gates, outputs, h_new, part
):
    """Run a part through all steps: from the inputs x to ``outputs``, r, u, n and z_h of every token.

    ``h_state`` [B, H], the initial state, becomes the final one.
    """
    size = gates.shape[1] // 4
    one_at = x.shape[1]
    h_at = one_at + 1
    h_new = of_part(schedule, part, h_new)
    read_states(schedule, part, h_state, rows_of_step(schedule, 0, part, rows), h_at)
    for t in range(len(schedule.live)):
        token, live = span(schedule, t, part)
        if live == 0:
            break
        row, z = rows[token : token + live, :], gates[token : token + live, :]
        read_inputs(schedule, t, part, x, row, 0)
        ask_for_rows(schedule, t + 1, part, x)
        ask_for_rows(schedule, t + 1, part, outputs)
        # [z_r, z_u] = [x, h] W + b      z_n = x W_x + b_x + r ⊙ z_h      z_h = h W_h + b_h
        rows_soon = rows_of_step(schedule, t + 1, part, rows)
        z_soon = rows_of_step(schedule, t + 1, part, gates)
        multiply(code, row[:, :], w_gates, z[:, : 2 * size], False, z_soon)
        multiply(code, row[:, :h_at], w_input, z[:, 2 * size : 3 * size], False, z_soon[:0])
        multiply(code, row[:, one_at:], w_hidden, z[:, 3 * size :], False, rows_soon)
        clear_padding(z, outputs.shape[1], size)
        for i in range(live):
            for k in range(0, size, lanes(z)):
                # r = σ(z_r)    u = σ(z_u)    n = φ(z_n)    h' = u ⊙ h + (1 − u) ⊙ n
                r, u = sigmoid(load(z, i, k)), sigmoid(load(z, i, size + k))
                candidate = value(relu, load(z, i, 2 * size + k) + r * load(z, i, 3 * size + k))
                store(h_new, i, k, u * load(row, i, h_at + k) + (1 - u) * candidate)
                store(z, i, k, r)
                store(z, i, size + k, u)
                store(z, i, 2 * size + k, candidate)
        hand_on(schedule, t, part, h_new[:live], outputs, rows, h_at, h_state)


@kernel
def gru_reset_after_backward(
    code, w_gates, w_input, w_hidden, relu, schedule, rows, gates, d_outputs, d_h_state, d_z,
    d_w_gates, d_w_input, d_w_hidden, d_x, d_h_kept, d_rows, part,
):  # fmt: skip
    """The adjoint of a part's steps: from ∂L/∂h' to ∂L/∂h in its place, ∂L/∂W and ∂L/∂x."""
    size = gates.shape[1] // 4
    one_at = d_x.shape[1]
    h_at = one_at + 1
    # Gradients of [x, 1, h].
    d_h_kept, d_rows = of_part(schedule, part, d_h_kept), of_part(schedule, part, d_rows)
    count = len(d_rows)
    read_states(schedule, part, d_h_state, d_rows, h_at)
    first_step, first_token, num_tokens, add = len(schedule.live), 0, 0, False
    for t in range(len(schedule.live) - 1, -1, -1):
        token, live = span(schedule, t, part)
        if live == 0:
            continue
        if t < first_step:
            first_step, first_token, num_tokens = block_before(schedule, part, t, len(d_z))
        row, z = rows[token : token + live, :], gates[token : token + live, :]
        d_row, d_z_t = d_rows[:live], d_z[token - first_token :, :][:live, :]
        # The output and the new state are one array, h', used twice: its two gradients add.
        add_from_rows(schedule, t, part, d_outputs, d_row, h_at)
        for i in range(live):
            for k in range(0, size, lanes(d_z)):
                # h' = u ⊙ h + (1 − u) ⊙ n    n = φ(z_n)    z_n = x W_x + b_x + r ⊙ z_h    r = σ(z_r)    u = σ(z_u)
                r, u = load(z, i, k), load(z, i, size + k)
                candidate, z_h = load(z, i, 2 * size + k), load(z, i, 3 * size + k)
                d_h = load(d_row, i, h_at + k)
                d_z_n = d_h * (1 - u) * slope(relu, candidate)
                store(d_z_t, i, k, d_z_n * z_h * r * (1 - r))
                store(d_z_t, i, size + k, d_h * (load(row, i, h_at + k) - candidate) * u * (1 - u))
                store(d_z_t, i, 2 * size + k, d_z_n)
                store(d_z_t, i, 3 * size + k, d_z_n * r)
                store(d_h_kept, i, k, d_h * u)
        rows_soon = rows_of_step(schedule, t - 1, part, rows)
        z_soon = rows_of_step(schedule, t - 1, part, gates)
        ask_for_rows(schedule, t - 1, part, d_outputs)
        ask_for_rows(schedule, t - 1, part, d_x)
        # x is read in two places, h in three: their gradients add.
        multiply_transposed(code, d_z_t[:, : 2 * size], w_gates, d_row, False, z_soon)
        multiply_transposed(code, d_z_t[:, 2 * size : 3 * size], w_input, d_row, True, z_soon[:0])
        multiply_transposed(code, d_z_t[:, 3 * size :], w_hidden, d_row, True, rows_soon)
        for i in range(live):
            for k in range(0, size, lanes(d_z)):
                store(d_row, i, h_at + k, load(d_row, i, h_at + k) + load(d_h_kept, i, k))
        copy_to_rows(schedule, t, part, d_row, 0, d_x)
        if t == first_step:
            row_block, d_z_block = rows[first_token : first_token + num_tokens, :], d_z[:num_tokens, :]
            # ∂L/∂W = Σ [x, 1, h]ᵀ ∂L/∂[z_r, z_u]      ∂L/∂W_x = Σ [x, 1]ᵀ ∂L/∂z_n      ∂L/∂W_h = Σ [1, h]ᵀ ∂L/∂z_h
            add_gradient(code, row_block, 0, d_z_block, 0, d_w_gates, add)
            add_gradient(code, row_block, 0, d_z_block, 2 * size, d_w_input, add)
            add_gradient(code, row_block, one_at, d_z_block, 3 * size, d_w_hidden, add)
            add = True
    write_states(schedule, part, 0, count, d_rows, h_at, d_h_state)
