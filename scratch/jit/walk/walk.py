"""The walk through time: forward from the inputs to the outputs, and back. It is the same for every cell.

A step reads its inputs into the rows of the tape, computes the products of the layer, each followed by its stage if it
has one, and hands the new state to the next step. What the products and stages are is data; see ``layer.py``.

A part's rows are walked by one thread, which shares nothing that it writes.
"""

from typing import NamedTuple

import numpy as np

from scratch.jit.machine.compiler import kernel
from scratch.jit.machine.view import block, clear_row, copy_row, matrix_in, prefetch_row, rows_of
from scratch.jit.walk.products import add_gradient, clear_padding, multiply, multiply_few
from scratch.jit.walk.rows import add_row
from scratch.jit.walk.stage import Step, call_stage


class Plan(NamedTuple):
    """What a layer is to the walk.

    - ``tile``: the address of the compiled tile. ``size``, ``h_size``: the columns of c, and of h, in whole vectors.
    - ``own``, ``d_own``: where the cell's own column begins in the tape's rows, and in those of their gradients.
    - ``num_weights``: the numbers in the gradients of all products.
    - ``products``: a record for each product, with the fields of ``layer.PRODUCT``.
    """

    tile: int
    size: int
    h_size: int
    own: int
    d_own: int
    num_weights: int
    products: np.ndarray


class Tape(NamedTuple):
    """What a layer keeps, a row a token: ``rows`` [h, 1, x, own] and ``z``; ``c`` before and after every token.

    ``constants`` are rows of numbers a unit. ``h_new`` is where h' of a step is until it is handed on.
    """

    rows: np.ndarray
    z: np.ndarray
    c: np.ndarray
    constants: np.ndarray
    h_new: np.ndarray


class Ends(NamedTuple):
    """The caller's inputs and outputs as matrices [B · T, …], and states [B, …]; backward, the gradients of each."""

    x: np.ndarray
    outputs: np.ndarray
    c: np.ndarray
    h: np.ndarray


class Gradients(NamedTuple):
    """Where a walk back works: the gradients of a step's rows and of c; of z, for a block of tokens; of the weights.

    The last three have the rows, or the row, of each part in turn.
    """

    rows: np.ndarray
    c: np.ndarray
    z: np.ndarray
    weights: np.ndarray
    constants: np.ndarray


@kernel
def walk_forward(plan, arena, schedule, tape, ends, part):
    """Run a part through all steps: from the inputs x to the outputs, and from the initial to the final state."""
    num_ranks, first_rank, last_rank = len(schedule.rows), schedule.parts[part], schedule.parts[part + 1]
    last, h_size, c_size, num_inputs = len(plan.products) - 1, plan.h_size, tape.c.shape[1], ends.x.shape[1]
    num_outputs, num_units, token = ends.h.shape[1], ends.c.shape[1], schedule.first[part, 0]
    h_new, c_new = rows_of(tape.h_new, first_rank, last_rank), rows_of(tape.c, first_rank, last_rank)
    for r in range(last_rank - first_rank):
        row = schedule.rows[first_rank + r]
        copy_row(ends.h, row, 0, tape.rows, token + r, 0, num_outputs)
        clear_row(tape.rows, token + r, num_outputs, h_size)
        copy_row(ends.c, row, 0, c_new, r, 0, num_units)
        clear_row(c_new, r, num_units, c_size)
    for t in range(schedule.live.shape[1]):
        token, live = schedule.first[part, t], schedule.live[part, t]
        if live == 0:
            break
        next_token, next_live = schedule.first[part, t + 1], schedule.live[part, t + 1]
        rows, next_rows = rows_of(tape.rows, token, token + live), rows_of(tape.rows, next_token, next_token + next_live)
        z, next_z = rows_of(tape.z, token, token + live), rows_of(tape.z, next_token, next_token + next_live)
        c, c_new = c_new, rows_of(tape.c, num_ranks + token, num_ranks + token + live)
        for r in range(live):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            # [h, 1, x]: h has been handed on by the step before.
            rows[r, h_size] = 1
            copy_row(ends.x, row, 0, rows, r, h_size + 1, num_inputs)
            if r < next_live:
                prefetch_row(ends.x, row + schedule.step_stride, 0, num_inputs)
                prefetch_row(ends.outputs, row + schedule.step_stride, 0, num_outputs)
        for p in range(last + 1):
            product = plan.products[p]
            row_p = block(rows, 0, live, product.source, product.source + product.depth)
            z_p = block(z, 0, live, product.target, product.target + product.columns)
            # z = [h, 1, x] [W_h; b; W_x], or of other columns of the row
            soon = rows_of(next_z if p == 0 else next_rows, 0, next_live if p == 0 or p == last else 0)
            multiply(plan.tile, row_p, arena, product.panels, z_p, False, soon)
            clear_padding(z_p, product.units, product.gate_size)
            if product.forward >= 0:
                step = Step(
                    live, product.gate_size, plan.size, plan.own, plan.d_own, rows, z, c, c_new, h_new,
                    rows, z, c, tape.constants, tape.constants,
                )
                call_stage(product.forward, step)
        for r in range(live):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            copy_row(h_new, r, 0, ends.outputs, row, 0, num_outputs)
            if r < next_live:
                copy_row(h_new, r, 0, next_rows, r, 0, h_size)
            else:
                # The row ends here, and this is its final state.
                copy_row(h_new, r, 0, ends.h, schedule.rows[first_rank + r], 0, num_outputs)
                copy_row(c_new, r, 0, ends.c, schedule.rows[first_rank + r], 0, num_units)


