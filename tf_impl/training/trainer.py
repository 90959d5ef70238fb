"""A network in training as a TF1 program: one graph, fed batch by batch, trained by TensorFlow's own optimiser."""

from collections.abc import Callable
from copy import copy
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Lengths, Masks, Params, State
from scratch.layer import Given
from scratch.training.clipping import Clipping
from scratch.training.losses import CrossEntropy
from scratch.training.network import Network
from scratch.training.optimizers import Optimizer
from scratch.training.trainer import Step
from scratch.tree import map_named, map_tree, named_leaves
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1
from tf_impl.training import optimizers
from tf_impl.training.clipping import clipped
from tf_impl.training.losses import mean_loss
from tf_impl.training.network import build_network, feed_masks
from tf_impl.training.schedules import rate


class Feeds(NamedTuple):
    """What a graph has to know beforehand of what it is fed.

    - ``shape``: of x, such as [B, T, D], or [B, T] of numbers of words; ``None`` for a size that may change. A state
      can be fed where B is given.
    - ``unroll``: ``"dynamic"``, or ``"static"`` for a copy of the cell a step, as masks need it.
    - ``lengths``: whether there are lengths.
    """

    shape: tuple[int | None, ...]
    unroll: str = "dynamic"
    lengths: bool = False


class Trainer:
    """The twin of ``scratch.Trainer``: built from the same network and weights, stepped the same way."""

    # See ``scratch.Trainer``.
    training = True

    def __init__(
        self,
        network: Network,
        params: Params,
        loss: CrossEntropy,
        optimizer: Optimizer,
        feeds: Feeds,
        *,
        clip: Clipping | None = None,
        schedule: Callable[[int], float] | None = None,
        carry_state: bool = False,
    ) -> None:
        self.program, self.network, self.feeds, self.carry_state = Program(), network, feeds, carry_state
        (_, first), *_ = named_leaves(params)
        self.dtype: Any = first.dtype
        self.state: State = None
        with self.program.graph.as_default():
            self.built = build_network(network, "", self.make_placeholders(), self.dtype)
            given = Given(self.tf_state, None, None, self.lengths, self.training, feeds.unroll)
            y, new_state = self.built.call(self.x, given)
            # Each name scope is a box in TensorBoard's picture of the graph.
            with v1.name_scope("loss"):
                self.labels = v1.placeholder(tf.int64, y.shape[:-1], "labels")
                tf_loss = mean_loss(loss, self.labels, y, self.lengths)
            self.weights = self.program.load(params, tf.nest.flatten(self.built.weights))
            gradients, short, train_step = self.make_step(tf_loss, optimizer, clip, schedule)
            self.fetches = tf_loss, y, new_state, gradients, short, train_step
            # What is trained is run without dropout and, like a new x, with no state before it.
            self.tf_logits, _ = self.built.call(self.x, Given(None, None, None, self.lengths, False, feeds.unroll))
            self.tf_variables = {variable.op.name: variable for variable in v1.global_variables()}
            self.restored = {name: v1.placeholder(v.dtype, v.shape) for name, v in self.tf_variables.items()}
            self.restoring = [v.assign(self.restored[name]).op for name, v in self.tf_variables.items()]
            initializer = v1.global_variables_initializer()
        self.program.session.run(initializer)
        self.program.run(())

    def make_placeholders(self) -> int | None:
        """Make what is fed but labels, and return the width of x."""
        batch_size, _, *width = self.feeds.shape
        with v1.name_scope("inputs"):
            self.x = v1.placeholder(self.dtype if width else tf.int64, self.feeds.shape, "x")
            self.lengths = v1.placeholder(tf.int64, [batch_size], "sequence_length") if self.feeds.lengths else None
            self.tf_state = None
            if self.carry_state:
                zeros = self.network.zero_state(batch_size or 1, self.dtype)
                self.tf_state = tf.nest.map_structure(lambda z: v1.placeholder_with_default(z, z.shape), zeros)
        return width[0] if width else None

    def make_step(
        self, loss: Any, optimizer: Any, clip: Clipping | None, schedule: Callable[[int], float] | None
    ) -> tuple[Params, Params, Any]:
        """Return ``(gradients, clipped, train_step)``; the statistics of batch normalisation move with the step."""
        step = None
        if schedule is not None:
            step, optimizer = v1.train.get_or_create_global_step(), copy(optimizer)
            # A description holds a number, TensorFlow's optimiser takes a tensor as well.
            object.__setattr__(optimizer, "learning_rate", tf.cast(rate(schedule, step), tf.float32))
        variables = dict(named_leaves(self.weights))
        found = dict(zip(variables, tf.gradients(loss, list(variables.values())), strict=True))
        gradients = map_named(lambda path, _: found[path], self.weights)
        # Of ``IndexedSlices``, a word's rows not yet added up, TensorFlow would take another norm.
        short = gradients if clip is None else clipped(clip, dense(gradients))
        pairs = [(gradient, variables[path]) for path, gradient in named_leaves(short)]
        train_step = optimizers.genuine(optimizer).apply_gradients(pairs, step, name="train")
        return dense(gradients), dense(short), [train_step, *v1.get_collection(v1.GraphKeys.UPDATE_OPS)]

    def step(self, x: Array, labels: Array, sequence_length: Lengths = None, masks: Masks = None) -> Step:
        """Train on one batch and return its ``Step``."""
        feeds = self.feed(x, sequence_length) | {self.labels: labels}
        if masks:
            feeds |= feed_masks(self.program.graph, self.network, masks, x.shape[1])
        if self.state is not None:
            feeds |= zip(tf.nest.flatten(self.tf_state), tf.nest.flatten(self.state), strict=True)
        loss, y, state, gradients, short, _ = self.program.session.run(self.fetches, feeds)
        self.state = state if self.carry_state else None
        return Step(float(loss), y, labels, gradients, short)

    def logits(self, x: Array, sequence_length: Lengths = None) -> Array:
        """Return y for x, as ``scratch.Trainer.logits`` does."""
        return self.program.session.run(self.tf_logits, self.feed(x, sequence_length))

    def feed(self, x: Array, sequence_length: Lengths) -> dict[Any, Array]:
        return {self.x: x} | ({} if self.lengths is None else {self.lengths: np.asarray(sequence_length)})

    @property
    def params(self) -> Params:
        return self.program.session.run(self.weights)

    def variables(self) -> dict[str, Array]:
        """Return ``{name: array}`` of all that training goes on from."""
        return {name: np.asarray(a) for name, a in self.program.session.run(self.tf_variables).items()}

    def restore(self, variables: dict[str, Array]) -> None:
        """Go on from ``variables``, which may hold more."""
        feeds = {placeholder: variables[name] for name, placeholder in self.restored.items()}
        self.program.session.run(self.restoring, feeds)


def dense(gradients: Params) -> Params:
    """Return gradients of which none is ``IndexedSlices``, a row for each place of a word."""
    return map_tree(tf.convert_to_tensor, gradients)
