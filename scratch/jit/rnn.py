"""The vanilla recurrent network through a whole sequence, forward and back, compiled.

The equations are those of ``scratch/cells/rnn.py``. A token's row of the tape is [h, x, 1], so the bias is one more row
of the kernel, and z = [h, x, 1] [W_h; W_x; b] is one product. What the cells share is in ``schedule.py``, which rows
run when, in ``rows.py``, where they lie, in ``products.py``, and in ``layer.py``, which calls these kernels.
"""

from scratch.jit.activations import slope, value
from scratch.jit.compiler import kernel
from scratch.jit.layer import Layer
from scratch.jit.products import add_gradient, clear_padding, multiply, multiply_transposed
from scratch.jit.rows import add_from_rows, ask_for_rows, copy_to_rows, hand_on, read_inputs, read_states, write_states
from scratch.jit.schedule import block_before, of_part, rows_of_step, span
from scratch.jit.tile import tile_code
from scratch.jit.vector import lanes, load, padded, store
from scratch.jit.weights import h_x_1


class RNNLayer(Layer):
    """``BasicRNNCell``: the tape's rows are [h, x, 1], z's are h', written over z."""

    def __init__(self, cell, input_size, dtype):
        super().__init__(cell, input_size, dtype)
        self.row_width, self.z_width = self.size + input_size + 1, self.size
        self.products = [h_x_1(self, self.z_width)]
        self.backward_room = [padded(self.size + input_size, dtype)]

    def forward(self, weights, tape, x, h, memories, outputs, room, part):
        kept = tape.rows, tape.z
        rnn_forward(tile_code(self.dtype), *weights, self.relu, tape.schedule, x, h, *kept, outputs, part)

    def backward(self, weights, tape, d_outputs, d_h, d_memories, d_z, d_w, d_x, room, part):
        through = tape.rows, tape.z, d_outputs, d_h, d_z, *d_w, d_x, *room, part
        rnn_backward(tile_code(self.dtype), *weights, self.relu, tape.schedule, *through)


@kernel
def rnn_forward(code, weights, relu, schedule, x, h, rows, z, outputs, part):
    """Run a part through all steps: from the inputs x to ``outputs`` and, in ``z``, h' of every token.

    ``h`` [B, H], the initial state, becomes the final one.
    """
    size = z.shape[1]
    read_states(schedule, part, h, rows_of_step(schedule, 0, part, rows), 0)
    for t in range(len(schedule.live)):
        token, live = span(schedule, t, part)
        if live == 0:
            break
        hx1, h_new = rows[token : token + live], z[token : token + live]
        read_inputs(schedule, t, part, x, hx1, size)
        ask_for_rows(schedule, t + 1, part, x)
        ask_for_rows(schedule, t + 1, part, outputs)
        # z = [x, h] W + b
        multiply(code, hx1, weights, h_new, False, rows_of_step(schedule, t + 1, part, rows))
        clear_padding(h_new, outputs.shape[1], size)
        for r in range(live):
            for k in range(0, size, lanes(z)):
                # h' = φ(z)
                store(h_new, r, k, value(relu, load(h_new, r, k)))
        hand_on(schedule, t, part, h_new, outputs, rows, 0, h)


@kernel
def rnn_backward(code, weights, relu, schedule, rows, h_new, d_outputs, d_h, d_z, d_w, d_x, d_hx, part):
    """The adjoint of a part's steps: from ∂L/∂h' to ∂L/∂h in its place, ∂L/∂W and ∂L/∂x."""
    size = h_new.shape[1]
    d_hx = of_part(schedule, part, d_hx)
    count = len(d_hx)
    read_states(schedule, part, d_h, d_hx, 0)
    first_step, first_token, num_tokens, add = len(schedule.live), 0, 0, False
    for t in range(len(schedule.live) - 1, -1, -1):
        token, live = span(schedule, t, part)
        if live == 0:
            continue
        if t < first_step:
            first_step, first_token, num_tokens = block_before(schedule, part, t, len(d_z))
        d_block = d_hx[:live]
        d_z_t = d_z[token - first_token :, :][:live, :]
        # The output and the new state are one array, h', used twice: its two gradients add.
        add_from_rows(schedule, t, part, d_outputs, d_block, 0)
        for r in range(live):
            for k in range(0, size, lanes(d_z)):
                # h' = φ(z)
                store(d_z_t, r, k, load(d_block, r, k) * slope(relu, load(h_new, token + r, k)))
        ask_for_rows(schedule, t - 1, part, d_outputs)
        ask_for_rows(schedule, t - 1, part, d_x)
        # ∂L/∂[h, x] = ∂L/∂z [W_h; W_x]ᵀ
        multiply_transposed(code, d_z_t, weights, d_block, False, rows_of_step(schedule, t - 1, part, h_new))
        copy_to_rows(schedule, t, part, d_block, size, d_x)
        if t == first_step:
            row_block, d_z_block = rows[first_token : first_token + num_tokens, :], d_z[:num_tokens, :]
            # ∂L/∂W = Σ [h, x, 1]ᵀ ∂L/∂z
            add_gradient(code, row_block, 0, d_z_block, 0, d_w, add)
            add = True
    write_states(schedule, part, 0, count, d_hx, 0, d_h)
