"""What the engines on JAX share: the parameters are arrays of JAX in the layout of scratch, and JAX differentiates."""

import jax
import jax.numpy as jnp

from parity_tests.harness import Results
from parity_tests.scoreboard.engine import asked
from scratch.tree import map_tree

jax.config.update("jax_enable_x64", True)


def answer_with(problem, run):
    """Return the ``Results`` of ``run(params, inputs, initial_state) -> (outputs, final_state)``."""
    given = map_tree(jnp.asarray, (problem.params, problem.inputs, problem.initial_state))
    with asked():
        (outputs, final_state), pull_back = jax.vjp(run, *given)
        d_params, d_inputs, d_state = pull_back(map_tree(jnp.asarray, (problem.d_outputs, problem.d_final_state)))
    return map_tree(jax.device_get, Results(outputs, final_state, d_inputs, d_state, d_params))


def gates_apart(layer, size, order):
    """Return ``{gate: (W_x, W_h, b)}`` of a kernel with rows of x above rows of h, its gates side by side."""
    kernel, bias = layer["kernel"], layer["bias"]
    kernels = jnp.split(kernel, len(order), 1)
    return {
        gate: (part[:-size], part[-size:], b)
        for gate, part, b in zip(order, kernels, jnp.split(bias, len(order)), strict=True)
    }
