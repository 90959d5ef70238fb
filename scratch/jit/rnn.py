"""The vanilla recurrent network through a whole sequence, forward and back, compiled.

The equations are those of ``scratch/cells/rnn.py``. A token's row of the tape is [h, x, 1], so the bias is one more row
of the kernel, and z = [h, x, 1] [W_h; W_x; b] is one product. What the cells share is in ``schedule.py``,
which rows run when, in ``products.py``, and in ``layer.py``, which calls these kernels.
"""

from scratch.jit.activations import slope, value
from scratch.jit.compiler import compiled
from scratch.jit.layer import Layer, h_x_1
from scratch.jit.products import clear_padding, multiply
from scratch.jit.schedule import add_from_rows, copy_to_rows, hand_on, read_inputs, rows_of_step, span
from scratch.jit.tile import tile_code
from scratch.jit.vector import lanes, load, store, whole_vectors


class RNNLayer(Layer):
    """``BasicRNNCell``: the tape's rows are [h, x, 1], z's are h', written over z."""

    def __init__(self, cell, input_size, dtype):
        super().__init__(cell, input_size, dtype)
        self.h_at, self.row_width, self.z_width = 0, self.size + input_size + 1, self.size
        self.products = [h_x_1(self, self.z_width)]

    def forward(self, weights, tape, x, outputs, *ranks):
        rnn_forward(tile_code(self.dtype), *weights, self.relu, tape.schedule, x, tape.rows, tape.z, outputs, *ranks)

    def backward(self, weights, tape, d_outputs, d_rows, d_memories, d_z, d_x, steps, *ranks):
        through = d_outputs, d_rows, d_z, d_x, *steps, *ranks
        rnn_backward(tile_code(self.dtype), *weights, self.relu, tape.schedule, tape.z, *through)


@compiled
def rnn_forward(code, weights, relu, schedule, x, rows, z, outputs, first_rank, last_rank):
    """Run some ranks through all steps: from the inputs x to ``outputs`` and, in ``z``, h' of every token."""
    size = z.shape[1]
    for t in range(len(schedule.live)):
        token, live = span(schedule, t, first_rank, last_rank)
        if live == 0:
            break
        hx1, h_new = rows[token : token + live], z[token : token + live]
        read_inputs(schedule, t, first_rank, x, hx1, size)
        # z = [x, h] W + b
        multiply(code, hx1, weights, h_new, False, rows_of_step(schedule, t + 1, first_rank, last_rank, rows))
        clear_padding(h_new, outputs.shape[1], size)
        for r in range(live):
            for k in range(0, size, lanes(z)):
                # h' = φ(z)
                store(h_new, r, k, value(relu, load(h_new, r, k)))
        hand_on(schedule, t, first_rank, h_new, outputs, rows, 0)


@compiled
def rnn_backward(
    code, weights, relu, schedule, h_new, d_outputs, d_hx, d_z, d_x, first_step, last_step, first_rank, last_rank
):
    """The adjoint of some steps: from ∂L/∂h' in ``d_hx``, a row a rank, to ∂L/∂h in its place, ∂L/∂z and ∂L/∂x."""
    size = h_new.shape[1]
    width = whole_vectors(size + d_x.shape[1], d_z)
    for t in range(last_step - 1, first_step - 1, -1):
        token, live = span(schedule, t, first_rank, last_rank)
        if live == 0:
            continue
        d_block = d_hx[first_rank : first_rank + live, :width]
        d_z_block = d_z[token - schedule.first[first_step] :][:live]
        # The output and the new state are one array, h', used twice: its two gradients add.
        add_from_rows(schedule, t, first_rank, d_outputs, d_block, 0)
        for r in range(live):
            for k in range(0, size, lanes(d_z)):
                # h' = φ(z)
                store(d_z_block, r, k, load(d_block, r, k) * slope(relu, load(h_new, token + r, k)))
        # ∂L/∂[h, x] = ∂L/∂z [W_h; W_x]ᵀ
        multiply(code, d_z_block, weights, d_block, False, rows_of_step(schedule, t - 1, first_rank, last_rank, h_new))
        copy_to_rows(schedule, t, first_rank, d_block, size, d_x)
