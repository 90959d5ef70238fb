"""What every compiled recurrence has to pass."""

import numba
import numpy as np

import scratch
import tf_impl
from parity_tests.harness import assert_padding_is_zero, assert_parity, run_dynamic
from scratch.tree import named_leaves

# How far apart two results may be that differ only in how the work was cut: not at all. Uncompiled, NumPy's own
# products round by their shapes, and the limit is that of the dtype.
SAME_BITS = None if numba.config.DISABLE_JIT else 0


def run_numba(case, problem, **options):
    """Return the ``Results`` of the compiled loop."""
    return run_dynamic(scratch, case, problem, engine="numba", **options)


def check_against_numpy(case, dtype, **options):
    """Outputs, states and every gradient of the compiled loop, against the text book's; return the ``Results``."""
    problem = case.draw(dtype)
    actual = run_numba(case, problem, **options)
    assert_parity(actual, run_dynamic(scratch, case, problem, engine="numpy"))
    if case.sequence_length is not None:
        assert_padding_is_zero(case, actual)
    return actual


def check_against_tensorflow(case, dtype):
    """The same against TensorFlow's."""
    problem = case.draw(dtype)
    assert_parity(run_numba(case, problem), run_dynamic(tf_impl, case, problem))


def check_against_numpy_and_tensorflow(case, dtype):
    """Both at once."""
    check_against_numpy(case, dtype)
    check_against_tensorflow(case, dtype)


def gradients_as_one(results):
    """Return outputs, states, and all gradients as one vector: for those that may cancel to almost nothing.

    So may that of a bias of a single unit, or of a query, through a softmax. Its scale is that of the whole.
    """
    gradients = dict(named_leaves(tuple(results[2:])))
    return (*results[:2], np.concatenate([gradients[name].ravel() for name in sorted(gradients)]))
