"""The walk with attention, back: the adjoint of ``forward.py``, from the last step to the first."""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.attention.look import Look, attend_back
from scratch.jit.attention.plan import (
    MIX,
    OUTPUT,
    QUERY,
    Arenas,
    AttentionEnds,
    AttentionGradients,
    AttentionPlan,
    AttentionTape,
)
from scratch.jit.machine.view import block, clear_row, copy_row, record_at, rows_of
from scratch.jit.walk.backward import add_block, multiply_back, step_backward
from scratch.jit.walk.plan import Gradients, Plan, ProductPlan, Tape
from scratch.jit.walk.products import TOKENS
from scratch.jit.walk.rows import add_row, load_rows
from scratch.jit.walk.schedule import Schedule
from scratch.jit.walk.step import Step


@kernel
def multiply_rows_back(plan: Plan, arena: Array, number: int, d_z: Array, d_rows: Array) -> None:
    """Compute ∂L/∂row = ∂L/∂z Wᵀ of one product: compiled once, as ``multiply_rows`` is."""
    multiply_back(plan, arena, record_at(ProductPlan, plan.products, number), d_z, d_rows, rows_of(d_z, 0, 0))


@kernel
def add_blocks(plan: Plan, tape: Tape, d: Gradients, part: int, first: int, last: int) -> None:
    """Compute the gradients of a part's weights from some rows, block by block."""
    for start in range(first, last, TOKENS):
        end = start + TOKENS if start + TOKENS < last else last
        add_block(plan, tape, d, rows_of(d.z, start, end), (part, start, end - start), start > first)


@inlined
def finish(
    plan: AttentionPlan, arenas: Arenas, schedule: Schedule, ends: AttentionEnds, d: AttentionGradients, part: int
) -> None:
    """Write the gradients of a part's initial states, the window's through S W_a as well."""
    first_rank, last_rank = schedule.parts[part], schedule.parts[part + 1]
    ranks, num_outputs, place = last_rank - first_rank, ends.u.shape[1], plan.d_places
    first = first_rank * (schedule.live.shape[1] - 1 + plan.length)
    d_old = rows_of(d.window.rows, first, first + plan.length * ranks)
    d_old_projected = rows_of(d.window.z, first, first + plan.length * ranks)
    multiply_rows_back(plan.window, arenas.window, 0, d_old_projected, d_old)
    for rank in range(first_rank, last_rank):
        row = schedule.rows[rank]
        copy_row(d.cell.rows, rank, 0, ends.h, row, 0, ends.h.shape[1])
        copy_row(d.cell.c, rank, 0, ends.c, row, 0, ends.c.shape[1])
        copy_row(d.around.rows, rank, place.u, ends.u, row, 0, num_outputs)
        for k in range(plan.length):
            copy_row(d_old, k * ranks + rank - first_rank, 0, ends.window, row, k * num_outputs, num_outputs)


