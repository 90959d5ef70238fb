"""The LSTM with peepholes, clipping and projection through a whole sequence, forward and back, compiled.

The equations are those of ``scratch/cells/full_lstm.py``; what all cells share is told in ``scratch/jit/rnn.py``. A
token's row of the tape is [h, x, 1, m]: its first three parts lead to z_i, z_j, z_f, z_o, and m, where it is projected,
to z_p. A row of z is [z_i, z_j, z_f, z_o, z_p], the first four overwritten by their gates.
"""

import numpy as np

from scratch.jit.activations import clip, is_within, sigmoid, slope, value
from scratch.jit.compiler import kernel
from scratch.jit.layer import Layer
from scratch.jit.memory import zeros
from scratch.jit.products import add_gradient, clear_padding, multiply, multiply_transposed
from scratch.jit.rows import add_from_rows, ask_for_rows, copy_to_rows, hand_on, read_inputs, read_states, write_states
from scratch.jit.schedule import before, block_before, of_part, rows_of_step, span
from scratch.jit.tile import tile_code
from scratch.jit.vector import copy_row, lanes, load, padded, store
from scratch.jit.weights import Product, h_x_1

DIAGONALS = ("w_i_diag", "w_f_diag", "w_o_diag")


class FullLSTMLayer(Layer):
    """``LSTMCell`` and ``LSTMBlockCell``."""

    def __init__(self, cell, input_size, dtype):
        super().__init__(cell, input_size, dtype)
        m_at, gates = self.h_size + input_size + 1, 4 * self.size
        self.row_width, self.z_width = m_at, gates
        self.products = [h_x_1(self, gates)]
        if cell.num_proj is not None:
            self.row_width, self.z_width = m_at + self.size, gates + self.h_size
            projection = ((("projection", "kernel"), 0, cell.num_units, 0),)
            columns = (m_at, self.row_width), (gates, self.z_width)
            self.products.append(Product(*columns, projection, cell.num_proj, self.dtype))
        self.forward_room, self.backward_room = [self.size, self.h_size], [self.size, padded(m_at + self.size, dtype)]
        self.cell_clip, self.proj_clip = (
            np.inf if bound is None else float(bound) for bound in (cell.cell_clip, cell.proj_clip)
        )
        # LSTMBlockCell clips c', but lets its gradient through.
        self.gradient_clip = self.cell_clip if cell.clipping_stops_gradients else np.inf

    def forward(self, weights, tape, x, h, memories, outputs, room, part):
        options = self.cell.use_peepholes, float(self.cell.forget_bias), self.relu, self.cell_clip, self.proj_clip
        kept, states = (tape.rows, tape.z, *tape.memories), (*memories, h)
        matrices = weights[0], weights[-1], self.diagonals(tape.params), self.num_units
        through = x, *states, *kept, outputs, *room, part
        full_lstm_forward(tile_code(self.dtype), *matrices, *options, tape.schedule, *through)

    def backward(self, weights, tape, d_outputs, d_h, d_memories, d_z, d_w, d_x, room, part):
        options = self.cell.use_peepholes, self.relu, self.gradient_clip, self.proj_clip
        kept, carried = (tape.rows, tape.z, *tape.memories), (*d_memories, d_h)
        matrices = weights[0], weights[-1], self.diagonals(tape.params)
        # The one before the last is d_w[0] where nothing is projected, and then not looked at.
        through = d_outputs, *carried, d_z, d_w[0], d_w[-2], d_w[-1], d_x, *room, part
        full_lstm_backward(tile_code(self.dtype), *matrices, *options, tape.schedule, *kept, *through)

    def diagonals(self, params):
        """Return the peepholes w_i, w_f, w_o as [3, size], zeros where there are none."""
        diagonals = zeros((3, self.size), self.dtype)
        if self.cell.use_peepholes:
            diagonals[:, : self.num_units] = [params[name] for name in DIAGONALS]
        return diagonals

    def start_gradients(self, schedule):
        gradients = super().start_gradients(schedule)
        return [*gradients, zeros((len(gradients[0]), 3, self.size), self.dtype)]

    def gradients_of_params(self, params, gradients):
        d_params = super().gradients_of_params(params, gradients)
        if self.cell.use_peepholes:
            d_params |= dict(zip(DIAGONALS, gradients[-1].sum(axis=0)[:, : self.num_units].copy(), strict=True))
        return d_params


