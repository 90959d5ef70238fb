"""Haiku's cores in ``dynamic_unroll``. Its GRU keeps z h' + (1 - z) h, so its z is our 1 - u."""

import haiku as hk
import jax.numpy as jnp

from parity_tests.scoreboard.adapters.jax_parts import answer_with, gates_apart
from parity_tests.scoreboard.engine import CannotSayError, layers_of, without_lengths
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMState

NAME = "Haiku"
PACKAGES = ("dm-haiku", "jax")
DOCUMENTED = "https://dm-haiku.readthedocs.io/en/latest/api.html#recurrent"


def core_of(cell):
    """Return Haiku's core, and a function that makes its parameters of ours."""
    size = cell.num_units
    if isinstance(cell, BasicRNNCell) and cell.activation == "relu":

        def vanilla(params):
            x, h, b = gates_apart(params, size, "n")["n"]
            own = {"linear": {"w": x, "b": b}, "linear_1": {"w": h, "b": jnp.zeros_like(b)}}
            return {f"vanilla_rnn/{name}": layer for name, layer in own.items()}

        return hk.VanillaRNN, vanilla
    if isinstance(cell, GRUCell) and not cell.reset_after:

        def gru(params):
            gates = gates_apart(params["gates"], size, "ru") | gates_apart(params["candidate"], size, "n")
            gates["u"] = tuple(-part for part in gates["u"])
            x, h, b = (jnp.concatenate(part, -1) for part in zip(*(gates[gate] for gate in "urn"), strict=True))
            return {"gru": {"w_i": x, "w_h": h, "b": b}}

        return hk.GRU, gru
    if type(cell) is BasicLSTMCell and cell.forget_bias == 1:
        return hk.LSTM, lambda params: {"lstm/linear": {"w": params["kernel"], "b": params["bias"]}}
    raise CannotSayError(f"Haiku has no {cell}")


def answer(case, problem):
    without_lengths(case)
    core, made = core_of(layers_of(case.cell)[0])

    def run(params, x, state):
        lstm = isinstance(state, LSTMState)
        start = hk.LSTMState(state.h, state.c) if lstm else state

        def unrolled(x, start):
            return hk.dynamic_unroll(core(case.cell.num_units), x, start, time_major=False)

        y, final = hk.without_apply_rng(hk.transform(unrolled)).apply(made(params), x, start)
        return y, LSTMState(c=final.cell, h=final.hidden) if lstm else final

    return answer_with(problem, run)
