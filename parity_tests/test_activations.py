"""Activations and their slopes far from 0, where a gate is nearly shut: each number by its own relative error.

A comparison by the largest magnitude of an array, as elsewhere, cannot see a small number beside a large one.
"""

from decimal import Decimal, localcontext

import numpy as np
import pytest

import scratch
from parity_tests.harness import Case, assert_parity, run_dynamic, verdicts
from parity_tests.tails import TAILS, tail_differences
from scratch.activations import ACTIVATIONS, clip, clip_slope, relu, sigmoid
from scratch.gradient_check import complex_step

DTYPES = [np.float32, np.float64]
ENGINES = ["numpy", "numba"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_sigmoid_has_all_its_digits_however_small(dtype):
    info = np.finfo(dtype)
    z = np.linspace(np.log(info.smallest_subnormal) - 5, 40, 700).astype(dtype)
    for z_k, found in zip(z, sigmoid(z), strict=True):
        with localcontext() as context:
            context.prec = 60
            true = 1 / (1 + (-Decimal(float(z_k))).exp())
        last_place = Decimal(float(np.spacing(dtype(float(true)))))
        assert abs(Decimal(float(found)) - true) <= 3 * last_place, z_k


@pytest.mark.parametrize("dtype", DTYPES)
def test_sigmoid_at_the_ends(dtype):
    z = np.array([0, -0.0, np.inf, -np.inf, 1000, -1000, np.finfo(dtype).max, -np.finfo(dtype).max, np.nan], dtype)
    found = sigmoid(z)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, [0.5, 0.5, 1, 0, 1, 0, 1, 0, np.nan])


def test_sigmoid_has_a_complex_derivative_at_0_and_far_from_it():
    z = np.array([0, -0.0, 3, -3, 30, -30, 300, -300]) + 0j
    slope = complex_step(lambda z: sigmoid(z).sum(), z)
    s = sigmoid(z.real)
    np.testing.assert_allclose(slope, s * sigmoid(-z.real), rtol=1e-14)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", TAILS)
def test_values_and_slopes_agree_with_tensorflow(name, dtype):
    found = tail_differences(name, dtype)
    assert [difference.name for difference in found] == ["φ(z)", "φ'(z)"]
    assert all(difference.agrees for difference in found), verdicts(found)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_gate_that_is_nearly_shut_lets_a_large_candidate_through(engine):
    """An LSTM of one unit with z_i = −20 and z_j = 1e9: i ⊙ j = 2.0611537."""
    cell = scratch.BasicLSTMCell(1, forget_bias=0.0, activation="relu")
    kernel, bias = np.zeros((2, 4), np.float32), np.array([-20, 1e9, 0, 100], np.float32)
    inputs = np.ones((1, 1, 1), np.float32)
    outputs, _, _ = scratch.dynamic_rnn(cell, {"kernel": kernel, "bias": bias}, inputs, engine=engine)
    np.testing.assert_allclose(outputs.item(), 2.0611537, rtol=1e-7)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("cell", [scratch.BasicLSTMCell(3, activation="relu"), scratch.GRUCell(3, activation="relu")])
def test_gates_of_large_weights_agree_with_tensorflow(cell, engine):
    """With weights 300 times as large, gates are open or shut and the rectifier lets everything grow."""
    import tf_impl

    case = Case(cell, (4, 0, 6, 1, 3))
    problem = case.draw(np.float64)
    problem = problem._replace(params=scratch.tree.map_tree(lambda weight: 300 * weight, problem.params))
    assert_parity(run_dynamic(scratch, case, problem, engine=engine), run_dynamic(tf_impl, case, problem))


@pytest.mark.parametrize("z", [-2.9, -0.5, 0.5, 2.9])
@pytest.mark.parametrize("name", [*ACTIVATIONS, ("elu", 0.5), ("scaled_tanh", 1.7, 0.6), ("leaky_relu", 0.01)])
def test_slopes_are_complex_steps_of_the_values(name, z):
    value, slope = ACTIVATIONS[name]
    z = np.array([z])
    step = value(z + 1e-200j)
    # 1 − a² keeps fewer of its digits the nearer a is to 1: at 2.9 it is 0.012.
    np.testing.assert_allclose(step.imag / 1e-200, slope(value(z)), rtol=3e-14)
    # The slope of a complex number is asked for, too, when a backward pass is differentiated.
    np.testing.assert_allclose(slope(value(z).astype(np.complex128)), slope(value(z)), rtol=1e-14)


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
