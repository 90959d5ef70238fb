"""Small networks: all layers and all steps in one call of compiled code, forward and back.

For a few units what stands between the equations costs more than they do. So this walk does without what wide layers
and rows of unequal length need: ranks of rows, prefetch, threads. h' is written where the next step has its h, and the
gradients of weights are one product, in the end. A step is that of any other walk, of the same tape and gradients.
"""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.view import block, copy_row, matrix_in, record_at, rows_of
from scratch.jit.small.table import (
    LayerPlan,
    Network,
    Steps,
    begin_tape,
    begin_work,
    copy_steps,
    end_work,
    gradients_at,
    load_state,
    plan_at,
    store_state,
    tape_at,
)
from scratch.jit.walk.backward import add_block, step_backward
from scratch.jit.walk.forward import step_forward
from scratch.jit.walk.plan import Gradients, Plan, Tape
from scratch.jit.walk.rows import add_row
from scratch.jit.walk.step import Step


@inlined
def walk_layer(network: Network, plan: Plan, arena: Array, tape: Tape) -> None:
    """Run a layer through all steps; x, 1 and the first state stand in its tape."""
    batch_size = network.batch_size
    nothing = rows_of(tape.z, 0, 0)
    for t in range(network.num_steps):
        token, next_token = t * batch_size, (t + 1) * batch_size
        rows, z = rows_of(tape.rows, token, next_token), rows_of(tape.z, token, next_token)
        c, c_new = rows_of(tape.c, token, next_token), rows_of(tape.c, next_token, next_token + batch_size)
        step = Step(
            live=batch_size, size=plan.size, own=plan.own, d_own=plan.d_own,
            rows=rows, z=z, c=c, c_new=c_new, h_new=rows_of(tape.h_new, token, next_token), constants=tape.constants,
            # Stand-ins: going forward there are no gradients, and no stage asks for one.
            d_rows=rows, d_z=z, d_c=c, d_constants=tape.constants,
        )  # fmt: skip
        step_forward(plan, arena, step, nothing, nothing)


@inlined
def walk_layer_back(
    network: Network, plan: Plan, arena: Array, tape: Tape, d: Gradients, d_y: Steps, d_x: Steps
) -> None:
    """Take a layer back through all steps: from ∂L/∂outputs and ∂L/∂state, in ``d``, to ∂L/∂x."""
    batch_size, num_inputs = network.batch_size, d_x.matrix.shape[1]
    nothing = rows_of(tape.z, 0, 0)
    for t in range(network.num_steps - 1, -1, -1):
        token, next_token = t * batch_size, (t + 1) * batch_size
        for b in range(batch_size):
            # The output and the h of the new state are one array, h', used twice: its two gradients add.
            add_row(d_y.matrix, t * d_y.step_stride + b * d_y.row_stride, d.rows, b)
        step = Step(
            live=batch_size, size=plan.size, own=plan.own, d_own=plan.d_own,
            rows=rows_of(tape.rows, token, next_token), z=rows_of(tape.z, token, next_token),
            c=rows_of(tape.c, token, next_token), c_new=rows_of(tape.c, next_token, next_token + batch_size),
            # The stand-in of h': going back no stage asks for it.
            h_new=d.rows, constants=tape.constants,
            d_rows=d.rows, d_z=rows_of(d.z, token, next_token), d_c=d.c, d_constants=d.constants,
        )  # fmt: skip
        step_backward(plan, arena, step, nothing, nothing)
        for b in range(batch_size):
            row = t * d_x.step_stride + b * d_x.row_stride
            copy_row(d.rows, b, plan.h_size, d_x.matrix, row, 0, num_inputs)
    add_block(plan, tape, d, d.z, (0, 0, network.num_steps * batch_size), False)


