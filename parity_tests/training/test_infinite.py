"""Infinite and NaN gradients and logits give what they give in TensorFlow, and no warning."""

import numpy as np
import pytest

import scratch
import tf_impl
from scratch.tree import named_leaves
from tf_impl.training.optimizers import train

INF, NAN = np.inf, np.nan
OPTIMIZERS = [
    scratch.GradientDescentOptimizer(0.3),
    scratch.AdagradOptimizer(0.3),
    scratch.MomentumOptimizer(0.3, 0.9),
    scratch.MomentumOptimizer(0.3, 0.9, use_nesterov=True),
    scratch.RMSPropOptimizer(0.3, momentum=0.5),
    scratch.RMSPropOptimizer(0.3, centered=True),
    scratch.AdamOptimizer(0.3),
]
# The last two beyond the square root of the largest float32.
GRADIENT = [INF, -INF, NAN, 0.0, 1.0, 1.0, 1e20, -1e30]
LOGITS = [[INF, 0, 1], [-INF, 0, 1], [-INF] * 3, [INF, INF, 0], [0, INF, 0], [NAN, 0, 1], [3e38, -3e38, 0], [0, 1, 2]]
LABELS = np.array([0, 0, 0, 1, 0, 1, 1, 2])


def assert_same(found, expected, limit):
    found, expected = dict(named_leaves(found)), dict(named_leaves(expected))
    assert found.keys() == expected.keys()
    for name, want in expected.items():
        np.testing.assert_allclose(found[name], want, rtol=limit, atol=limit, equal_nan=True, err_msg=name)


@pytest.mark.parametrize(("dtype", "limit"), [(np.float64, 1e-12), (np.float32, 2e-6)], ids=["float64", "float32"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_gradients(optimizer, dtype, limit):
    params, gradients = {"w": np.ones(8, dtype)}, {"w": np.array(GRADIENT, dtype)}
    (_, _), (expected, variables) = train(optimizer, params, [gradients])
    params, slots = optimizer.apply_gradients(params, gradients, optimizer.init_slots(params))
    assert_same(params, expected, limit)
    assert_same(scratch.slot_variables(optimizer, slots), variables, limit)


@pytest.mark.parametrize(("dtype", "limit"), [(np.float64, 1e-12), (np.float32, 2e-6)], ids=["float64", "float32"])
@pytest.mark.parametrize("kind", ["softmax", "sparse_softmax"])
def test_logits(kind, dtype, limit):
    labels = LABELS if kind == "sparse_softmax" else np.eye(3, dtype=dtype)[LABELS]
    name = f"{kind}_cross_entropy_with_logits"
    results = []
    for engine in (scratch, tf_impl):
        loss, cache = getattr(engine, name)(labels, np.array(LOGITS, dtype))
        d_logits = engine.softmax_cross_entropy_with_logits_backward(cache, np.array([1, 1, 1, 1, 1, 1, 1, INF], dtype))
        results.append({"loss": loss, "d_logits": d_logits})
    assert_same(*results, limit)
