"""The LSTM through a whole sequence, forward and back, compiled.

The equations are those of ``scratch/cells/lstm.py``; what all cells share is told in ``scratch/jit/rnn.py``. A token's
row of the tape is [h, x, 1], its row of z is [z_i, z_j, z_f, z_o], each overwritten by its gate.
"""

from scratch.jit.activations import sigmoid, slope, value
from scratch.jit.compiler import kernel
from scratch.jit.layer import Layer
from scratch.jit.products import add_gradient, clear_padding, multiply, multiply_transposed
from scratch.jit.rows import add_from_rows, ask_for_rows, copy_to_rows, hand_on, read_inputs, read_states, write_states
from scratch.jit.schedule import before, block_before, of_part, rows_of_step, span
from scratch.jit.tile import tile_code
from scratch.jit.vector import lanes, load, padded, store
from scratch.jit.weights import h_x_1


class LSTMLayer(Layer):
    """``BasicLSTMCell``: the tape's rows are [h, x, 1], z's are [i, j, f, o], written over [z_i, z_j, z_f, z_o]."""

    def __init__(self, cell, input_size, dtype):
        super().__init__(cell, input_size, dtype)
        self.row_width, self.z_width = self.size + input_size + 1, 4 * self.size
        self.products = [h_x_1(self, self.z_width)]
        self.forward_room, self.backward_room = [self.size], [self.size, padded(self.size + input_size, dtype)]

    def forward(self, weights, tape, x, h, memories, outputs, room, part):
        options = float(self.cell.forget_bias), self.relu
        kept = tape.rows, tape.z, *tape.memories
        states = *memories, h
        lstm_forward(tile_code(self.dtype), *weights, *options, tape.schedule, x, *states, *kept, outputs, *room, part)

    def backward(self, weights, tape, d_outputs, d_h, d_memories, d_z, d_w, d_x, room, part):
        kept, through = (tape.rows, tape.z, *tape.memories), (d_outputs, *d_memories, d_h, d_z, *d_w, d_x, *room, part)
        lstm_backward(tile_code(self.dtype), *weights, self.relu, tape.schedule, *kept, *through)


@kernel
def lstm_forward(code, weights, forget_bias, relu, schedule, x, c_state, h_state, rows, gates, c, outputs, h_new, part):
    """Run a part through all steps: from the inputs x to ``outputs``, the gates and c' of every token.

    ``c_state`` and ``h_state`` [B, H], the initial state, become the final one.
    """
    size = c.shape[1]
    h_new = of_part(schedule, part, h_new)
    read_states(schedule, part, c_state, c[before(schedule, 0, part) :], 0)
    read_states(schedule, part, h_state, rows_of_step(schedule, 0, part, rows), 0)
    for t in range(len(schedule.live)):
        token, live = span(schedule, t, part)
        if live == 0:
            break
        hx1, z = rows[token : token + live], gates[token : token + live]
        c_old, c_new = c[before(schedule, t, part) :], c[before(schedule, t + 1, part) :]
        read_inputs(schedule, t, part, x, hx1, size)
        ask_for_rows(schedule, t + 1, part, x)
        ask_for_rows(schedule, t + 1, part, outputs)
        # z = [x, h] W + b
        multiply(code, hx1, weights, z, False, rows_of_step(schedule, t + 1, part, gates))
        clear_padding(z, outputs.shape[1], size)
        for r in range(live):
            for k in range(0, size, lanes(c)):
                # i = σ(z_i)    j = φ(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
                i = sigmoid(load(z, r, k))
                j = value(relu, load(z, r, size + k))
                f = sigmoid(load(z, r, 2 * size + k) + forget_bias)
                o = sigmoid(load(z, r, 3 * size + k))
                # c' = f ⊙ c + i ⊙ j
                c_k = f * load(c_old, r, k) + i * j
                # h' = o ⊙ φ(c')
                store(h_new, r, k, o * value(relu, c_k))
                store(c_new, r, k, c_k)
                store(z, r, k, i)
                store(z, r, size + k, j)
                store(z, r, 2 * size + k, f)
                store(z, r, 3 * size + k, o)
        hand_on(schedule, t, part, h_new[:live], outputs, rows, 0, h_state)
        write_states(schedule, part, span(schedule, t + 1, part)[1], live, c_new, 0, c_state)


@kernel
def lstm_backward(
    code, weights, relu, schedule, rows, gates, c, d_outputs, d_c_state, d_h_state, d_z, d_w, d_x, d_c, d_hx, part
):
    """The adjoint of a part's steps: from ∂L/∂(c', h') to ∂L/∂(c, h) in their place, ∂L/∂W and ∂L/∂x."""
    size = c.shape[1]
    d_c, d_hx = of_part(schedule, part, d_c), of_part(schedule, part, d_hx)
    count = len(d_c)
    read_states(schedule, part, d_c_state, d_c, 0)
    read_states(schedule, part, d_h_state, d_hx, 0)
    first_step, first_token, num_tokens, add = len(schedule.live), 0, 0, False
    for t in range(len(schedule.live) - 1, -1, -1):
        token, live = span(schedule, t, part)
        if live == 0:
            continue
        if t < first_step:
            first_step, first_token, num_tokens = block_before(schedule, part, t, len(d_z))
        d_block = d_hx[:live]
        d_z_t = d_z[token - first_token :, :][:live, :]
        c_old, c_new = c[before(schedule, t, part) :], c[before(schedule, t + 1, part) :]
        # The output and the h of the new state are one array, h', used twice: its two gradients add.
        add_from_rows(schedule, t, part, d_outputs, d_block, 0)
        for r in range(live):
            for k in range(0, size, lanes(c)):
                i, j = load(gates, token + r, k), load(gates, token + r, size + k)
                f, o = load(gates, token + r, 2 * size + k), load(gates, token + r, 3 * size + k)
                # h' = o ⊙ φ(c')       c' is used here and by the next step: its two gradients add.
                d_h, phi_c = load(d_block, r, k), value(relu, load(c_new, r, k))
                d_c_k = load(d_c, r, k) + d_h * o * slope(relu, phi_c)
                # c' = f ⊙ c + i ⊙ j, and through each gate's σ or φ back to z
                store(d_z_t, r, k, d_c_k * j * i * (1 - i))
                store(d_z_t, r, size + k, d_c_k * i * slope(relu, j))
                store(d_z_t, r, 2 * size + k, d_c_k * load(c_old, r, k) * f * (1 - f))
                store(d_z_t, r, 3 * size + k, d_h * phi_c * o * (1 - o))
                store(d_c, r, k, d_c_k * f)
        ask_for_rows(schedule, t - 1, part, d_outputs)
        ask_for_rows(schedule, t - 1, part, d_x)
        # ∂L/∂[h, x] = ∂L/∂z [W_h; W_x]ᵀ
        soon = rows_of_step(schedule, t - 1, part, gates)
        multiply_transposed(code, d_z_t, weights, d_block, False, soon)
        copy_to_rows(schedule, t, part, d_block, size, d_x)
        if t == first_step:
            row_block, d_z_block = rows[first_token : first_token + num_tokens, :], d_z[:num_tokens, :]
            # ∂L/∂W = Σ [h, x, 1]ᵀ ∂L/∂z
            add_gradient(code, row_block, 0, d_z_block, 0, d_w, add)
            add = True
    write_states(schedule, part, 0, count, d_c, 0, d_c_state)
    write_states(schedule, part, 0, count, d_hx, 0, d_h_state)