@kernel
def walk_backward(plan, arena, schedule, tape, ends, d, part):
    """The adjoint of a part's steps: from the gradients of the outputs and of the final state to all others."""
    num_ranks, first_rank, last_rank = len(schedule.rows), schedule.parts[part], schedule.parts[part + 1]
    last, h_size, c_size, num_inputs = len(plan.products) - 1, plan.h_size, tape.c.shape[1], ends.x.shape[1]
    num_outputs, num_units, num_constants = ends.h.shape[1], ends.c.shape[1], tape.constants.shape[0]
    d_rows, d_c = rows_of(d.rows, first_rank, last_rank), rows_of(d.c, first_rank, last_rank)
    d_constants = rows_of(d.constants, part * num_constants, (part + 1) * num_constants)
    most_tokens = d.z.shape[0] // (len(schedule.parts) - 1)
    d_z_block = block(d.z, part * most_tokens, (part + 1) * most_tokens, 0, tape.z.shape[1])
    for r in range(last_rank - first_rank):
        row = schedule.rows[first_rank + r]
        copy_row(ends.h, row, 0, d_rows, r, 0, num_outputs)
        clear_row(d_rows, r, num_outputs, h_size)
        copy_row(ends.c, row, 0, d_c, r, 0, num_units)
        clear_row(d_c, r, num_units, c_size)
    num_steps = schedule.live.shape[1] - 1
    first_step, first_token, num_tokens, add = num_steps, 0, 0, False
    for t in range(num_steps - 1, -1, -1):
        token, live = schedule.first[part, t], schedule.live[part, t]
        if live == 0:
            continue
        if t < first_step:
            # A block: this step and those before it, as many as have no more than so many tokens.
            first_step = t
            while first_step > 0 and token + live - schedule.first[part, first_step - 1] <= most_tokens:
                first_step -= 1
            first_token = schedule.first[part, first_step]
            num_tokens = token + live - first_token
        next_token, next_live = schedule.first[part, t - 1], schedule.live[part, t - 1]
        rows, next_rows = rows_of(tape.rows, token, token + live), rows_of(tape.rows, next_token, next_token + next_live)
        z, next_z = rows_of(tape.z, token, token + live), rows_of(tape.z, next_token, next_token + next_live)
        old, new = num_ranks + next_token if t > 0 else first_rank, num_ranks + token
        c, c_new = rows_of(tape.c, old, old + live), rows_of(tape.c, new, new + live)
        d_z = rows_of(d_z_block, token - first_token, token - first_token + live)
        for r in range(live):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            # The output and the h of the new state are one array, h', used twice: its two gradients add.
            add_row(ends.outputs, row, d_rows, r)
            if t > 0:
                prefetch_row(ends.outputs, row - schedule.step_stride, 0, num_outputs)
                prefetch_row(ends.x, row - schedule.step_stride, 0, num_inputs)
        for p in range(last, -1, -1):
            product = plan.products[p]
            if product.adjoint >= 0:
                step = Step(
                    live, product.gate_size, plan.size, plan.own, plan.d_own, rows, z, c, c_new, d_rows,
                    d_rows, d_z, d_c, tape.constants, d_constants,
                )
                call_stage(product.adjoint, step)
            # ∂L/∂row = ∂L/∂z Wᵀ, of the columns that have a gradient
            d_z_p = block(d_z, 0, live, product.target, product.target + product.columns)
            d_row = block(d_rows, 0, live, product.d_source, product.d_source + product.d_columns)
            soon = rows_of(next_z if p == last else next_rows, 0, next_live if p == last or p == 0 else 0)
            multiply(plan.tile, d_z_p, arena, product.d_panels, d_row, product.adds != 0, soon)
            few = matrix_in(arena, product.few_panels, product.few, product.columns)
            multiply_few(d_z_p, few, block(d_rows, 0, live, product.few_source, d_rows.shape[1]), product.adds != 0)
        for r in range(live):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            copy_row(d_rows, r, h_size, ends.x, row, 0, num_inputs)
        if t == first_step:
            # ∂L/∂W = Σ rowᵀ ∂L/∂z over the tokens of a block
            row_block = rows_of(tape.rows, first_token, first_token + num_tokens)
            for p in range(last + 1):
                product = plan.products[p]
                row_p = block(row_block, 0, num_tokens, product.source, product.source + product.depth)
                d_z_p = block(d_z_block, 0, num_tokens, product.target, product.target + product.columns)
                d_w = matrix_in(d.weights, part * plan.num_weights + product.d_weights, product.depth, product.columns)
                add_gradient(plan.tile, row_p, d_z_p, d_w, add)
            add = True
    for r in range(last_rank - first_rank):
        row = schedule.rows[first_rank + r]
        copy_row(d_rows, r, 0, ends.h, row, 0, num_outputs)
        copy_row(d_c, r, 0, ends.c, row, 0, num_units)
