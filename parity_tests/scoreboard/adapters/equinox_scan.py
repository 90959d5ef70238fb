"""Equinox's cells in ``lax.scan``, a row at a time under ``vmap``."""

import equinox as eqx
import jax
import jax.numpy as jnp

from parity_tests.scoreboard.adapters.jax_parts import answer_with, gates_apart
from parity_tests.scoreboard.engine import CannotSayError, layers_of, without_lengths
from scratch import BasicLSTMCell, GRUCell, LSTMState

NAME = "Equinox in lax.scan"
PACKAGES = ("equinox", "jax")
DOCUMENTED = "https://docs.kidger.site/equinox/api/nn/rnn/"


def cell_of(cell, params):
    """Return Equinox's cell with our parameters in it."""
    after = isinstance(cell, GRUCell) and cell.reset_after
    if not (after or type(cell) is BasicLSTMCell):
        raise CannotSayError(f"Equinox has no {cell}")
    if after:
        gates = gates_apart(params["gates"], cell.num_units, "rz")
        own_x, own_h = params["candidate"]["input_projection"], params["candidate"]["hidden_projection"]
        gates["n"] = own_x["kernel"], own_h["kernel"], own_x["bias"]
    else:
        gates = gates_apart(params, cell.num_units, "igfo")
        gates["f"] = *gates["f"][:2], gates["f"][2] + cell.forget_bias
    x, h, b = zip(*(gates[gate] for gate in ("rzn" if after else "ifgo")), strict=True)
    weights = jnp.concatenate(x, 1).T, jnp.concatenate(h, 1).T, jnp.concatenate(b)
    kind = eqx.nn.GRUCell if after else eqx.nn.LSTMCell
    made = kind(weights[0].shape[1], cell.num_units, key=jax.random.key(0))
    made = eqx.tree_at(lambda m: (m.weight_ih, m.weight_hh, m.bias), made, weights)
    return eqx.tree_at(lambda m: m.bias_n, made, own_h["bias"]) if after else made


def answer(case, problem):
    without_lengths(case)
    cells = layers_of(case.cell)
    cell_of(cells[0], problem.params["cell_0"] if len(cells) > 1 else problem.params)

    def run(params, x, state):
        cell = cell_of(case.cell, params)
        lstm = isinstance(state, LSTMState)

        def step(carry, x_t):
            carry = cell(x_t, carry)
            return carry, carry[0] if lstm else carry

        def row(x, carry):
            return jax.lax.scan(step, carry, x)

        carry, y = jax.vmap(row)(x, (state.h, state.c) if lstm else state)
        return y, LSTMState(c=carry[1], h=carry[0]) if lstm else carry

    return answer_with(problem, run)
