"""The walk with attention: forward through time, the cell within and the look at its window, step by step."""

from scratch.arrays import Array
from scratch.compiling.compiler import kernel
from scratch.jit.attention.look import Look, attend
from scratch.jit.attention.plan import MIX, OUTPUT, QUERY, Arenas, AttentionEnds, AttentionPlan, AttentionTape
from scratch.jit.machine.view import block, copy_row, record_at, rows_of
from scratch.jit.walk.forward import multiply_forward, step_forward
from scratch.jit.walk.plan import Plan, ProductPlan
from scratch.jit.walk.rows import load_rows
from scratch.jit.walk.schedule import Schedule
from scratch.jit.walk.step import Step


@kernel
def multiply_rows(plan: Plan, arena: Array, number: int, rows: Array, z: Array) -> None:
    """Compute z = row W of one product: compiled once, and not into each line that calls it."""
    multiply_forward(plan, arena, record_at(ProductPlan, plan.products, number), rows, z, rows_of(z, 0, 0))


@kernel
def attention_forward(
    plan: AttentionPlan, arenas: Arenas, schedule: Schedule, tape: AttentionTape, ends: AttentionEnds, part: int
) -> None:
    """Run a part through all steps: from the inputs x to the outputs, and from the initial to the final state."""
    num_ranks, first_rank, last_rank = len(schedule.rows), schedule.parts[part], schedule.parts[part + 1]
    ranks, num_steps, length = last_rank - first_rank, schedule.live.shape[1] - 1, plan.length
    cell, around, place = plan.cell, plan.around, plan.places
    mix, query = record_at(ProductPlan, around.products, MIX), record_at(ProductPlan, around.products, QUERY)
    output = record_at(ProductPlan, around.products, OUTPUT)
    h_size, c_size, a_size = cell.h_size, tape.cell.c.shape[1], tape.window.rows.shape[1]
    num_h, num_c, num_outputs, num_inputs = ends.h.shape[1], ends.c.shape[1], ends.u.shape[1], ends.x.shape[1]
    first, last = first_rank * (num_steps + length), last_rank * (num_steps + length)
    window, projected = rows_of(tape.window.rows, first, last), rows_of(tape.window.z, first, last)
    h_new, c_new = rows_of(tape.cell.h_new, first_rank, last_rank), rows_of(tape.cell.c, first_rank, last_rank)
    token = schedule.first[part, 0]
    load_rows(ends.h, schedule.rows, first_rank, block(tape.cell.rows, token, token + ranks, 0, h_size))
    load_rows(ends.c, schedule.rows, first_rank, c_new)
    u = block(tape.around.rows, token, token + ranks, place.u, place.u + a_size)
    load_rows(ends.u, schedule.rows, first_rank, u)
    for k in range(length):
        of_window = block(ends.window, 0, len(ends.window), k * num_outputs, (k + 1) * num_outputs)
        load_rows(of_window, schedule.rows, first_rank, rows_of(window, k * ranks, (k + 1) * ranks))
    # S W_a
    old = rows_of(window, 0, length * ranks)
    multiply_rows(plan.window, arenas.window, 0, old, rows_of(projected, 0, length * ranks))
    for t in range(num_steps):
        token, live = schedule.first[part, t], schedule.live[part, t]
        if live == 0:
            break
        next_token, next_live = schedule.first[part, t + 1], schedule.live[part, t + 1]
        rows, z = rows_of(tape.around.rows, token, token + live), rows_of(tape.around.z, token, token + live)
        next_rows = rows_of(tape.around.rows, next_token, next_token + next_live)
        cell_rows, cell_z = rows_of(tape.cell.rows, token, token + live), rows_of(tape.cell.z, token, token + live)
        next_cell_rows = rows_of(tape.cell.rows, next_token, next_token + next_live)
        next_cell_z = rows_of(tape.cell.z, next_token, next_token + next_live)
        c, c_new = c_new, rows_of(tape.cell.c, num_ranks + token, num_ranks + token + live)
        for r in range(live):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            rows[r, place.another_one] = 1
            rows[r, place.one] = 1
            cell_rows[r, h_size] = 1
            copy_row(ends.x, row, 0, rows, r, place.x, num_inputs)
        # x̃ = [x, u] W + b
        multiply_rows(around, arenas.around, MIX, rows, z)
        for r in range(live):
            copy_row(z, r, mix.target, cell_rows, r, h_size + 1, mix.units)
        # h', s' = cell(x̃, s)
        step = Step(
            live=live, size=cell.size, own=cell.own, d_own=cell.d_own,
            rows=cell_rows, z=cell_z, c=c, c_new=c_new, h_new=h_new, constants=tape.cell.constants,
            # Stand-ins, as in the walk.
            d_rows=cell_rows, d_z=cell_z, d_c=c, d_constants=tape.cell.constants,
        )
        step_forward(cell, arenas.cell, step, next_cell_rows, next_cell_z)
        for r in range(live):
            copy_row(h_new, r, 0, rows, r, place.h, h_size)
            copy_row(c_new, r, 0, rows, r, place.c, c_size)
        # q W_q + b_q
        multiply_rows(around, arenas.around, QUERY, rows, z)
        look = Look(
            window=rows_of(window, t * ranks, (t + length) * ranks),
            projected=rows_of(projected, t * ranks, (t + length) * ranks),
            q=block(z, 0, live, query.target, query.target + query.columns),
            v=tape.window.constants,
            alpha=rows_of(tape.alpha, token, token + live),
            u=block(rows, 0, live, place.u_new, place.u_new + a_size),
        )
        attend(look, length, ranks)
        # output = [h', u'] W_o + b_o
        multiply_rows(around, arenas.around, OUTPUT, rows, z)
        new, new_end = (t + length) * ranks, (t + length) * ranks + live
        for r in range(live):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            copy_row(z, r, output.target, ends.outputs, row, 0, num_outputs)
            # S' = S_1, …, S_{K−1}, output
            copy_row(z, r, output.target, window, new + r, 0, a_size)
            if r < next_live:
                copy_row(h_new, r, 0, next_cell_rows, r, 0, h_size)
                copy_row(rows, r, place.u_new, next_rows, r, place.u, a_size)
            else:
                # The row ends here, and this is its final state.
                row = schedule.rows[first_rank + r]
                copy_row(h_new, r, 0, ends.h, row, 0, num_h)
                copy_row(c_new, r, 0, ends.c, row, 0, num_c)
                copy_row(rows, r, place.u_new, ends.u, row, 0, num_outputs)
                for k in range(length):
                    copy_row(window, (t + 1 + k) * ranks + r, 0, ends.window, row, k * num_outputs, num_outputs)
        new_rows, new_z = rows_of(window, new, new_end), rows_of(projected, new, new_end)
        multiply_rows(plan.window, arenas.window, 0, new_rows, new_z)
