"""JAX on whole programs: a step compiled whole by XLA, or a whole epoch of them, the optimisers those of Optax."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

from peers.jax_peer import gru_reset_after_step, lstm_step, project
from peers.program_peers import ProgramPeer
from peers.programs import ECHO, MNIST, PIXELS, TAGGING
from scratch.tasks import echo, tagging


def unroll(cell, weights, x, state, live=None):
    """Return ``(outputs, state)`` of a cell over x [T, B, D]; where ``live`` [T, B, 1] is false nothing changes."""

    def step(state, arguments):
        projected, live = arguments
        output, new_state = cell(weights, projected, state)
        if live is None:
            return new_state, output
        kept = tuple(jnp.where(live, new, old) for new, old in zip(new_state, state, strict=True))
        return kept, jnp.where(live, output, 0)

    state, outputs = jax.lax.scan(step, state, (project(weights, x), live))
    return outputs, state


def zeros(like, width):
    return jnp.zeros((like.shape[1], width), like.dtype)


def echo_logits(params, x, lengths, states):
    x, new = x.swapaxes(0, 1), []
    for layer, state in zip(params["rnn"].values(), states, strict=True):
        x, state = unroll(lstm_step, [layer["kernel"], layer["bias"]], x, state)
        new.append(state)
    return dense(params, x).swapaxes(0, 1), new


def mnist_logits(params, x, lengths, states):
    x = x.swapaxes(0, 1)
    (cell,) = params["rnn"].values()
    if "kernel" in cell:
        zero = zeros(x, len(cell["bias"]) // 4)
        outputs, _ = unroll(lstm_step, [cell["kernel"], cell["bias"]], x, (zero, zero))
    else:
        gates, of_x, of_h = cell["gates"], cell["candidate"]["input_projection"], cell["candidate"]["hidden_projection"]
        weights = [part[name] for part in (gates, of_x, of_h) for name in ("kernel", "bias")]
        outputs, _ = unroll(gru_reset_after_step, weights, x, (zeros(x, len(of_x["bias"])),))
    h = outputs[-1]
    if "batch_normalization" in params:
        # As published, by moving statistics that stay 0 and 1.
        h = h / np.sqrt(np.float32(1 + 0.001)) * params["batch_normalization"]["gamma"]
        h = h + params["batch_normalization"]["beta"]
    return dense(params, h), states


def tagging_logits(params, words, lengths, states):
    x = params["embedding"]["embeddings"][words].swapaxes(0, 1)
    t = jnp.arange(len(x))[:, None]
    live, there = (t < lengths)[..., None], jnp.where(t < lengths, lengths - 1 - t, t)[..., None]
    halves = []
    # By name, for JAX sorts the keys of a dict.
    for backwards, name in enumerate(("fw", "bw")):
        cell = params["bidirectional_rnn"][name]
        zero = zeros(x, len(cell["bias"]) // 4)
        given = jnp.take_along_axis(x, there, axis=0) if backwards else x
        outputs, _ = unroll(lstm_step, [cell["kernel"], cell["bias"]], given, (zero, zero), live)
        halves.append(jnp.take_along_axis(outputs, there, axis=0) if backwards else outputs)
    return dense(params, jnp.concatenate(halves, axis=2)).swapaxes(0, 1), states


def dense(params, x):
    return x @ params["dense"]["kernel"] + params["dense"]["bias"]


def optimizer_of(name):
    if name == ECHO:
        return optax.adagrad(echo.LEARNING_RATE, initial_accumulator_value=0.1, eps=0)
    ours = tagging.OPTIMIZER if name == TAGGING else MNIST[name].optimizer
    return optax.adam(ours.learning_rate, ours.beta1, ours.beta2, ours.epsilon)


def clip(gradients, limit):
    """Shorten the gradient of each variable but those of the output layer."""

    def shorten(path, g):
        return g if path[0].key == "dense" else g * limit / jnp.maximum(jnp.sqrt((g * g).sum()), limit)

    return jax.tree_util.tree_map_with_path(shorten, gradients)


class JaxProgram(ProgramPeer):
    """One compiled function a step. Its threads are set from outside: XLA asks the environment."""

    def prepare(self, feed, threads):
        self.name, self.optimizer = feed.name, optimizer_of(feed.name)
        self.logits = {ECHO: echo_logits, TAGGING: tagging_logits}.get(feed.name, mnist_logits)
        self.params = jax.tree.map(jnp.asarray, feed.params)
        self.slots, self.states = self.optimizer.init(self.params), self.start(feed)
        self.function = jax.jit(self.update, donate_argnums=(0, 1))

    def start(self, feed):
        if feed.name != ECHO:
            return []
        zero = jnp.zeros((feed.x.shape[1], echo.STATE_SIZE))
        return [(zero, zero) for _ in self.params["rnn"]]

    def loss(self, params, x, labels, lengths, states):
        logits, new = self.logits(params, x, lengths, states)
        losses = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
        if lengths is None:
            return losses.mean(), new
        live = jnp.arange(losses.shape[1]) < lengths[:, None]
        return (losses * live).sum() / live.sum(), new

    def update(self, params, slots, states, batch):
        (loss, states), gradients = jax.value_and_grad(self.loss, has_aux=True)(params, *batch, states)
        if self.name == PIXELS:
            gradients = clip(gradients, MNIST[PIXELS].clip_norm)
        changes, slots = self.optimizer.update(gradients, slots, params)
        return optax.apply_updates(params, changes), slots, states, loss

    def train(self, *batch):
        self.params, self.slots, self.states, loss = self.function(self.params, self.slots, self.states, batch)
        return loss


class JaxEpoch(JaxProgram):
    """All steps of an epoch in one compiled function: what a step takes is the share of one."""

    def prepare(self, feed, threads):
        super().prepare(feed, threads)
        self.steps_in_one, self.all = len(feed.x), jax.tree.map(jnp.asarray, (feed.x, feed.labels, feed.lengths))

        def epoch(params, slots, states, batches):
            def one(carried, batch):
                *carried, loss = self.update(*carried, batch)
                return tuple(carried), loss

            return jax.lax.scan(one, (params, slots, states), batches)

        self.function = jax.jit(epoch, donate_argnums=(0, 1))

    def step(self):
        (self.params, self.slots, self.states), losses = self.function(self.params, self.slots, self.states, self.all)
        losses = np.asarray(losses)
        if not self.losses:
            self.losses = losses.tolist()