@kernel
def small_forward(
    table: Array, start: Array, weights: Array, states: Array, inputs: Array, tape: Array, outputs: Array, final: Array
) -> None:
    """Run a network from its inputs and states to its outputs and final states.

    It may be called from compiled code: all numbers lie in row-major arrays, of any number of axes.

    - ``table``, ``start``: those of a ``SmallPlan``. ``weights``: the numbers of all parameters, in the order of its
      ``paths``. ``states``, ``final``: layer after layer, c [B, units] where there is one, and h [B, output].
    - ``inputs``, ``outputs``: in the layout of the plan. ``tape``: the plan's ``tape_size`` numbers, anything at first.
    """
    network = record_at(Network, table, 0)
    num_tokens, batch_size = network.num_steps * network.batch_size, network.batch_size
    begin_tape(network, table, start, matrix_in(weights, 0, 1, network.num_weights), tape)
    x = matrix_in(inputs, 0, num_tokens, record_at(LayerPlan, table, 1).num_inputs)
    source = Steps(x, network.step_stride, network.row_stride)
    for number in range(1, network.num_layers + 1):
        layer = record_at(LayerPlan, table, number)
        of_layer, plan = tape_at(network, layer, tape), plan_at(network, table, layer)
        load_state(matrix_in(states, layer.c_at, batch_size, layer.num_memory), rows_of(of_layer.c, 0, batch_size))
        h = matrix_in(states, layer.h_at, batch_size, layer.num_outputs)
        load_state(h, block(of_layer.rows, 0, batch_size, 0, layer.h_size))
        for token in range(num_tokens):
            of_layer.rows[token, layer.h_size] = 1
        x = block(of_layer.rows, 0, num_tokens, layer.h_size + 1, layer.h_size + 1 + layer.num_inputs)
        copy_steps(network, source, Steps(x, batch_size, 1))
        walk_layer(network, plan, tape, of_layer)
        c_new = rows_of(of_layer.c, num_tokens, num_tokens + batch_size)
        store_state(c_new, matrix_in(final, layer.c_at, batch_size, layer.num_memory))
        h_new = rows_of(of_layer.h_new, num_tokens - batch_size, num_tokens)
        store_state(h_new, matrix_in(final, layer.h_at, batch_size, layer.num_outputs))
        # The x of the layer above.
        source = Steps(block(of_layer.h_new, 0, num_tokens, 0, layer.num_outputs), batch_size, 1)
    y = matrix_in(outputs, 0, num_tokens, source.matrix.shape[1])
    copy_steps(network, source, Steps(y, network.step_stride, network.row_stride))


@kernel
def small_backward(
    table: Array, tape: Array, work: Array, d_outputs: Array, d_final: Array, d_inputs: Array, d_states: Array,
    d_weights: Array,
) -> None:  # fmt: skip
    """The adjoint: from ∂L/∂outputs and ∂L/∂final states to those of inputs, states and weights.

    ``table``, ``tape``: those of the pass forward. ``work``: the plan's ``work_size`` numbers, anything at first. The
    others lie as in ``small_forward``.
    """
    network = record_at(Network, table, 0)
    num_tokens, batch_size = network.num_steps * network.batch_size, network.batch_size
    begin_work(network, table, tape, work)
    top = record_at(LayerPlan, table, network.num_layers)
    d_outputs_by_row = matrix_in(d_outputs, 0, num_tokens, top.num_outputs)
    d_y = Steps(d_outputs_by_row, network.step_stride, network.row_stride)
    for number in range(network.num_layers, 0, -1):
        layer = record_at(LayerPlan, table, number)
        d, plan = gradients_at(network, layer, work), plan_at(network, table, layer)
        load_state(matrix_in(d_final, layer.c_at, batch_size, layer.num_memory), d.c)
        h = matrix_in(d_final, layer.h_at, batch_size, layer.num_outputs)
        load_state(h, block(d.rows, 0, batch_size, 0, layer.h_size))
        d_x = Steps(matrix_in(work, network.d_head + layer.d_x, num_tokens, layer.num_inputs), batch_size, 1)
        if number == 1:
            x = matrix_in(d_inputs, 0, num_tokens, layer.num_inputs)
            d_x = Steps(x, network.step_stride, network.row_stride)
        walk_layer_back(network, plan, work, tape_at(network, layer, tape), d, d_y, d_x)
        store_state(d.c, matrix_in(d_states, layer.c_at, batch_size, layer.num_memory))
        store_state(d.rows, matrix_in(d_states, layer.h_at, batch_size, layer.num_outputs))
        d_y = d_x
    end_work(network, table, work, matrix_in(d_weights, 0, 1, network.num_weights))
