"""Flax's linen cells in ``nn.RNN``, with ``seq_lengths``, and ``nn.Bidirectional``."""

import jax.numpy as jnp
from flax import linen as nn

from parity_tests.scoreboard.adapters.jax_parts import answer_with, gates_apart
from parity_tests.scoreboard.engine import CannotSayError, layers_of
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMState

NAME = "Flax"
PACKAGES = ("flax", "jax")
DOCUMENTED = "https://flax.readthedocs.io/en/latest/api_reference/flax.linen/layers.html"
PHI = {"tanh": nn.tanh, "relu": nn.relu}


def cell_of(cell, dtype):
    """Return Flax's cell, and a function that makes its parameters of ours."""
    options = {"features": cell.num_units, "param_dtype": dtype}
    if isinstance(cell, BasicRNNCell):

        def simple(params):
            x, h, b = gates_apart(params, cell.num_units, "n")["n"]
            return {"i": {"kernel": x, "bias": b}, "h": {"kernel": h}}

        return nn.SimpleCell(activation_fn=PHI[cell.activation], **options), simple
    if isinstance(cell, GRUCell) and cell.reset_after:

        def gru(params):
            made = {}
            for gate, (x, h, b) in gates_apart(params["gates"], cell.num_units, "rz").items():
                made |= {f"i{gate}": {"kernel": x, "bias": b}, f"h{gate}": {"kernel": h}}
            own = params["candidate"]
            return made | {"in": own["input_projection"], "hn": own["hidden_projection"]}

        return nn.GRUCell(**options), gru
    if type(cell) is BasicLSTMCell:

        def lstm(params):
            made = {}
            for gate, (x, h, b) in gates_apart(params, cell.num_units, "igfo").items():
                b = b + cell.forget_bias if gate == "f" else b
                made |= {f"i{gate}": {"kernel": x}, f"h{gate}": {"kernel": h, "bias": b}}
            return made

        return nn.LSTMCell(activation_fn=PHI[cell.activation], **options), lstm
    raise CannotSayError(f"Flax has no {cell}")


def carry_of(state):
    return (state.c, state.h) if isinstance(state, LSTMState) else state


def state_of(carry):
    return LSTMState(*carry) if isinstance(carry, tuple) else carry


def answer(case, problem):
    lengths = None if case.sequence_length is None else jnp.array(case.sequence_length)
    cells, both = layers_of(case.cell), case.direction == "both"
    dtype = problem.inputs.dtype

    def one(cell, params, x, state, reverse=False):
        theirs, made = cell_of(cell, dtype)
        layer = nn.RNN(theirs, return_carry=True, reverse=reverse, keep_order=True)
        variables = {"params": {"cell": made(params)}}
        carry, y = layer.apply(variables, x, initial_carry=carry_of(state), seq_lengths=lengths)
        return y, state_of(carry)

    def run(params, x, state):
        if both:
            pairs = [one(case.cell, params[name], x, state[n], n == 1) for n, name in enumerate(("fw", "bw"))]
            return tuple(y for y, _ in pairs), tuple(final for _, final in pairs)
        if len(cells) == 1:
            return one(case.cell, params, x, state)
        finals = []
        for n, cell in enumerate(cells):
            x, final = one(cell, params[f"cell_{n}"], x, state[n])
            finals.append(final)
        return x, tuple(finals)

    cell_of(cells[0], dtype)
    return answer_with(problem, run)
