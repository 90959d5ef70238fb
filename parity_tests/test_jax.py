"""JAX's differentiation of scratch's own equations: a second witness for the cells that TensorFlow no longer ships.

The forward equations are the text book's files themselves, run on JAX's arrays; no derivative of ours is used.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import scratch
from parity_tests.bounds.arithmetic import Arithmetic, text_book_in
from parity_tests.cases import CONTRIB_CELLS, VARIATIONAL_CELLS
from parity_tests.harness import Case, Results, assert_parity, run_dynamic
from scratch.cell import masked_forward
from scratch.tree import map_tree

LENGTHS = (4, 0, 6, 1, 3)


class JaxNumPy:
    """JAX's NumPy, with a ``reshape`` that takes a list of arrays, as NumPy's does."""

    def __getattr__(self, name):
        return getattr(jnp, name)

    def reshape(self, array, shape):
        return jnp.reshape(jnp.asarray(array), shape)


def differentiate(case, problem):
    """Return the ``Results`` of a case by ``jax.vjp`` of a loop over the text book's steps."""
    live = np.arange(case.num_steps)[:, None, None] < np.array(case.sequence_length)[:, None]

    def unrolled(params, inputs, state):
        outputs = []
        for t in range(case.num_steps):
            masks = map_tree(lambda mask, t=t: mask[t], problem.masks)
            output, new_state, _ = masked_forward(case.cell, params, inputs[:, t], state, masks)
            state = map_tree(lambda new, old, t=t: jnp.where(live[t], new, old), new_state, state)
            outputs.append(jnp.where(live[t], output, 0))
        return jnp.stack(outputs, 1), state

    given = map_tree(jnp.asarray, (problem.params, problem.inputs, problem.initial_state))
    with text_book_in(Arithmetic(JaxNumPy(), jax.nn.sigmoid, jnp.tanh)):
        (outputs, final_state), pull_back = jax.vjp(unrolled, *given)
        d_params, *rest = pull_back(map_tree(jnp.asarray, (problem.d_outputs, problem.d_final_state)))
    return map_tree(np.asarray, Results(outputs, final_state, *rest, d_params))


@pytest.fixture(autouse=True)
def in_float64():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("case", [Case(cell, LENGTHS) for cell in CONTRIB_CELLS + VARIATIONAL_CELLS], ids=str)
def test_agrees_with_the_derivatives_of_jax(case):
    problem = case.draw(np.float64)
    expected = differentiate(case, problem)
    actual = run_dynamic(scratch, case, problem)
    # JAX has the names of a dict in the order of the alphabet.
    in_order = {"d_params": ordered(expected.d_params, actual.d_params)}
    assert_parity(actual, expected._replace(**in_order))


def ordered(tree, like):
    return {key: ordered(tree[key], like[key]) for key in like} if isinstance(like, dict) else tree
