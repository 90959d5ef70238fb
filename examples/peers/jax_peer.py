"""JAX: ``jax.lax.scan`` over the step of a cell, compiled whole by XLA, its gradients by ``jax.vjp``.

JAX ships no recurrent layer that runs on a CPU, so the cells are written here as its users write them. The products of
the inputs are taken out of the loop.
"""

import jax
import jax.numpy as jnp
import numpy as np

from peers.problem import INFERENCE, STREAMING, DoesNotRun, name_results, one_by_one


def rnn_step(weights, projected, state):
    """h' = tanh([x, h] W + b), from the projected input x W_x + b."""
    (h,) = state
    h = jnp.tanh(projected + h @ weights[0][-h.shape[1] :])
    return h, (h,)


def lstm_step(weights, projected, state):
    """The equations of ``scratch/cells/lstm.py``."""
    c, h = state
    i, j, f, o = jnp.split(projected + h @ weights[0][-h.shape[1] :], 4, axis=1)
    c = jax.nn.sigmoid(f + 1) * c + jax.nn.sigmoid(i) * jnp.tanh(j)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return h, (c, h)


def gru_step(weights, projected, state):
    """The equations of ``scratch/cells/gru.py``, reset before the product."""
    (h,) = state
    size = h.shape[1]
    gates, candidate = weights[0][-size:], weights[2][-size:]
    r, u = jnp.split(jax.nn.sigmoid(projected[:, : 2 * size] + h @ gates), 2, axis=1)
    n = jnp.tanh(projected[:, 2 * size :] + (r * h) @ candidate)
    h = u * h + (1 - u) * n
    return h, (h,)


def gru_reset_after_step(weights, projected, state):
    """The same, reset after the product."""
    (h,) = state
    size = h.shape[1]
    hidden = h @ jnp.concatenate([weights[0][-size:], weights[4]], axis=1)
    r, u = jnp.split(jax.nn.sigmoid(projected[:, : 2 * size] + hidden[:, : 2 * size]), 2, axis=1)
    n = jnp.tanh(projected[:, 2 * size :] + r * (hidden[:, 2 * size :] + weights[5]))
    h = u * h + (1 - u) * n
    return h, (h,)


def project(weights, x):
    """Return x W_x + b for all gates, for one step or for all at once."""
    # Kernels and biases in turn; a second kernel is the candidate's, a third belongs to h alone.
    kernels, biases = weights[0:4:2], weights[1:4:2]
    width = x.shape[-1]
    return x @ jnp.concatenate([kernel[:width] for kernel in kernels], axis=1) + jnp.concatenate(biases)


class JaxPeer:
    """One compiled function for a step. Its threads are set from outside: XLA asks the environment."""

    def __init__(self, problem, threads):
        steps = {"rnn": rnn_step, "lstm": lstm_step, "gru": gru_step}
        self.cell = gru_reset_after_step if problem.reset_after else steps[problem.kind]
        self.mode, self.live = problem.mode, None
        if problem.lengths is not None:
            self.live = jnp.asarray(problem.live()[..., None])
        self.weights, self.inputs, self.states, self.d_outputs = jax.tree.map(
            jnp.asarray,
            (problem.weights, problem.inputs, [tuple(layer) for layer in problem.states], problem.d_outputs),
        )
        if self.mode == STREAMING:
            if len(self.states) > 1:
                raise DoesNotRun("its stream is written for one layer")
            self.times = []
            self.function = jax.jit(lambda weights, x, state: self.cell(weights, project(weights, x), state))
            self.stream, self.carried = list(problem.inputs), self.states[0]
        else:
            self.function = jax.jit(self.forward if self.mode == INFERENCE else self.train)

    def forward(self, weights, x, states):
        for layer, state in zip(weights, states, strict=True):
            x = self.run_layer(layer, x, state)
        return x

    def run_layer(self, weights, x, state):
        def step(state, arguments):
            projected, live = arguments
            output, new_state = self.cell(weights, projected, state)
            if live is None:
                return new_state, output
            kept = tuple(jnp.where(live, new, old) for new, old in zip(new_state, state, strict=True))
            return kept, jnp.where(live, output, 0)

        return jax.lax.scan(step, state, (project(weights, x), self.live))[1]

    def train(self, weights, x, states, d_outputs):
        outputs, pull_back = jax.vjp(self.forward, weights, x, states)
        return outputs, pull_back(d_outputs)

    def take(self, x):
        output, self.carried = self.function(self.weights[0], x, self.carried)
        return np.asarray(output)

    def step(self):
        if self.mode == STREAMING:
            self.found = one_by_one(self.take, self.stream, self.times)
            return
        arguments = (self.weights, self.inputs, self.states)
        if self.mode != INFERENCE:
            arguments += (self.d_outputs,)
        # JAX answers before it is done.
        self.found = jax.block_until_ready(self.function(*arguments))

    def results(self):
        if self.mode == STREAMING:
            return name_results(np.stack(self.found))
        if self.mode == INFERENCE:
            return name_results(np.asarray(self.found))
        outputs, (d_weights, d_inputs, d_states) = jax.tree.map(np.asarray, self.found)
        return name_results(outputs, d_inputs, d_states, d_weights)
