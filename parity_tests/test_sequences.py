import numpy as np
import pytest

from scratch.sequences import reverse_rows
from tf_impl.tensorflow import tf

LENGTHS = np.array([4, 0, 6, 1, 3])


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128, np.int32, bool])
@pytest.mark.parametrize("shape", [(5, 6), (5, 6, 3), (5, 6, 2, 4)], ids=str)
def test_it_is_tensorflows_reverse_sequence(shape, dtype):
    steps = (100 * np.random.default_rng(0).standard_normal(shape)).astype(dtype)
    before = steps.copy()
    actual = reverse_rows(steps, LENGTHS)
    with tf.init_scope():
        expected = tf.reverse_sequence(steps, LENGTHS, seq_axis=1, batch_axis=0).numpy()
    assert actual.dtype == steps.dtype
    np.testing.assert_array_equal(actual, expected)
    np.testing.assert_array_equal(steps, before)
    np.testing.assert_array_equal(reverse_rows(actual, LENGTHS), steps)
    assert not np.shares_memory(actual, steps)


def test_full_rows_are_turned_whole():
    steps = np.arange(30.0).reshape(5, 6)
    np.testing.assert_array_equal(reverse_rows(steps, np.full(5, 6)), steps[:, ::-1])
    assert reverse_rows(np.zeros((0, 6, 3)), np.zeros(0, int)).shape == (0, 6, 3)
    assert reverse_rows(np.zeros((5, 0, 3)), np.zeros(5, int)).shape == (5, 0, 3)


def test_it_is_its_own_adjoint():
    """⟨reverse(a), b⟩ = ⟨a, reverse(b)⟩: the very sum of a backward pass."""
    rng = np.random.default_rng(0)
    a, b = rng.integers(-9, 9, (2, 5, 6, 3))
    assert (reverse_rows(a, LENGTHS) * b).sum() == (a * reverse_rows(b, LENGTHS)).sum()