@kernel
def full_lstm_forward(
    code, weights, w_projection, diagonals, num_units, peepholes, forget_bias, relu, cell_clip, proj_clip, schedule,
    x, c_state, h_state, rows, gates, c, outputs, m, h_new, part,
):  # fmt: skip
    """Run a part through all steps: from the inputs x to ``outputs``, the gates, z_p and c' of every token.

    ``c_state`` and ``h_state`` [B, …], the initial state, become the final one.
    """
    size = c.shape[1]
    projected = gates.shape[1] > 4 * size
    h_size = gates.shape[1] - 4 * size if projected else size
    m_at = h_size + x.shape[1] + 1
    m, h_new = of_part(schedule, part, m), of_part(schedule, part, h_new)
    read_states(schedule, part, c_state, c[before(schedule, 0, part) :], 0)
    read_states(schedule, part, h_state, rows_of_step(schedule, 0, part, rows), 0)
    for t in range(len(schedule.live)):
        token, live = span(schedule, t, part)
        if live == 0:
            break
        row, z = rows[token : token + live, :], gates[token : token + live, :]
        c_old, c_new = c[before(schedule, t, part) :], c[before(schedule, t + 1, part) :]
        read_inputs(schedule, t, part, x, row, h_size)
        ask_for_rows(schedule, t + 1, part, x)
        ask_for_rows(schedule, t + 1, part, outputs)
        # z = [x, h] W + b
        soon = rows_of_step(schedule, t + 1, part, gates)
        multiply(code, row[:, :m_at], weights, z[:, : 4 * size], False, soon)
        clear_padding(z[:, : 4 * size], num_units, size)
        for r in range(live):
            for k in range(0, size, lanes(c)):
                z_i, z_f, z_o = load(z, r, k), load(z, r, 2 * size + k) + forget_bias, load(z, r, 3 * size + k)
                c_k = load(c_old, r, k)
                # i and f see the old memory.
                if peepholes:
                    z_i = z_i + load(diagonals, 0, k) * c_k
                    z_f = z_f + load(diagonals, 1, k) * c_k
                i, j, f = sigmoid(z_i), value(relu, load(z, r, size + k)), sigmoid(z_f)
                # c' = clip(f ⊙ c + i ⊙ j)
                c_k = clip(f * c_k + i * j, cell_clip)
                # o sees the new one.
                if peepholes:
                    z_o = z_o + load(diagonals, 2, k) * c_k
                # m = o ⊙ φ(c')
                o = sigmoid(z_o)
                store(m, r, k, o * value(relu, c_k))
                store(c_new, r, k, c_k)
                store(z, r, k, i)
                store(z, r, size + k, j)
                store(z, r, 2 * size + k, f)
                store(z, r, 3 * size + k, o)
        if projected:
            for r in range(live):
                copy_row(m, r, 0, row, r, m_at, size)
            # h' = clip(m W_p)
            multiply(code, row[:, m_at:], w_projection, z[:, 4 * size :], False, soon[:0])
            for r in range(live):
                for k in range(0, h_size, lanes(c)):
                    store(h_new, r, k, clip(load(z, r, 4 * size + k), proj_clip))
            hand_on(schedule, t, part, h_new[:live], outputs, rows, 0, h_state)
        else:
            hand_on(schedule, t, part, m[:live], outputs, rows, 0, h_state)
        write_states(schedule, part, span(schedule, t + 1, part)[1], live, c_new, 0, c_state)


