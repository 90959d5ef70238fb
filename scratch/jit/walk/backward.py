"""The walk back: the adjoint of ``forward.py``, from the last step to the first."""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.view import block, copy_row, matrix_in, prefetch_row, record_at, rows_of
from scratch.jit.walk.plan import Ends, Gradients, Plan, ProductPlan, Tape
from scratch.jit.walk.products import add_gradient, clear_padding, multiply, multiply_few
from scratch.jit.walk.rows import add_row, load_rows, multiply_row
from scratch.jit.walk.schedule import Schedule
from scratch.jit.walk.stage import call_stage
from scratch.jit.walk.step import Step


@inlined
def multiply_back(plan: Plan, arena: Array, product: ProductPlan, d_z: Array, d_rows: Array, soon: Array) -> None:
    """Compute ∂L/∂row = ∂L/∂z Wᵀ of one product, in the columns of the row that have a gradient."""
    live, adds = d_z.shape[0], product.adds != 0
    d_z = block(d_z, 0, live, product.target, product.target + product.gates)
    clear_padding(d_z, product.units, product.gate_size)
    d_row = block(d_rows, 0, live, product.d_source, product.d_source + product.d_columns)
    multiply(plan.tile, d_z, arena, product.d_panels, d_row, adds, soon)
    few = matrix_in(arena, product.few_panels, product.few, product.columns)
    multiply_few(d_z, few, block(d_rows, 0, live, product.few_source, d_rows.shape[1]), adds)


@inlined
def step_backward(plan: Plan, arena: Array, step: Step, rows_before: Array, z_before: Array) -> None:
    """The adjoint of ``step_forward``; prefetches the rows of the step before, which is the next on the way back."""
    num_products, live_before = len(plan.products), rows_before.shape[0]
    for p in range(num_products - 1, -1, -1):
        product = record_at(ProductPlan, plan.products, p)
        if product.adjoint >= 0:
            call_stage(product.adjoint, product.gate_size, step)
        is_first = p == num_products - 1
        soon = rows_of(z_before if is_first else rows_before, 0, live_before if is_first or p == 0 else 0)
        multiply_back(plan, arena, product, step.d_z, step.d_rows, soon)


@inlined
def add_block(plan: Plan, tape: Tape, d: Gradients, d_z: Array, tokens: tuple[int, int, int], add: bool) -> None:
    """Add to the gradients of a part's weights what a block of tokens gives: ∂L/∂W = Σ rowᵀ ∂L/∂z."""
    part, first_token, num_tokens = tokens
    rows = rows_of(tape.rows, first_token, first_token + num_tokens)
    for p in range(len(plan.products)):
        product = record_at(ProductPlan, plan.products, p)
        row_p = block(rows, 0, num_tokens, product.source, product.source + product.depth)
        d_z_p = block(d_z, 0, num_tokens, product.target, product.target + product.columns)
        d_w = matrix_in(d.weights, part * plan.num_weights + product.d_weights, product.depth, product.columns)
        add_gradient(plan.tile, row_p, d_z_p, d_w, add)


@kernel
def walk_backward(
    plan: Plan, arena: Array, schedule: Schedule, tape: Tape, ends: Ends, d: Gradients, part: int
) -> None:
    """The adjoint of a part's steps: from the gradients of the outputs and of the final state to all others."""
    num_ranks, first_rank, last_rank = len(schedule.rows), schedule.parts[part], schedule.parts[part + 1]
    h_size, num_inputs = plan.h_size, ends.x.shape[1]
    num_outputs, num_units, num_constants = ends.h.shape[1], ends.c.shape[1], tape.constants.shape[0]
    d_rows, d_c = rows_of(d.rows, first_rank, last_rank), rows_of(d.c, first_rank, last_rank)
    d_constants = rows_of(d.constants, part * num_constants, (part + 1) * num_constants)
    most_tokens = d.z.shape[0] // (len(schedule.parts) - 1)
    d_z_block = block(d.z, part * most_tokens, (part + 1) * most_tokens, 0, tape.z.shape[1])
    load_rows(ends.h, schedule.rows, first_rank, block(d_rows, 0, last_rank - first_rank, 0, h_size))
    load_rows(ends.c, schedule.rows, first_rank, d_c)
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
        token_before, live_before = schedule.first[part, t - 1], schedule.live[part, t - 1]
        rows, z = rows_of(tape.rows, token, token + live), rows_of(tape.z, token, token + live)
        rows_before = rows_of(tape.rows, token_before, token_before + live_before)
        z_before = rows_of(tape.z, token_before, token_before + live_before)
        old, new = num_ranks + token_before if t > 0 else first_rank, num_ranks + token
        c, c_new = rows_of(tape.c, old, old + live), rows_of(tape.c, new, new + live)
        d_z = rows_of(d_z_block, token - first_token, token - first_token + live)
        for r in range(live):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            if len(ends.factors):
                multiply_row(ends.factors, row, d_rows, r)
            # The output and the h of the new state are one array, h', used twice: its two gradients add.
            add_row(ends.outputs, row, d_rows, r)
            if t > 0:
                prefetch_row(ends.outputs, row - schedule.step_stride, 0, ends.outputs.shape[1])
                prefetch_row(ends.x, row - schedule.step_stride, 0, num_inputs)
        step = Step(
            live=live, size=plan.size, own=plan.own, d_own=plan.d_own,
            # The stand-in of h': going back no stage asks for it.
            rows=rows, z=z, c=c, c_new=c_new, h_new=d_rows, constants=tape.constants,
            d_rows=d_rows, d_z=d_z, d_c=d_c, d_constants=d_constants,
        )
        step_backward(plan, arena, step, rows_before, z_before)
        for r in range(live if num_inputs else 0):
            row = schedule.offsets[first_rank + r] + schedule.step_stride * t
            copy_row(d_rows, r, h_size, ends.x, row, 0, num_inputs)
        if t == first_step:
            add_block(plan, tape, d, d_z_block, (part, first_token, num_tokens), add)
            add = True
    for r in range(last_rank - first_rank):
        row = schedule.rows[first_rank + r]
        copy_row(d_rows, r, 0, ends.h, row, 0, num_outputs)
        copy_row(d_c, r, 0, ends.c, row, 0, num_units)
