"""Losses, layers, clipping and optimisers, compiled: the text book's numbers, to the bit where sums have one order."""

from functools import partial

import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.training.steps import draw
from scratch import (
    AdagradOptimizer,
    AdamOptimizer,
    Dense,
    Embedding,
    GradientDescentOptimizer,
    MomentumOptimizer,
    RMSPropOptimizer,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    masked_loss,
    masked_loss_backward,
)
from scratch.flat import flatten, lines, views
from scratch.jit.machine.tile import tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.training.change import BY_GLOBAL_NORM, BY_NORM, BY_VALUE, NOT_CLIPPED, Change, clip_gradients
from scratch.jit.training.embedding import add_to_rows
from scratch.jit.training.head import HeadLayout, run_head, work_in, work_size
from scratch.jit.training.losses import are_within
from scratch.jit.training.optimizer import numbers_of, slots_of
from scratch.jit.training.updates import update
from scratch.tree import map_tree

DTYPES = (np.float64, np.float32)
OPTIMIZERS = [
    GradientDescentOptimizer(0.3),
    AdagradOptimizer(0.3),
    MomentumOptimizer(0.1, 0.9),
    MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    RMSPropOptimizer(0.02, momentum=0.4),
    RMSPropOptimizer(0.02, momentum=0.4, centered=True),
    AdamOptimizer(0.01),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_every_optimizer_takes_the_steps_of_the_text_book_to_the_bit(optimizer, dtype):
    params, gradients = draw(dtype, 30)
    memory, tree, places = flatten(params)
    expected_slots = optimizer.init_slots(params)
    slots = slots_of(expected_slots, 17, np.dtype(dtype), places)
    kind, numbers = numbers_of(optimizer, np.dtype(dtype))
    for gradient in gradients:
        params, expected_slots = optimizer.apply_gradients(params, gradient, expected_slots)
        slots, now = slots.next(optimizer, numbers)
        update(kind, now, memory[None], flatten(gradient).memory[None], slots.rows, 0, len(memory))
        assert_parity((tree, slots.tree(places)), (params, expected_slots), limit=0)
    # What is beyond the parameters stays finite.
    assert np.isfinite(memory).all()


def test_an_optimizer_changes_no_number_outside_of_its_share():
    params, (gradient,) = draw(np.float32, 1)
    memory, _, places = flatten({"a": params, "b": params})
    before, optimizer = memory.copy(), AdagradOptimizer(0.3)
    slots = slots_of(optimizer.init_slots({"a": params, "b": params}), 34, np.dtype(np.float32), places)
    g = flatten({"a": gradient, "b": gradient}).memory[None]
    update(*numbers_of(optimizer, np.dtype(np.float32)), memory[None], g, slots.rows, 16, 32)
    changed = memory != before
    assert changed[16:32].all()
    assert not changed[:16].any()
    assert not changed[32:].any()


def clipped(gradients, kind, numbers, skip=()):
    """Return gradients clipped by the kernels, as a tree."""
    memory, _, places = flatten(gradients)
    dtype = memory.dtype
    bounds = np.array([[12, 17], [0, 12]][: 1 if skip else 2], np.int64)
    g, out = memory[None], lines(1, memory.size, dtype)
    none = np.zeros((0, memory.size), dtype)
    change = Change(kind, 0, np.array([[*numbers, 0]], dtype), bounds, g[:, :1], g, g, out, none)
    clip_gradients(change)
    # The gradients before it stay as they were.
    assert memory.tobytes() == flatten(gradients).memory.tobytes()
    return views(out[0], places)


def assert_same(actual, expected, limit=None):
    """``assert_parity``, and NaN where NaN is expected and nowhere else."""
    nan = map_tree(lambda leaf: np.isnan(leaf).astype(float), actual)
    assert_parity(nan, map_tree(lambda leaf: np.isnan(leaf).astype(float), expected), limit=0)
    assert_parity(*(map_tree(partial(np.nan_to_num, posinf=9, neginf=-9), tree) for tree in (actual, expected)), limit)


BAD = (0, 1, np.nan, np.inf, -np.inf)


# Uncompiled, NumPy says what it divides.
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("dtype", DTYPES)
def test_three_kinds_of_clipping(dtype, bad):
    _, (gradients,) = draw(dtype, 1)
    gradients["rnn"]["kernel"][1, 2] = bad
    assert_same(clipped(gradients, BY_VALUE, (-0.7, 0.4)), clip_by_value(gradients, -0.7, 0.4), limit=0)
    assert_same(clipped(gradients, BY_NORM, (0.9, 0)), clip_by_norm(gradients, 0.9))
    assert_same(clipped(gradients, BY_NORM, (0.9, 0), ("rnn",)), clip_by_norm(gradients, 0.9, ("rnn",)))
    assert_same(clipped(gradients, BY_GLOBAL_NORM, (0.9, 0)), clip_by_global_norm(gradients, 0.9)[0])
    # Short enough: nothing is changed.
    if bad == 1:
        assert_parity(clipped(gradients, BY_NORM, (99, 0)), gradients)
        assert_parity(clipped(gradients, BY_GLOBAL_NORM, (99, 0)), gradients)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_norm_is_summed_over_blocks_of_registers(dtype):
    gradients = {"a": np.random.default_rng(0).standard_normal((3, 1201)).astype(dtype)}
    memory, _, places = flatten(gradients)
    for kind, function in ((BY_NORM, clip_by_norm), (BY_GLOBAL_NORM, lambda *given: clip_by_global_norm(*given)[0])):
        g, out = memory[None], lines(1, memory.size, dtype)
        bounds = np.array([[0, 3603]], np.int64)
        clip_gradients(Change(kind, 0, np.array([[2, 0, 0]], dtype), bounds, g[:, :1], g, g, out, out[:0]))
        assert_parity(views(out[0], places), function(gradients, 2.0))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("depth", "num_classes"), [(5, 2), (17, 11), (3, 33)])
