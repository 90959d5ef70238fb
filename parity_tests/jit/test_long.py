"""Rows of 100,000 steps, numbers at the ends of their range, thousands of shapes: no overflow, and no end of memory."""

import numpy as np
import pytest

from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, dynamic_rnn, dynamic_rnn_backward
from scratch.jit.batch import full_batch
from scratch.jit.machine import memory
from scratch.jit.small.plan import plan_of
from scratch.jit.walk.layer import layer_of
from scratch.jit.walk.schedule import schedule_of_full_rows, schedule_of_lengths
from scratch.tree import named_leaves
from scratch.unroll import dynamic

CELLS = [BasicRNNCell(3), BasicLSTMCell(3), GRUCell(3)]
both = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def passes(cell, inputs, lengths=None, **options):
    """Return all arrays that a pass forward and back gives, by name."""
    params = cell.init_params(np.random.default_rng(0), inputs.shape[2], inputs.dtype)
    outputs, state, tape = dynamic_rnn(cell, params, inputs, lengths, **options)
    return dict(named_leaves((outputs, state, *dynamic_rnn_backward(tape, np.ones_like(outputs)))))


@both
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.scope)
@pytest.mark.parametrize("scale", [1, 1e4], ids=["usual", "saturated"])
def test_a_hundred_thousand_steps(cell, scale, dtype):
    """A warning is an error while the tests run."""
    inputs = (scale * np.random.default_rng(1).standard_normal((2, 100_000, 2))).astype(dtype)
    for lengths in (None, [100_000, 50_000]):
        assert all(np.isfinite(leaf).all() for leaf in passes(cell, inputs, lengths, engine="numba").values())


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.scope)
def test_a_long_row_with_few_states_kept_agrees_with_the_compiled_loop(cell):
    inputs = np.random.default_rng(1).standard_normal((1, 3000, 2))
    expected, found = passes(cell, inputs, checkpoint_every=55), passes(cell, inputs, engine="numba")
    for name, want in expected.items():
        np.testing.assert_allclose(found[name], want, rtol=0, atol=1e-12 * max(np.abs(want).max(), 1e-300))


@both
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.scope)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_denormals_and_the_largest_numbers(cell, engine, dtype):
    info = np.finfo(dtype)
    for number in (info.smallest_subnormal, info.tiny, np.sqrt(info.max)):
        inputs = np.resize(np.array([number, -number, 0], dtype), (2, 5, 2))
        found = passes(cell, inputs, engine=engine)
        assert all(np.isfinite(leaf).all() for name, leaf in found.items() if not name.startswith("[4]"))
        # A gradient of the weights is a sum of products with the inputs, and may be infinite, but never NaN.
        assert not any(np.isnan(leaf).any() for leaf in found.values())


def test_what_is_kept_of_shapes_has_an_end():
    for size in range(1, 300):
        inputs = np.zeros((1, size, 2), np.float32)
        passes(CELLS[1], inputs, engine="numba")
        passes(CELLS[1], inputs, [size - 1], engine="numba")
    assert len(dynamic.forms) <= dynamic.MOST_FORMS
    for kept in (full_batch, plan_of, layer_of, schedule_of_lengths, schedule_of_full_rows):
        assert kept.cache_info().currsize <= kept.cache_info().maxsize <= 256
    assert sum(part.nbytes for part in memory.kept) <= memory.MOST_KEPT
