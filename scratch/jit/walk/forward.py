"""The walk through time: forward from the inputs to the outputs, the same for every cell.

A step reads its inputs into the rows of the tape, computes the products of the layer, each followed by its stage if it
has one, and hands the new state to the next step. What the products and stages are is data; see ``layer.py``. A part's
rows are walked by one thread, which shares nothing that it writes.
"""

from scratch.arrays import Array
from scratch.compiling.compiler import kernel
from scratch.jit.machine.view import block, clear_row, copy_row, prefetch_row, record_at, rows_of
from scratch.jit.walk.plan import Ends, Plan, ProductPlan, Tape
from scratch.jit.walk.products import clear_padding, multiply
from scratch.jit.walk.rows import multiply_row
from scratch.jit.walk.schedule import Schedule
from scratch.jit.walk.stage import call_stage
from scratch.jit.walk.step import Step


@kernel
def walk_forward(plan: Plan, arena: Array, schedule: Schedule, tape: Tape, ends: Ends, part: int) -> None:
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
        rows, z = rows_of(tape.rows, token, token + live), rows_of(tape.z, token, token + live)
        next_rows = rows_of(tape.rows, next_token, next_token + next_live)
        next_z = rows_of(tape.z, next_token, next_token + next_live)
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
            product = record_at(ProductPlan, plan.products, p)
            row_p = block(rows, 0, live, product.source, product.source + product.depth)
            z_p = block(z, 0, live, product.target, product.target + product.columns)
            # z = [h, 1, x] [W_h; b; W_x], or of other columns of the row
            soon = rows_of(next_z if p == 0 else next_rows, 0, next_live if p == 0 or p == last else 0)
            multiply(plan.tile, row_p, arena, product.panels, z_p, False, soon)
            clear_padding(z_p, product.units, product.gate_size)
            if product.forward >= 0:
                step = Step(
                    live=live, width=product.gate_size, size=plan.size, own=plan.own, d_own=plan.d_own,
                    rows=rows, z=z, c=c, c_new=c_new, h_new=h_new, constants=tape.constants,
                    # Stand-ins: going forward there are no gradients, and no stage asks for one.
                    d_rows=rows, d_z=z, d_c=c, d_constants=tape.constants,
                )
                call_stage(product.forward, step)
        for r in range(live):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            copy_row(h_new, r, 0, ends.outputs, row, 0, num_outputs)
            if len(ends.keep):
                # Dropout of the state: not of the output, which is the h before it.
                multiply_row(ends.keep, row, h_new, r)
            if r < next_live:
                copy_row(h_new, r, 0, next_rows, r, 0, h_size)
            else:
                # The row ends here, and this is its final state.
                copy_row(h_new, r, 0, ends.h, schedule.rows[first_rank + r], 0, num_outputs)
                copy_row(c_new, r, 0, ends.c, schedule.rows[first_rank + r], 0, num_units)
