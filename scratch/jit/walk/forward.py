"""The walk through time: forward from the inputs to the outputs, the same for every cell.

A step reads its inputs into the rows of the tape, computes the products of the layer, each followed by its stage if it
has one, and hands the new state to the next step. What the products and stages are is data; see ``layer.py``. A part's
rows are walked by one thread, which shares nothing that it writes.
"""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.view import block, copy_row, prefetch_row, record_at, rows_of
from scratch.jit.walk.plan import Ends, Plan, ProductPlan, Tape
from scratch.jit.walk.products import clear_padding, multiply
from scratch.jit.walk.rows import load_rows, multiply_row
from scratch.jit.walk.schedule import Schedule
from scratch.jit.walk.stage import call_stage
from scratch.jit.walk.step import Step


@inlined
def multiply_forward(plan: Plan, arena: Array, product: ProductPlan, rows: Array, z: Array, soon: Array) -> None:
    """Compute z = row W of one product, in its columns of the rows and of z."""
    live = rows.shape[0]
    row = block(rows, 0, live, product.source, product.source + product.depth)
    columns = block(z, 0, live, product.target, product.target + product.columns)
    multiply(plan.tile, row, arena, product.panels, columns, False, soon)
    clear_padding(block(z, 0, live, product.target, product.target + product.gates), product.units, product.gate_size)


@inlined
def step_forward(plan: Plan, arena: Array, step: Step, next_rows: Array, next_z: Array) -> None:
    """Compute a step, product after product, each followed by its stage if it has one, and prefetch the next."""
    num_products, next_live = len(plan.products), next_rows.shape[0]
    for p in range(num_products):
        product = record_at(ProductPlan, plan.products, p)
        # z = [h, 1, x] [W_h; b; W_x], or of other columns of the row
        soon = rows_of(next_z if p == 0 else next_rows, 0, next_live if p == 0 or p == num_products - 1 else 0)
        multiply_forward(plan, arena, product, step.rows, step.z, soon)
        if product.forward >= 0:
            call_stage(product.forward, product.gate_size, step)


@kernel
def walk_forward(plan: Plan, arena: Array, schedule: Schedule, tape: Tape, ends: Ends, part: int) -> None:
    """Run a part through all steps: from the inputs x to the outputs, and from the initial to the final state."""
    num_ranks, first_rank, last_rank = len(schedule.rows), schedule.parts[part], schedule.parts[part + 1]
    h_size, num_inputs = plan.h_size, ends.x.shape[1]
    num_outputs, num_units, token = ends.h.shape[1], ends.c.shape[1], schedule.first[part, 0]
    h_new, c_new = rows_of(tape.h_new, first_rank, last_rank), rows_of(tape.c, first_rank, last_rank)
    load_rows(ends.h, schedule.rows, first_rank, block(tape.rows, token, token + last_rank - first_rank, 0, h_size))
    load_rows(ends.c, schedule.rows, first_rank, c_new)
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
        step = Step(
            live=live, size=plan.size, own=plan.own, d_own=plan.d_own,
            rows=rows, z=z, c=c, c_new=c_new, h_new=h_new, constants=tape.constants,
            # Stand-ins: going forward there are no gradients, and no stage asks for one.
            d_rows=rows, d_z=z, d_c=c, d_constants=tape.constants,
        )
        step_forward(plan, arena, step, next_rows, next_z)
        for r in range(live):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            copy_row(h_new, r, 0, ends.outputs, row, 0, num_outputs)
            if len(ends.factors):
                # Dropout of the state: not of the output, which is the h before it.
                multiply_row(ends.factors, row, h_new, r)
            if r < next_live:
                copy_row(h_new, r, 0, next_rows, r, 0, h_size)
            else:
                # The row ends here, and this is its final state.
                copy_row(h_new, r, 0, ends.h, schedule.rows[first_rank + r], 0, num_outputs)
                copy_row(c_new, r, 0, ends.c, schedule.rows[first_rank + r], 0, num_units)
