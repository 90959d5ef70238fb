"""What stands behind a ``Trainer`` whose steps are compiled, and what such a step leaves in it."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from scratch.arrays import Array, Params, State
from scratch.flat import views
from scratch.jit.covered import FLOATS
from scratch.jit.training.change import Change
from scratch.jit.training.flat_state import FlatState
from scratch.jit.training.last_output import with_last_output
from scratch.jit.training.optimizer import RECIPES, Slots
from scratch.jit.training.small_body import SmallBody
from scratch.jit.training.small_plan import SmallStep
from scratch.training.dense import Dense
from scratch.training.losses import CrossEntropy
from scratch.training.network import Network
from scratch.training.trainer import Step, Trainer
from scratch.tree import named_leaves


class FlatStep(Step):
    """A ``Step`` whose gradients lie in ``memory``, and clipped in ``clipped_memory``, until trees are asked for.

    ``p`` are the probabilities, ``None`` where they have not been computed.
    """

    memory: Array
    clipped_memory: Array
    places: Any
    p: Array | None

    @property
    def gradients(self) -> Params:
        return views(self.memory[0], self.places)

    @property
    def clipped(self) -> Params:
        return views(self.clipped_memory[0], self.places)

    @property
    def probabilities(self) -> Array:
        return super().probabilities if self.p is None else self.p

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Any:  # type: ignore[override]  # that of Step is of Step alone
        """Return a ``Step``: a walk over the tree that a step is makes one of the same kind."""
        return Step._make(iterable)

    def __iter__(self) -> Iterator[Any]:
        return iter((self.loss, self.y, self.labels, self.gradients, self.clipped))


def flat_step(plan: "Plan", change: Change, loss: float, *shown: Any) -> FlatStep:
    """Return the ``FlatStep`` of a change; ``shown`` are y, the labels and p."""
    y, labels, p = shown
    step = FlatStep(loss, y, labels, {}, {})
    step.memory, step.clipped_memory, step.places, step.p = change.g, change.clipped, plan.flat.places, p
    return step


class Plan(NamedTuple):
    """What stands behind a ``Trainer``.

    - ``made_for``: its network, loss, clipping and kind of optimiser. ``flat``: what it trains.
    - ``body``: the network without the output layer ``head``, which has ``num_classes``; ``first`` is its first layer.
    - ``small``: the compiled steps of small networks, and ``bodies``: small layers below the head, by the shape of x.
    """

    made_for: tuple[Any, ...]
    flat: FlatState
    body: Network
    first: str
    head: str
    num_classes: int
    small: dict[tuple[int, ...], SmallStep | None]
    bodies: dict[tuple[int, ...], SmallBody | None]


def is_current(plan: Plan, trainer: Trainer) -> bool:
    """Return whether a plan still is that of its trainer, which may have been given other parts and other arrays."""
    parts = trainer.network, trainer.loss, trainer.clip, type(trainer.optimizer)
    return all([a is b for a, b in zip(plan.made_for, parts, strict=True)]) and plan.flat.is_of(trainer)


def make_plan(trainer: Trainer) -> Plan | None:
    """Return the ``Plan`` of a trainer, ``None`` where there is none."""
    *below, name = trainer.network.layers
    layer, params = trainer.network.layers[name], trainer.params
    if type(trainer.loss) is not CrossEntropy or type(trainer.optimizer) not in RECIPES or type(layer) is not Dense:
        return None
    # The head's parameters are the last, its kernel before its bias.
    if trainer.dtype not in FLOATS or not below or [*params][-1:] != [name] or [*params[name]] != ["kernel", "bias"]:
        return None
    if [part.shape[-1:] for part in params[name].values()] != [(layer.units,)] * 2:
        return None
    # Slots that do not fit are refused by the text book.
    if described(trainer.slots) != described(trainer.optimizer.init_slots(params)):
        return None
    made_for = trainer.network, trainer.loss, trainer.clip, type(trainer.optimizer)
    body = Network(with_last_output({name: trainer.network.layers[name] for name in below}))
    return Plan(made_for, FlatState(trainer), body, below[0], name, layer.units, {}, {})


def described(tree: Params) -> dict[str, Any]:
    """Return the shape and the dtype of every array of a tree, by name."""
    return {path: (leaf.shape, leaf.dtype) for path, leaf in named_leaves(tree)}


def leave(plan: Plan, trainer: Trainer, slots: Slots, state: State) -> None:
    """Leave in the trainer what a step has changed."""
    plan.flat.slots, trainer.left = slots, plan.flat
    trainer.global_step += 1
    if trainer.carry_state:
        trainer.state = state
