"""The squashing functions and the clipping, at the points where they bend."""

import numpy as np
import pytest

from scratch.activations import ACTIVATIONS, clip, clip_slope, relu, sigmoid

DTYPES = [np.float32, np.float64]


@pytest.mark.parametrize("dtype", DTYPES)
def test_sigmoid_and_its_mirror_image(dtype):
    z = np.linspace(-60, 60, 241).astype(dtype)
    a = sigmoid(z)
    assert a.dtype == dtype
    exact = 1 / (1 + np.exp(-z.astype(np.longdouble)))
    np.testing.assert_allclose(a, exact.astype(dtype), rtol=4 * np.finfo(dtype).eps)
    assert sigmoid(dtype(0)) == 0.5
    np.testing.assert_array_equal(sigmoid(np.array([-np.inf, np.inf], dtype)), [0, 1])
    assert np.isnan(sigmoid(dtype(np.nan)))


@pytest.mark.parametrize("z", [-3.0, -0.5, 0.5, 3.0])
@pytest.mark.parametrize("name", [*ACTIVATIONS, "sigmoid"])
def test_slopes_are_complex_steps_of_the_values(name, z):
    value, slope = ACTIVATIONS[name] if name != "sigmoid" else (sigmoid, lambda a: a * (1 - a))
    step = value(np.complex128(z + 1e-200j))
    np.testing.assert_allclose(step.imag / 1e-200, slope(value(np.float64(z))), rtol=1e-14)
    # The slope of a complex number is asked for, too, when a backward pass is differentiated.
    np.testing.assert_allclose(slope(np.complex128(value(z))), slope(value(np.float64(z))), rtol=1e-14)


@pytest.mark.parametrize("dtype", [*DTYPES, np.complex128])
def test_the_rectifier_is_flat_up_to_0_and_keeps_the_dtype(dtype):
    z = np.array([-2, -1e-30, 0, 1e-30, 2], dtype)
    a, slope = relu(z), ACTIVATIONS["relu"].slope(relu(z))
    np.testing.assert_array_equal(a, np.array([0, 0, 0, 1e-30, 2], dtype))
    np.testing.assert_array_equal(slope, [0, 0, 0, 1, 1])
    assert a.dtype == slope.dtype == dtype


@pytest.mark.parametrize("dtype", [*DTYPES, np.complex128])
def test_clipping_is_flat_beyond_the_bound_alone(dtype):
    z = np.array([-3, -0.5, -0.25, 0, 0.25, 0.5, 3], dtype)
    clipped, slope = clip(z, 0.5), clip_slope(z, 0.5)
    np.testing.assert_array_equal(clipped, np.array([-0.5, -0.5, -0.25, 0, 0.25, 0.5, 0.5], dtype))
    np.testing.assert_array_equal(slope, [0, 1, 1, 1, 1, 1, 0])
    assert clipped.dtype == slope.dtype == dtype
    # A bound that float32 does not have is rounded to one that it has.
    assert clip(np.array([3.0], np.float32), 0.1)[0] == np.float32(0.1)


def test_no_bound_clips_nothing():
    z = np.array([-1e30, 2.0], np.float32)
    assert clip(z, None) is z
    slope = clip_slope(z, None)
    np.testing.assert_array_equal(slope, [1, 1])
    assert slope.dtype == np.float32