def test_an_output_layer_and_its_loss(depth, num_classes, dtype):
    rng, shape = np.random.default_rng(0), (7, 6)
    layer, dtype = Dense(num_classes), np.dtype(dtype)
    params = map_tree(lambda leaf: rng.standard_normal(leaf.shape).astype(dtype), layer.init_params(rng, depth, dtype))
    x, labels = rng.standard_normal((*shape, depth)).astype(dtype), rng.integers(num_classes, size=shape)
    mask = rng.random(shape) < 0.7
    # Past the end anything may stand; and what is large does not overflow.
    x[0, 0] *= 1000
    logits, cache = layer.forward(params, x)
    loss, loss_cache = masked_loss(labels, logits, mask)
    d_x, d_params = layer.backward(params, cache, masked_loss_backward(loss_cache))

    layout = HeadLayout(tile_code(dtype), 42, depth, num_classes, padded(num_classes, dtype), padded(depth, dtype))
    # Whatever was in the memory before is written over.
    arena, (weights, _, places) = np.full(work_size(layout), np.nan, dtype), flatten(params)
    d_weights = np.full_like(weights, np.nan)
    table, rows, share = np.array([layout], np.int64), x.reshape(42, depth), loss_cache.share.reshape(1, -1)
    found = run_head(table, weights[None], rows, labels.reshape(1, -1), share, arena, d_weights[None])
    work, live = work_in(layout, arena), mask.ravel()
    assert_parity(np.asarray(found, dtype), np.asarray(loss))
    assert_parity(work.y[:, :num_classes], logits.reshape(42, -1))
    assert_parity(work.p[live, :num_classes], loss_cache.cross_entropy.p.reshape(42, -1)[live])
    assert_parity(work.d_x[:, :depth], d_x.reshape(42, -1))
    assert not work.d_x[~live].any()
    assert_parity(views(d_weights, places), d_params)


def test_labels_are_classes():
    assert are_within(np.array([[0, 2, 1]]), 3)
    for wrong in ([[0, 3, 1]], [[0, -1, 1]], [[2, 2, 9]]):
        assert not are_within(np.array(wrong), 3)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("width", [3, 16, 21])
def test_the_gradient_of_an_embedding_to_the_bit(width, dtype):
    rng, layer = np.random.default_rng(0), Embedding(9, width)
    numbers, d_x = rng.integers(9, size=(4, 5)), rng.standard_normal((4, 5, width)).astype(dtype)
    params = layer.init_params(rng, dtype)
    expected = layer.backward(params, numbers, d_x)
    d_e = np.zeros((9, width), dtype)
    add_to_rows(numbers.reshape(1, -1), d_x.reshape(20, width), d_e)
    assert_parity({"embeddings": d_e}, expected, limit=0)


def test_no_clipping_leaves_gradients_where_they_are():
    g = np.ones((1, 16))
    clip_gradients(Change(NOT_CLIPPED, 0, g[:, :3], np.zeros((0, 2), np.int64), g[:, :1], g, g, g, g[:0]))
    assert (g == 1).all()
