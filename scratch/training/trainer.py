"""A network in training: what every program's loop does with a batch, written once.

    y = network(x)                      the forward pass
    L = loss(labels, y)
    g = ∂L/∂θ                           the backward pass
    g ← clip(g)
    θ, slots ← optimizer(θ, g, slots)   at the learning rate of this step

    state ← the state after the last step of x, where it is carried: the next batch starts from it

A step replaces ``trainer.params``, ``slots``, ``moving`` and ``state`` and adds 1 to ``global_step``; arrays that were
given are never changed. The page is ``docs/training/trainer.md``.

An engine may take whole steps itself: ``Trainer.step`` first asks ``ENGINES[engine].train_step(trainer, batch)``, and
where that returns ``None``, as the text book's does, takes the step here. Such an engine reads what it trains from the
trainer's attributes, network, loss, optimizer, clip, schedule, training, and leaves there what ``numpy_step`` leaves:
the same five attributes, with the same numbers.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import numpy as np

from scratch.arrays import Array, FilePath, Float, Int, Lengths, Masks, Params, State, Tree
from scratch.engines import ENGINES, check_engine
from scratch.layer import Given, Kept
from scratch.options import check_count, check_flag, check_function, check_kind, check_methods
from scratch.training.checkpoint import load_tree, save_checkpoint
from scratch.training.clipping import Clipping
from scratch.training.losses import softmax
from scratch.training.network import Network
from scratch.training.optimizers import Optimizer, check_weights, slot_variables, slots_from_variables
from scratch.tree import named_leaves
from scratch.variables import check_variables, params_from_variables


class Loss(Protocol):
    """What a loss is, such as ``CrossEntropy()``: a number, and its gradient."""

    def forward(self, labels: Array, y: Array, sequence_length: Lengths = None) -> tuple[Any, Any]: ...

    def backward(self, cache: Any) -> Array: ...


class Batch(NamedTuple):
    """What a step trains on: x and its labels, and where there are any, lengths [B] and the masks of dropout."""

    x: Array
    labels: Array
    sequence_length: Lengths = None
    masks: Masks = None


class Step(NamedTuple):
    """What a step showed, before the weights changed; gradients are nested like the parameters."""

    loss: float
    y: Float[Array, "*N C"]
    labels: Int[Array, "*N"]
    gradients: Params
    clipped: Params

    @property
    def probabilities(self) -> Float[Array, "*N C"]:
        """The softmax of the logits y."""
        return softmax(self.y)

    @property
    def accuracy(self) -> float:
        """The fraction of labels that are the likeliest class, padding counted like all else."""
        return float((self.y.argmax(axis=-1) == self.labels).mean())


class Trainer:
    """A ``network`` in training.

    - ``params``: from ``network.init_params``; never changed, each step replaces ``trainer.params``.
    - ``loss``: such as ``CrossEntropy()``; ``optimizer``: such as ``AdamOptimizer()``.
    - ``clip``: a ``Clipping``; ``schedule``: a function of the step, 0 at first, whose value is the learning rate in
      the place of the optimiser's own, such as those of ``scratch/training/schedules.py``.
    - ``carry_state``: whether a batch starts from the state that the one before ended with, ``trainer.state``; set that
      to ``None`` to start from zeros again.
    - ``engine``: ``"numpy"`` or ``"numba"``.
    """

    # What a step tells its layers. False: normalise by the moving statistics, and never move them.
    training = True

    def __init__(
        self,
        network: Network,
        params: Params,
        loss: Loss,
        optimizer: Optimizer,
        *,
        clip: Clipping | None = None,
        schedule: Callable[[int], float] | None = None,
        carry_state: bool = False,
        engine: str = "numpy",
    ) -> None:
        check_kind("network", network, Network, "Network({'dense': Dense(10)})")
        check_methods("loss", loss, ("forward", "backward"), "CrossEntropy()")
        check_methods("optimizer", optimizer, ("init_slots", "apply_gradients"), "AdamOptimizer()")
        if clip is not None:
            check_kind("clip", clip, Clipping, "Clipping('norm', 1.0)")
        if schedule is not None:
            check_function("schedule", schedule)
        # Parameters and slots, and what an engine has that is newer: see ``take``.
        self.taken: tuple[Params, Params] = params, {}
        self.left: Any = None
        self.engine, self.carry_state = check_engine(engine), check_flag("carry_state", carry_state)
        self.network, self.params, self.loss, self.optimizer = network, params, loss, optimizer
        self.clip, self.schedule = clip, schedule
        self.dtype = check_weights(params)
        self.slots = optimizer.init_slots(params)
        self.moving = network.chain_moving(params, None, self.dtype)
        self.state: State = None
        self.global_step = 0

    @property
    def params(self) -> Params:
        """The parameters, nested under TensorFlow's names."""
        self.take()
        return self.taken[0]

    @params.setter
    def params(self, params: Params) -> None:
        self.take()
        self.taken = params, self.taken[1]

    @property
    def slots(self) -> Params:
        """What the optimiser remembers, as its ``init_slots`` returns it."""
        self.take()
        return self.taken[1]

    @slots.setter
    def slots(self, slots: Params) -> None:
        self.take()
        self.taken = self.taken[0], slots

    def take(self) -> None:
        """Take over what an engine has left of the parameters and slots in arrays of its own."""
        if self.left is not None:
            self.taken, self.left = self.left.hand_out(), None

    def step(self, x: Array, labels: Array, sequence_length: Lengths = None, masks: Masks = None) -> Step:
        """Train on one batch and return its ``Step``; ``masks`` are those of ``network.draw_masks(rng, x.shape)``."""
        self.network.check_parts(Given(masks=masks))
        done = ENGINES[self.engine].train_step(self, batch := Batch(x, labels, sequence_length, masks))
        return self.numpy_step(batch) if done is None else done

    def numpy_step(self, batch: Batch) -> Step:
        """The step as the text book takes it; the engine runs the unrolled cells alone."""
        loss, y, kept, gradients = self.loss_and_gradients(batch)
        clipped = gradients if self.clip is None else self.clip.apply(gradients)
        self.params, self.slots = self.optimizer_now().apply_gradients(self.params, clipped, self.slots)
        self.moving, self.global_step = kept.moving, self.global_step + 1
        self.state = kept.state if self.carry_state else self.state
        return Step(float(loss), y, batch.labels, gradients, clipped)

    def loss_and_gradients(self, batch: Batch) -> tuple[Any, Array, Kept, Params]:
        """Return ``(loss, y, kept, gradients)`` of a ``Batch``, and change nothing."""
        state = self.state if self.carry_state else None
        given = Given(state, batch.masks, self.moving, batch.sequence_length, self.training, self.engine)
        y, kept = self.network.forward(self.params, batch.x, given)
        loss, cache = self.loss.forward(batch.labels, y, batch.sequence_length)
        gradients = self.network.d_params(self.params, kept, self.loss.backward(cache))
        return loss, y, kept, gradients

    def optimizer_now(self) -> Any:
        """Return the optimiser of this step: with a schedule, one of the schedule's learning rate."""
        if self.schedule is None:
            return self.optimizer
        return replace(self.optimizer, learning_rate=self.schedule(self.global_step))  # type: ignore[type-var]

    def logits(self, x: Array, sequence_length: Lengths = None) -> Array:
        """Return y for x: forward only, without dropout, from the zero state and by the moving statistics."""
        given = Given(None, None, self.moving, sequence_length, engine=self.engine, keep_tape=False)
        return self.network.forward(self.params, x, given)[0]

    def evaluate(self, x: Array, labels: Array, sequence_length: Lengths = None) -> tuple[float, Array]:
        """Return ``(loss, y)`` of one batch, as ``logits`` does, and change nothing."""
        y = self.logits(x, sequence_length)
        return float(self.loss.forward(labels, y, sequence_length)[0]), y

    def variables(self) -> dict[str, Array]:
        """Return ``{name: array}``: weights, moving statistics and slots, under the names of TensorFlow's variables."""
        weights = dict(named_leaves(self.params)) | dict(named_leaves(self.moving))
        return weights | slot_variables(self.optimizer, self.slots)

    def save(self, path: FilePath, others: dict[str, Tree] | None = None) -> None:
        """Write all that training goes on from to the file ``path``, with ``save_checkpoint``.

        ``others`` are trees to keep beside it, such as ``{"batches": batches.state()}``.
        """
        carried = {} if self.state is None else {"state": self.state}
        tree = {**self.variables(), "global_step": np.int64(self.global_step), **carried}
        if taken := tree.keys() & (others or {}).keys():
            raise ValueError(f"others must have names of their own, but has {', '.join(map(repr, sorted(taken)))}")
        save_checkpoint(path, {**tree, **(others or {})})

    def restore(self, saved: FilePath | dict[str, Tree]) -> dict[str, Tree]:
        """Go on from a file of ``save``, or from a dict ``{name: array}`` as of ``variables``, which may hold more.

        Returns what was saved, ``others`` too. Refuses, by name, what does not fit this network, and changes nothing
        then. A dict without ``global_step`` or ``state`` leaves these as they are.
        """
        tree = saved if isinstance(saved, dict) else load_tree(saved)
        check_variables(tree)
        # All of it first, so that what is refused changes nothing.
        params, moving = params_from_variables(self.params, tree), params_from_variables(self.moving, tree)
        slots = slots_from_variables(self.optimizer, self.params, tree)
        step = check_count("global_step", int(tree.get("global_step", self.global_step)), least=0)
        self.params, self.moving, self.slots, self.global_step = params, moving, slots, step
        self.state = tree.get("state", self.state)
        return tree
