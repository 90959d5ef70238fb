import numpy as np
import pytest

import scratch
import tf_impl
from scratch import flatten_time, series_to_rows, stack, swap_time_and_batch, unflatten_time, unstack
from tf_impl.inputs.unstack import gradient
from tf_impl.tensorflow import tf

# Every number is its own address, so a wrong order shows.
ARRAY = np.arange(5 * 6 * 4, dtype=np.float64).reshape(5, 6, 4)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_agrees_with_tensorflow(dtype):
    array = ARRAY.astype(dtype)
    for axis in (0, 1, 2, -1):
        steps = unstack(array, axis)
        assert_bits(steps, tf_impl.unstack(array, axis))
        assert_bits(stack(steps, axis), tf_impl.stack(steps, axis))
        assert_bits(stack(steps, axis), array)
    assert_bits(flatten_time(array), tf_impl.flatten_time(array))
    assert_bits(unflatten_time(flatten_time(array), 5), tf_impl.unflatten_time(flatten_time(array), 5))
    assert_bits(series_to_rows(array.ravel(), 5), tf_impl.series_to_rows(array.ravel(), 5))
    assert_bits(series_to_rows(array, 5), tf_impl.series_to_rows(array, 5))
    for inputs in (array, array[..., 0], array[..., None]):
        assert_bits(swap_time_and_batch(inputs), tf_impl.swap_time_and_batch(inputs))


def assert_bits(actual, expected):
    np.testing.assert_array_equal(np.asarray(actual), np.asarray(expected), strict=True)


def test_where_each_number_goes():
    series = np.arange(8)
    assert series_to_rows(series, 2).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    outputs = np.array([["a0", "a1", "a2"], ["b0", "b1", "b2"]])
    assert flatten_time(outputs).tolist() == ["a0", "a1", "a2", "b0", "b1", "b2"]
    assert unflatten_time(flatten_time(outputs), 2).tolist() == outputs.tolist()
    assert [step.tolist() for step in unstack(outputs)] == [["a0", "b0"], ["a1", "b1"], ["a2", "b2"]]
    assert swap_time_and_batch(outputs).tolist() == [["a0", "b0"], ["a1", "b1"], ["a2", "b2"]]
    assert flatten_time(swap_time_and_batch(outputs)).tolist() == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_the_backward_pass_of_each_is_its_inverse():
    d_steps = [np.random.default_rng(t).standard_normal((5, 4)) for t in range(6)]
    d_flat = np.random.default_rng(6).standard_normal((30, 4))
    assert_bits(stack(d_steps), gradient(lambda x: tf.unstack(x, axis=1), ARRAY, d_steps))
    assert_bits(unstack(stack(d_steps)), gradient(lambda xs: tf.stack(xs, axis=1), unstack(ARRAY), stack(d_steps)))
    assert_bits(unflatten_time(d_flat, 5), gradient(lambda x: tf.reshape(x, [30, 4]), ARRAY, d_flat))
    assert_bits(flatten_time(ARRAY), gradient(lambda x: tf.reshape(x, [5, 6, 4]), d_flat, ARRAY))
    d_swapped = swap_time_and_batch(ARRAY)
    assert_bits(ARRAY, gradient(lambda x: tf.transpose(x, [1, 0, 2]), np.zeros((5, 6, 4)), d_swapped))
    assert_bits(swap_time_and_batch(d_swapped), ARRAY)


def test_refusals():
    with pytest.raises(ValueError, match="series has 7 steps, which do not divide into 2 rows"):
        series_to_rows(np.arange(7), 2)
    with pytest.raises(ValueError, match="series has 0 steps, which do not divide into 2 rows"):
        series_to_rows(np.arange(0), 2)
    with pytest.raises(ValueError, match="batch_size must be at least 1, but is 0"):
        series_to_rows(np.arange(7), 0)
    with pytest.raises(ValueError, match="flat has 7 rows, which do not divide into a batch of 2"):
        unflatten_time(np.zeros((7, 3)), 2)
    with pytest.raises(ValueError, match="axis is 3, but inputs has only 3 axes"):
        unstack(ARRAY, axis=3)
    with pytest.raises(TypeError, match="axis must be an integer, but is '1'"):
        unstack(ARRAY, axis="1")
    with pytest.raises(ValueError, match="axis is 2, but the result has only 2 axes"):
        stack([np.zeros(2)], axis=2)
    with pytest.raises(TypeError, match="steps\\[1\\] is float32, but steps\\[0\\] is float64"):
        stack([np.zeros(2), np.zeros(2, np.float32)])
    assert series_to_rows(np.arange(1000), np.uint8(5)).shape == (5, 200)
    with pytest.raises(TypeError, match="inputs must be a NumPy array, but is list"):
        unstack([[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="outputs must have at least 2 axes, but has shape \\[3\\]"):
        flatten_time(np.zeros(3))
    with pytest.raises(ValueError, match="inputs must have at least 2 axes, but has shape \\[3\\]"):
        swap_time_and_batch(np.zeros(3))
    with pytest.raises(TypeError, match="outputs must be a NumPy array, but is MaskedArray"):
        flatten_time(np.ma.array(np.zeros((5, 6))))
    with pytest.raises(ValueError, match="steps must hold at least one array, but is empty"):
        stack([])
    with pytest.raises(TypeError, match="steps must be a list of arrays, but is ndarray"):
        stack(ARRAY)
    with pytest.raises(ValueError, match="steps\\[1\\] has shape \\[3\\], but steps\\[0\\] has \\[2\\]"):
        scratch.stack([np.zeros(2), np.zeros(3)])
