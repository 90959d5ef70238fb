"""A training step of any network: output layer, loss, clipping and optimiser compiled, the other layers as they are."""


from typing import Any, cast

import numpy as np

from scratch.arrays import Array, Float, Int, Params
from scratch.compiling.compiler import announced
from scratch.jit.batch import plain
from scratch.jit.machine.memory import empty
from scratch.jit.machine.tile import tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.training.embedding import add_to_rows
from scratch.jit.training.flat_state import apply
from scratch.jit.training.head import HeadLayout, run_head, work_in, work_size
from scratch.jit.training.plan import Plan, flat_step, leave
from scratch.jit.training.small_body import SmallBody
from scratch.jit.walk.layer import matrix
from scratch.layer import Given, Kept
from scratch.training.embedding import Embedding
from scratch.training.losses import CrossEntropy, mask_by_length, shares
from scratch.training.trainer import Batch, Step, Trainer
from scratch.tree import named_leaves


def general_step(plan: Plan, trainer: Trainer, batch: Batch, labels: Int[Array, "1 N"]) -> Step | None:
    """Take a step, the layers below the head one by one; ``None`` where the text book has to say what is wrong."""
    flat, name = plan.flat, plan.head
    head, below = flat.tree[name], {scope: part for scope, part in flat.tree.items() if scope != name}
    state = trainer.state if trainer.carry_state else None
    without = trainer.network.layers.keys() - plan.body.layers.keys()
    masks = {scope: part for scope, part in (batch.masks or {}).items() if scope not in without}
    given = Given(state, masks, trainer.moving, batch.sequence_length, trainer.training, trainer.engine)
    h, kept = plan.body.forward(below, batch.x, given)
    share = None if h.shape[:-1] != batch.labels.shape else shares_of(trainer.loss, batch, h.dtype)
    if share is None or h.dtype != trainer.dtype or h.shape[-1] != len(head["kernel"]):
        return None
    g = flat.gradients()
    loss, logits, d_h = run_dense(plan, h, labels, share, g)
    parts = [leaf for _, leaf in named_leaves(go_back(plan, below, kept, d_h))]
    np.concatenate(parts, axis=None, out=g[0, : sum([part.size for part in parts])])
    change, slots = flat.begin(trainer, g)
    apply(change)
    trainer.moving = kept.moving
    leave(plan, trainer, slots, kept.state)
    return flat_step(plan, change, loss, logits, batch.labels, None)


def body_step(
    plan: Plan, trainer: Trainer, batch: Batch, labels: Int[Array, "1 N"], body: SmallBody
) -> Step | None:
    """Take a step whose layers below the head are a ``SmallBody``; ``None`` where ``general_step`` looks at it."""
    flat, of_loss = plan.flat, cast(CrossEntropy, trainer.loss)
    fed = body.fed(batch.x, labels, batch.sequence_length, of_loss.mean)
    if fed is None or batch.labels.shape != batch.x.shape[:2]:
        return None
    change, slots = flat.begin(trainer, flat.gradients())
    loss = body.run(fed, change, flat.memory(body.size))
    leave(plan, trainer, slots, {})
    return flat_step(plan, change, loss, fed.logits.reshape(*batch.labels.shape, -1), batch.labels, None)


def go_back(plan: Plan, below: Params, kept: Kept, d_h: Array) -> Params:
    """Return the gradients of all layers below the head: ``Network.d_params``, and that of an embedding compiled."""
    d_params: Params = {}
    d_x: Any = d_h
    for name, layer in reversed(plan.body.layers.items()):
        cache = kept.cache[name]
        if name == plan.first and type(layer) is not Embedding:
            d_params[name] = layer.chain_d_params(below.get(name, {}), cache, d_x)
        elif type(layer) is Embedding:
            numbers = np.ascontiguousarray(cache.cache, np.int64).reshape(1, -1)
            d_e = np.zeros_like(below[name]["embeddings"])
            add_to_rows(numbers, matrix(plain(d_x)), d_e)
            d_params[name] = {"embeddings": d_e}
        else:
            d_x, d_params[name] = layer.chain_backward(below.get(name, {}), cache, d_x)
    return {name: d_params[name] for name in below}


def shares_of(loss: Any, batch: Batch, dtype: np.dtype) -> Float[Array, "*N"]:
    """Return the share of every label in the loss, a ``CrossEntropy``."""
    labels = batch.labels
    if batch.sequence_length is None or labels.ndim < 2:
        return np.full(labels.shape, 1 / labels.size, dtype)
    return shares(mask_by_length(labels, batch.sequence_length), loss.mean, dtype)


def run_dense(
    plan: Plan, h: Float[Array, "*N D"], labels: Int[Array, "1 N"], share: Float[Array, "*N"], g: Float[Array, "1 P"]
) -> tuple[float, Float[Array, "*N C"], Float[Array, "*N D"]]:
    """Return ``(loss, logits, d_h)`` of the output layer; the gradients of its parameters are written to g."""
    depth, num_classes, dtype = h.shape[-1], plan.num_classes, h.dtype
    layout = HeadLayout(
        tile_code(dtype), labels.size, depth, num_classes, padded(num_classes, dtype), padded(depth, dtype)
    )
    arena, first = empty((work_size(layout),), dtype), plan.flat.size - (depth + 1) * num_classes
    weights, d_weights = plan.flat.theta[:, first : plan.flat.size], g[:, first : plan.flat.size]
    with announced("the output layer", "in", dtype):
        loss = run_head(
            np.array([layout], np.int64), weights, matrix(plain(h)), labels, share.reshape(1, -1), arena, d_weights
        )
    work = work_in(layout, arena)
    logits, d_h = work.y[:, :num_classes].copy(), np.ascontiguousarray(work.d_x[:, :depth])
    return loss, logits.reshape(*h.shape[:-1], num_classes), d_h.reshape(h.shape)
