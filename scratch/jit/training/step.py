"""Whole training steps of a ``Trainer``, compiled: which are, and what stands behind ``engine="numba"``.

A network that ends in a ``Dense`` layer under a ``CrossEntropy`` has that end, clipping and optimiser compiled,
whatever is below it: ``general_step.py``. If all that is below is an unrolled small cell, the whole step is one call:
``small_step.py``; small cells over padded rows, from one end or both, over an embedding or none, are
``small_body.py``. What is none of these, or is not as it should be, is left to the text book, which says what is wrong.
"""

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from scratch.arrays import Array, Int, State
from scratch.checks import is_plain, is_usual_state
from scratch.fit import flat_shapes
from scratch.jit.batch import plain
from scratch.jit.small.plan import plan_of
from scratch.jit.training.general_step import body_step, general_step
from scratch.jit.training.losses import are_within
from scratch.jit.training.plan import Plan, flat_step, is_current, leave, make_plan
from scratch.jit.training.small_body import SmallBody, is_body_of, make_body
from scratch.jit.training.small_plan import SmallStep
from scratch.training.layers import RNN
from scratch.training.trainer import Batch, Step, Trainer
from scratch.tree import named_leaves

# Batches of rows of unequal length are of many shapes; what is worked out for one takes little memory.
MOST_SHAPES = 256
plans: "WeakKeyDictionary[Trainer, Plan | None]" = WeakKeyDictionary()


def train_step(trainer: Trainer, batch: Batch) -> Step | None:
    """Take a whole step of a ``Trainer`` on a ``Batch``, and leave in it what it changes.

    Return ``None``, and change nothing, where the text book has to take the step, or to say what is wrong.
    """
    plan = plans.get(trainer)
    if plan is None or not is_current(plan, trainer):
        plan = plans[trainer] = make_plan(trainer)
    labels = None if plan is None else as_classes(batch.labels, plan.num_classes)
    if plan is None or labels is None:
        return None
    step = small_step_of(plan, trainer, batch)
    state = None if step is None else state_of(plan, trainer, step)
    if step is None or state is None:
        body = body_of(plan, trainer, batch)
        done = None if body is None else body_step(plan, trainer, batch, labels, body)
        return general_step(plan, trainer, batch, labels) if done is None else done
    flat = plan.flat
    g = flat.gradients()
    change, slots = flat.begin(trainer, g)
    loss, (logits, p), state = step.run(change, plain(batch.x), labels, state)
    leave(plan, trainer, slots, {plan.first: state})
    return flat_step(plan, change, loss, logits, batch.labels, p)


def as_classes(labels: Any, num_classes: int) -> Int[Array, "1 N"] | None:
    """Return labels as kernels take them, ``None`` where they are not integers that each name a class."""
    if not is_plain(labels) or labels.dtype.kind not in "iu" or not labels.size:
        return None
    numbers = np.ascontiguousarray(labels, np.int64).reshape(1, -1)
    return numbers if are_within(numbers, num_classes) else None


def small_step_of(plan: Plan, trainer: Trainer, batch: Batch) -> SmallStep | None:
    """Return the compiled step of a small network for this batch, ``None`` where there is none."""
    x = batch.x
    if not is_plain(x) or x.dtype != trainer.dtype or batch.sequence_length is not None:
        return None
    if x.shape[:-1] != batch.labels.shape or not is_nothing(batch.masks):
        return None
    if x.shape not in plan.small:
        plan.small[x.shape] = make_small(plan, x.shape, x.dtype)
    return plan.small[x.shape]


def make_small(plan: Plan, shape: tuple[int, ...], dtype: np.dtype) -> SmallStep | None:
    (name, layer), *others = plan.body.layers.items()
    if others or type(layer) is not RNN or len(shape) != 3:
        return None
    small = plan_of(layer.cell, shape, dtype, False)
    # The kernel reads the parameters in the order in which the cell makes them.
    wanted = {"kernel": (layer.cell.output_size, plan.num_classes), "bias": (plan.num_classes,)}
    names = flat_shapes({name: layer.cell.param_shapes(shape[2]), plan.head: wanted})
    have = {path: leaf.shape for path, leaf in named_leaves(plan.flat.tree)}
    return SmallStep(small, plan.num_classes) if small and [*names.items()] == [*have.items()] else None


def body_of(plan: Plan, trainer: Trainer, batch: Batch) -> SmallBody | None:
    """Return the small layers below the head for this batch, ``None`` where they are others."""
    x = batch.x
    if trainer.carry_state or not is_plain(x) or not is_nothing(batch.masks):
        return None
    if x.shape not in plan.bodies:
        if len(plan.bodies) >= MOST_SHAPES:
            plan.bodies.clear()
        flat = plan.flat
        plan.bodies[x.shape] = make_body(plan.body, plan.head, flat.places, flat.tree, x.shape, trainer.dtype)
    body = plan.bodies[x.shape]
    return body if body and is_body_of(x, body, trainer.dtype) else None


def state_of(plan: Plan, trainer: Trainer, step: SmallStep) -> State:
    """Return what the only layer below the head starts from, ``None`` where it is not as it should be."""
    layer: Any = plan.body.layers[plan.first]
    state = trainer.state.get(plan.first) if trainer.carry_state and trainer.state is not None else None
    if state is None:
        return step.plan.zero_state
    usual = state is step.last[0] or is_usual_state(state, layer.cell.state_size, step.batch_size, trainer.dtype)
    return state if usual else None


def is_nothing(tree: Any) -> bool:
    """Return whether there is no array in a tree, as in the masks of a network without dropout."""
    if isinstance(tree, dict | tuple):
        return all(map(is_nothing, tree.values() if isinstance(tree, dict) else tree))
    return tree is None