@kernel
def attention_backward(
    plan: AttentionPlan, arenas: Arenas, schedule: Schedule, tape: AttentionTape, ends: AttentionEnds,
    d: AttentionGradients, part: int,
) -> None:  # fmt: skip
    """The adjoint of a part's steps: from the gradients of the outputs and of the final state to all others."""
    num_ranks, first_rank, last_rank = len(schedule.rows), schedule.parts[part], schedule.parts[part + 1]
    ranks, num_steps, length = last_rank - first_rank, schedule.live.shape[1] - 1, plan.length
    cell, around, place = plan.cell, plan.around, plan.d_places
    mix, query = record_at(ProductPlan, around.products, MIX), record_at(ProductPlan, around.products, QUERY)
    output = record_at(ProductPlan, around.products, OUTPUT)
    h_size, c_size, a_size = cell.h_size, tape.cell.c.shape[1], tape.window.rows.shape[1]
    num_outputs, num_inputs = ends.u.shape[1], ends.x.shape[1]
    first, last = first_rank * (num_steps + length), last_rank * (num_steps + length)
    window, projected = rows_of(tape.window.rows, first, last), rows_of(tape.window.z, first, last)
    d_window, d_projected = rows_of(d.window.rows, first, last), rows_of(d.window.z, first, last)
    d_rows, d_cell_rows = rows_of(d.around.rows, first_rank, last_rank), rows_of(d.cell.rows, first_rank, last_rank)
    d_c, num_constants = rows_of(d.cell.c, first_rank, last_rank), tape.cell.constants.shape[0]
    load_rows(ends.h, schedule.rows, first_rank, block(d_cell_rows, 0, ranks, 0, h_size))
    load_rows(ends.c, schedule.rows, first_rank, d_c)
    load_rows(ends.u, schedule.rows, first_rank, block(d_rows, 0, ranks, place.u, place.u + a_size))
    for t in range(num_steps - 1, -1, -1):
        token, live = schedule.first[part, t], schedule.live[part, t]
        if live == 0:
            continue
        token_before, live_before = schedule.first[part, t - 1], schedule.live[part, t - 1]
        rows_before = rows_of(tape.cell.rows, token_before, token_before + live_before)
        z_before = rows_of(tape.cell.z, token_before, token_before + live_before)
        old, new = num_ranks + token_before if t > 0 else first_rank, num_ranks + token
        d_z, d_cell_z = rows_of(d.around.z, token, token + live), rows_of(d.cell.z, token, token + live)
        for r in range(schedule.live[part, t + 1], live):
            # The row ends here: its final S are the outputs of the last K steps.
            row = schedule.rows[first_rank + r]
            for k in range(length):
                copy_row(ends.window, row, k * num_outputs, d_window, (t + 1 + k) * ranks + r, 0, num_outputs)
        # S W_a     This output was multiplied by it, and all steps that looked at it have been.
        new_row, new_end = (t + length) * ranks, (t + length) * ranks + live
        d_new, d_new_projected = rows_of(d_window, new_row, new_end), rows_of(d_projected, new_row, new_end)
        multiply_rows_back(plan.window, arenas.window, 0, d_new_projected, d_new)
        # output = [h', u'] W_o + b_o
        d_output = block(d_z, 0, live, output.target, output.target + output.columns)
        for r in range(live):
            copy_row(d_new, r, 0, d_output, r, 0, a_size)
            add_row(ends.outputs, schedule.offsets[first_rank + r] + schedule.step_stride * t, d_output, r)
        multiply_rows_back(around, arenas.around, OUTPUT, d_z, d_rows)
        d_u = block(d_rows, 0, live, place.u_new, place.u_new + a_size)
        d_u_next = block(d_rows, 0, live, place.u, place.u + a_size)
        for r in range(live):
            # u' is used here and by the next step: its two gradients add.
            add_row(d_u_next, r, d_u, r)
            clear_row(d_rows, r, place.c, place.c + c_size)
        look = Look(
            window=rows_of(window, t * ranks, (t + length) * ranks),
            projected=rows_of(projected, t * ranks, (t + length) * ranks),
            q=block(tape.around.z, token, token + live, query.target, query.target + query.columns),
            v=tape.window.constants, alpha=rows_of(tape.alpha, token, token + live), u=d_u,
        )
        d_look = Look(
            window=rows_of(d_window, t * ranks, (t + length) * ranks),
            projected=rows_of(d_projected, t * ranks, (t + length) * ranks),
            q=block(d_z, 0, live, query.target, query.target + query.columns),
            v=rows_of(d.window.constants, part, part + 1), alpha=rows_of(d.alpha, first_rank, last_rank), u=d_u,
        )
        attend_back(look, d_look, length, ranks)
        # q = all arrays of s', side by side
        multiply_rows_back(around, arenas.around, QUERY, d_z, d_rows)
        d_h_here = block(d_rows, 0, live, place.h, place.h + h_size)
        d_c_here = block(d_rows, 0, live, place.c, place.c + c_size)
        for r in range(live):
            # s' is used here and by the next step: its two gradients add.
            add_row(d_h_here, r, d_cell_rows, r)
            add_row(d_c_here, r, d_c, r)
        # h', s' = cell(x̃, s)
        step = Step(
            live=live, size=cell.size, own=cell.own, d_own=cell.d_own,
            rows=rows_of(tape.cell.rows, token, token + live), z=rows_of(tape.cell.z, token, token + live),
            c=rows_of(tape.cell.c, old, old + live), c_new=rows_of(tape.cell.c, new, new + live),
            # The stand-in of h', as in the walk.
            h_new=d_cell_rows, constants=tape.cell.constants,
            d_rows=d_cell_rows, d_z=d_cell_z, d_c=d_c,
            d_constants=rows_of(d.cell.constants, part * num_constants, (part + 1) * num_constants),
        )
        step_backward(cell, arenas.cell, step, rows_before, z_before)
        # x̃ = [x, u] W + b
        for r in range(live):
            copy_row(d_cell_rows, r, h_size, d_z, r, mix.target, mix.units)
        multiply_rows_back(around, arenas.around, MIX, d_z, d_rows)
        for r in range(live):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            copy_row(d_rows, r, place.x, ends.x, row, 0, num_inputs)
    finish(plan, arenas, schedule, ends, d, part)
    token, last_token = schedule.first[part, 0], schedule.first[part, num_steps]
    add_blocks(cell, tape.cell, d.cell, part, token, last_token)
    add_blocks(around, tape.around, d.around, part, token, last_token)
    add_blocks(plan.window, tape.window, d.window, part, first, last)
