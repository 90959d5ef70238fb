"""One layer over a whole batch of sequences: what is the same for every cell.

A cell's file, such as ``lstm.py``, holds its two kernels and a ``Layer`` that says what they work on: rows of the tape,
one a token, such as [h, x, 1]; rows of z; and the products that lead from columns of the one to columns of the other.
Here is the rest: the memory, sharing the work among threads, and adding up what they found. How weights are packed is
in ``weights.py``.
"""

from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from scratch.jit.memory import empty, zeros
from scratch.jit.products import TOKENS
from scratch.jit.schedule import Schedule, make_schedule, without_tape
from scratch.jit.threads import part_count, run, share_count
from scratch.jit.vector import padded
from scratch.tree import map_tree


class LayerTape(NamedTuple):
    """What a layer keeps: the tape's rows and z's, a row a token; and c before and after every token."""

    params: dict
    schedule: Schedule
    rows: np.ndarray
    z: np.ndarray
    memories: list


class Layer:
    """What the kernels of one cell work on. The class of a cell sets the rest, and adds the calls of its kernels.

    - ``row_width``, ``z_width``: of the tape's rows and z's.
    - ``products``: every ``Product``.
    - ``forward_room``, ``backward_room``: the widths of matrices with a row a rank that the kernels work in.
    - ``size``, ``h_size``: ``num_units`` and the width of h in whole vectors.
    """

    def __init__(self, cell, input_size, dtype):
        self.cell, self.input_size, self.dtype = cell, input_size, np.dtype(dtype)
        self.num_units, self.size = cell.num_units, padded(cell.num_units, dtype)
        self.h_size = padded(cell.output_size, dtype)
        self.relu = cell.activation == "relu"
        self.forward_room = self.backward_room = ()

    def schedule(self, lengths, num_tokens, num_steps, time_major):
        """Return the ``Schedule`` of rows of these lengths, in as many parts as there could be threads worth it."""
        return make_schedule(lengths, num_steps, time_major, part_count(num_tokens * self.work_per_token))

    def run_forward(self, params, schedule, x, h, memories, outputs, keep_tape, weights=None):
        """Run from the inputs x [B · T, D] to ``outputs`` [B · T, output_size], and return the tape.

        ``h`` [B, output_size] and ``memories`` [B, H] are the initial state, and become the final one.
        """
        num_ranks, num_tokens = len(schedule.rows), schedule.num_tokens
        if not keep_tape:
            schedule, num_tokens = without_tape(schedule), 2 * num_ranks
        rows, z = empty((num_tokens, self.row_width), self.dtype), empty((num_tokens, self.z_width), self.dtype)
        kept = [empty((num_ranks + num_tokens, self.size), self.dtype) for _ in memories]
        tape = LayerTape(params, schedule, rows, z, kept)
        if num_tokens:
            weights = weights or self.pack_all(params)
            room = [empty((num_ranks, width), self.dtype) for width in self.forward_room]
            self.run_parts(schedule, partial(self.forward, weights, tape, x, h, memories, outputs, room))
        return tape

    def run_backward(self, tape, d_outputs, d_h, d_memories, d_x):
        """Write ``d_x`` [B · T, D] and return the gradients of the parameters.

        ``d_h`` [B, output_size] and ``d_memories`` [B, H] are those of the final state, and become the initial one's.
        """
        schedule = tape.schedule
        gradients = self.start_gradients(schedule)
        if schedule.num_tokens:
            weights = [product.pack_transposed(tape.params) for product in self.products]
            # ∂L/∂z of a block of tokens, in each part. Between two rows is a line of the cache, else all of them would
            # fall on few places of it.
            num_rows, line = max(TOKENS, np.diff(schedule.parts).max()), padded(1, self.dtype)
            d_z = empty((len(schedule.parts) - 1, num_rows, self.z_width + line), self.dtype)[..., : self.z_width]

            room = [zeros((len(schedule.rows), width), self.dtype) for width in self.backward_room]

            def run_part(part):
                d_w = [gradient[part] for gradient in gradients]
                self.backward(weights, tape, d_outputs, d_h, d_memories, d_z[part], d_w, d_x, room, part)

            self.run_parts(schedule, run_part)
        return self.gradients_of_params(tape.params, gradients)

    @cached_property
    def work_per_token(self):
        """How many multiply-adds a token takes forward, and about twice as many back."""
        return sum(product.depth * product.num_columns for product in self.products)

    def start_gradients(self, schedule):
        """Return an array [P, K, N] for the gradients of each product's matrix: zeros where no token will write it."""
        start, num_parts = (empty, len(schedule.parts) - 1) if schedule.num_tokens else (zeros, 1)
        return [start((num_parts, product.depth, product.num_columns), self.dtype) for product in self.products]

    def run_parts(self, schedule, function):
        """Call ``function`` for each part, shared out among as many threads as are worth it."""
        num_parts = len(schedule.parts) - 1
        count = min(num_parts, share_count(schedule.num_tokens * self.work_per_token))

        def run_every(first):
            for part in range(first, num_parts, count):
                function(part)

        run(run_every, *((first,) for first in range(count)))

    def pack_all(self, params):
        """Return the packed weights of every product, which is what ``run_forward`` starts with."""
        return [product.pack(params) for product in self.products]

    def gradients_of_params(self, params, gradients):
        """Return the gradients of the products' matrices in the structure of the parameters."""
        d_params = map_tree(lambda parameter: empty(parameter.shape, self.dtype), params)
        for product, gradient in zip(self.products, gradients, strict=False):
            product.unpack(gradient, d_params)
        return d_params