@kernel
def full_lstm_backward(
    code, weights, w_projection, diagonals, peepholes, relu, gradient_clip, proj_clip, schedule, rows, gates, c,
    d_outputs, d_c_state, d_h_state, d_z, d_w, d_w_projection, d_diagonals, d_x, d_c, d_rows, part,
):  # fmt: skip
    """The adjoint of a part's steps: from ∂L/∂(c', h') to ∂L/∂(c, h) in their place, that of all weights and ∂L/∂x."""
    size = c.shape[1]
    projected = gates.shape[1] > 4 * size
    h_size = gates.shape[1] - 4 * size if projected else size
    m_at = h_size + d_x.shape[1] + 1
    # Gradients of [h, x, 1, m].
    d_c, d_rows = of_part(schedule, part, d_c), of_part(schedule, part, d_rows)
    count = len(d_c)
    read_states(schedule, part, d_c_state, d_c, 0)
    read_states(schedule, part, d_h_state, d_rows, 0)
    first_step, first_token, num_tokens, add = len(schedule.live), 0, 0, False
    for t in range(len(schedule.live) - 1, -1, -1):
        token, live = span(schedule, t, part)
        if live == 0:
            continue
        if t < first_step:
            first_step, first_token, num_tokens = block_before(schedule, part, t, len(d_z))
        z, d_row = gates[token : token + live, :], d_rows[:live]
        d_z_t = d_z[token - first_token :, :][:live, :]
        c_old, c_new = c[before(schedule, t, part) :], c[before(schedule, t + 1, part) :]
        # The output and the h of the new state are one array, h', used twice: its two gradients add.
        add_from_rows(schedule, t, part, d_outputs, d_row, 0)
        if projected:
            # h' = clip(m W_p)
            for r in range(live):
                for k in range(0, h_size, lanes(c)):
                    store(d_z_t, r, 4 * size + k, load(d_row, r, k) * is_within(load(z, r, 4 * size + k), proj_clip))
            multiply_transposed(code, d_z_t[:, 4 * size :], w_projection, d_row, False, gates[:0])
        else:
            for r in range(live):
                copy_row(d_row, r, 0, d_row, r, m_at, size)
        for r in range(live):
            for k in range(0, size, lanes(c)):
                i, j, f, o = load(z, r, k), load(z, r, size + k), load(z, r, 2 * size + k), load(z, r, 3 * size + k)
                c_k, phi_c = load(c_old, r, k), value(relu, load(c_new, r, k))
                # m = o ⊙ φ(c')       o = σ(z_o + w_o ⊙ c')
                d_m_k = load(d_row, r, m_at + k)
                d_z_o = d_m_k * phi_c * o * (1 - o)
                d_c_k = load(d_c, r, k) + d_m_k * o * slope(relu, phi_c)
                if peepholes:
                    d_c_k = d_c_k + d_z_o * load(diagonals, 2, k)
                # c' = clip(f ⊙ c + i ⊙ j)
                d_c_k = d_c_k * is_within(f * c_k + i * j, gradient_clip)
                d_z_i, d_z_f = d_c_k * j * i * (1 - i), d_c_k * c_k * f * (1 - f)
                store(d_z_t, r, k, d_z_i)
                store(d_z_t, r, size + k, d_c_k * i * slope(relu, j))
                store(d_z_t, r, 2 * size + k, d_z_f)
                store(d_z_t, r, 3 * size + k, d_z_o)
                d_c_k = d_c_k * f
                # i = σ(z_i + w_i ⊙ c)    f = σ(z_f + forget_bias + w_f ⊙ c)
                if peepholes:
                    d_c_k = d_c_k + d_z_f * load(diagonals, 1, k) + d_z_i * load(diagonals, 0, k)
                    store(d_diagonals, 0, k, load(d_diagonals, 0, k) + d_z_i * c_k)
                    store(d_diagonals, 1, k, load(d_diagonals, 1, k) + d_z_f * c_k)
                    store(d_diagonals, 2, k, load(d_diagonals, 2, k) + d_z_o * load(c_new, r, k))
                store(d_c, r, k, d_c_k)
        ask_for_rows(schedule, t - 1, part, d_outputs)
        ask_for_rows(schedule, t - 1, part, d_x)
        # ∂L/∂[h, x] = ∂L/∂z [W_h; W_x]ᵀ
        soon = rows_of_step(schedule, t - 1, part, gates)
        multiply_transposed(code, d_z_t[:, : 4 * size], weights, d_row, False, soon)
        copy_to_rows(schedule, t, part, d_row, h_size, d_x)
        if t == first_step:
            row_block, d_z_block = rows[first_token : first_token + num_tokens, :], d_z[:num_tokens, :]
            # ∂L/∂W = Σ [h, x, 1]ᵀ ∂L/∂z      ∂L/∂W_p = Σ mᵀ ∂L/∂z_p
            add_gradient(code, row_block, 0, d_z_block, 0, d_w, add)
            if projected:
                add_gradient(code, row_block, m_at, d_z_block, 4 * size, d_w_projection, add)
            add = True
    write_states(schedule, part, 0, count, d_c, 0, d_c_state)
    write_states(schedule, part, 0, count, d_rows, 0, d_h_state)
