"""The GRU of TF1 through a whole sequence, forward and back, compiled: the reset gate before the product.

The equations are those of ``scratch/cells/gru.py``; what all cells share is told in ``scratch/jit/rnn.py``. A token's
row of the tape is [h, x, 1, r ⊙ h]: its first three parts lead to z_r and z_u, its last three to z_n. A row of z is
[z_r, z_u, z_n], each overwritten by r, u, n.
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


class GRULayer(Layer):
    """``GRUCell`` without ``reset_after``."""

    def __init__(self, cell, input_size, dtype):
        super().__init__(cell, input_size, dtype)
        size, num_inputs = self.size, input_size + cell.num_units
        self.row_width, self.z_width = 2 * size + input_size + 1, 3 * size
        gates = (
            (("gates", "kernel"), input_size, num_inputs, 0),
            (("gates", "kernel"), 0, input_size, size),
            (("gates", "bias"), 0, 1, size + input_size),
        )
        candidate = (
            (("candidate", "kernel"), 0, input_size, 0),
            (("candidate", "bias"), 0, 1, input_size),
            (("candidate", "kernel"), input_size, num_inputs, input_size + 1),
        )
        self.forward_room = [size]
        self.backward_room = [size + padded(input_size + 1 + size, dtype)]
        self.products = [
            Product((0, size + input_size + 1), (0, 2 * size), gates, cell.num_units, self.dtype),
            Product((size, self.row_width), (2 * size, 3 * size), candidate, cell.num_units, self.dtype),
        ]

    def forward(self, weights, tape, x, h, memories, outputs, room, part):
        code, kept = tile_code(self.dtype), (tape.rows, tape.z)
        gru_forward(code, *weights, self.relu, tape.schedule, x, h, *kept, outputs, *room, part)

    def backward(self, weights, tape, d_outputs, d_h, d_memories, d_z, d_w, d_x, room, part):
        through = tape.rows, tape.z, d_outputs, d_h, d_z, *d_w, d_x, *room, part
        gru_backward(tile_code(self.dtype), *weights, self.relu, tape.schedule, *through)


@kernel
def gru_forward(code, w_gates, w_candidate, relu, schedule, x, h_state, rows, gates, outputs, h_new, part):
    """Run a part through all steps: from the inputs x to ``outputs``, r, u and n of every token.

    ``h_state`` [B, H], the initial state, becomes the final one.
    """
    size = gates.shape[1] // 3
    rh_at = size + x.shape[1] + 1
    h_new = of_part(schedule, part, h_new)
    read_states(schedule, part, h_state, rows_of_step(schedule, 0, part, rows), 0)
    for t in range(len(schedule.live)):
        token, live = span(schedule, t, part)
        if live == 0:
            break
        row, z = rows[token : token + live, :], gates[token : token + live, :]
        read_inputs(schedule, t, part, x, row, size)
        ask_for_rows(schedule, t + 1, part, x)
        ask_for_rows(schedule, t + 1, part, outputs)
        # [z_r, z_u] = [x, h] W + b
        soon = rows_of_step(schedule, t + 1, part, gates)
        multiply(code, row[:, :rh_at], w_gates, z[:, : 2 * size], False, soon)
        clear_padding(z[:, : 2 * size], outputs.shape[1], size)
        for i in range(live):
            for k in range(0, size, lanes(z)):
                # r = σ(z_r)    u = σ(z_u)
                r, u = sigmoid(load(z, i, k)), sigmoid(load(z, i, size + k))
                store(row, i, rh_at + k, r * load(row, i, k))
                store(z, i, k, r)
                store(z, i, size + k, u)
        # z_n = [x, r ⊙ h] W_n + b_n
        soon = rows_of_step(schedule, t + 1, part, rows)
        multiply(code, row[:, size:], w_candidate, z[:, 2 * size :], False, soon)
        clear_padding(z[:, 2 * size :], outputs.shape[1], size)
        for i in range(live):
            for k in range(0, size, lanes(z)):
                # n = φ(z_n)    h' = u ⊙ h + (1 − u) ⊙ n
                u, candidate = load(z, i, size + k), value(relu, load(z, i, 2 * size + k))
                store(h_new, i, k, u * load(row, i, k) + (1 - u) * candidate)
                store(z, i, 2 * size + k, candidate)
        hand_on(schedule, t, part, h_new[:live], outputs, rows, 0, h_state)


@kernel
def gru_backward(
    code, w_gates, w_candidate, relu, schedule, rows, gates, d_outputs, d_h_state, d_z, d_w_gates, d_w_candidate, d_x,
    d_rows, part,
):  # fmt: skip
    """The adjoint of a part's steps: from ∂L/∂h' to ∂L/∂h in its place, ∂L/∂W and ∂L/∂x."""
    size = gates.shape[1] // 3
    rh_at = size + d_x.shape[1] + 1
    # Gradients of [h, x, 1, r ⊙ h].
    d_rows = of_part(schedule, part, d_rows)
    count = len(d_rows)
    read_states(schedule, part, d_h_state, d_rows, 0)
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
        add_from_rows(schedule, t, part, d_outputs, d_row, 0)
        for i in range(live):
            for k in range(0, size, lanes(d_z)):
                # h' = u ⊙ h + (1 − u) ⊙ n    n = φ(z_n)    u = σ(z_u)
                u, candidate, h = load(z, i, size + k), load(z, i, 2 * size + k), load(row, i, k)
                d_h = load(d_row, i, k)
                store(d_z_t, i, 2 * size + k, d_h * (1 - u) * slope(relu, candidate))
                store(d_z_t, i, size + k, d_h * (h - candidate) * u * (1 - u))
                store(d_row, i, k, d_h * u)
        ask_for_rows(schedule, t - 1, part, d_outputs)
        ask_for_rows(schedule, t - 1, part, d_x)
        # ∂L/∂[x, 1, r ⊙ h] = ∂L/∂z_n W_nᵀ
        soon = rows_of_step(schedule, t - 1, part, gates)
        multiply_transposed(code, d_z_t[:, 2 * size :], w_candidate, d_row, False, soon)
        for i in range(live):
            for k in range(0, size, lanes(d_z)):
                # r ⊙ h    r = σ(z_r)
                r, h, d_rh = load(z, i, k), load(row, i, k), load(d_row, i, rh_at + k)
                store(d_z_t, i, k, d_rh * h * r * (1 - r))
                store(d_row, i, k, load(d_row, i, k) + d_rh * r)
        # ∂L/∂[h, x] += ∂L/∂[z_r, z_u] Wᵀ
        soon = rows_of_step(schedule, t - 1, part, rows)
        multiply_transposed(code, d_z_t[:, : 2 * size], w_gates, d_row, True, soon)
        copy_to_rows(schedule, t, part, d_row, size, d_x)
        if t == first_step:
            row_block, d_z_block = rows[first_token : first_token + num_tokens, :], d_z[:num_tokens, :]
            # ∂L/∂W = Σ [h, x, 1]ᵀ ∂L/∂[z_r, z_u]      ∂L/∂W_n = Σ [x, 1, r ⊙ h]ᵀ ∂L/∂z_n
            add_gradient(code, row_block, 0, d_z_block, 0, d_w_gates, add)
            add_gradient(code, row_block, size, d_z_block, 2 * size, d_w_candidate, add)
            add = True
    write_states(schedule, part, 0, count, d_rows, 0, d_h_state)
