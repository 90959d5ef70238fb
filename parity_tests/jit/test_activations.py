"""σ and tanh of compiled code against decimal arithmetic, over every number there is to begin with."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

from scratch.compiling.compiler import compiled
from scratch.jit.machine.activations import clip, is_within, sigmoid, slope, tanh, value
from scratch.jit.machine.vector import lanes, load, lower_to_registers, store


def relu(z):
    return value(True, z)


def relu_slope(a):
    return slope(True, a)


def phi(z):
    return value(False, z)


def phi_slope(a):
    return slope(False, a)


# What Numba need not know but for these tests: it is part of functions of registers.
for function, count in ((relu, 1), (relu_slope, 1), (phi, 1), (phi_slope, 1), (clip, 2), (is_within, 2)):
    lower_to_registers(function, count, function)

DTYPES = [np.float32, np.float64]
NUM_FUNCTIONS = 8


@compiled
def compute_all(rectified, z, results):
    """Write what each function makes of the row z, a row of ``results`` each."""
    for k in range(0, z.shape[1], lanes(z)):
        z_k = load(z, 0, k)
        store(results, 0, k, tanh(z_k))
        store(results, 1, k, sigmoid(z_k))
        store(results, 2, k, relu(z_k) if rectified else phi(z_k))
        store(results, 3, k, relu_slope(relu(z_k)) if rectified else phi_slope(phi(z_k)))
        store(results, 4, k, clip(z_k, 0.5))
        store(results, 5, k, is_within(z_k, 0.5))
        store(results, 6, k, clip(z_k, np.inf))
        store(results, 7, k, is_within(z_k, np.inf))


def compute(z, rectified=False):
    results = np.zeros((NUM_FUNCTIONS, len(z)), z.dtype)
    with np.errstate(all="ignore"):
        compute_all(rectified, z[None], results)
    return results


def numbers(dtype):
    """Return numbers of all magnitudes and both signs, dense where tanh bends, subnormal ones among them."""
    rng = np.random.default_rng(0)
    info = np.finfo(dtype)
    magnitudes = np.concatenate(
        [
            np.ldexp(rng.uniform(1, 2, 1200), rng.integers(-40, 7, 1200)),
            np.ldexp(rng.uniform(1, 2, 400), rng.integers(info.minexp - info.nmant, info.maxexp, 400)),
            np.linspace(0.2, 0.8, 800),
            # Where e^2z is at the border of two powers of 2, and where tanh reaches 1.
            np.log(2) / 4 * np.arange(1, 60),
            np.linspace(8, 21, 100),
            [info.smallest_subnormal, info.tiny, info.max, 0],
        ]
    )
    z = np.concatenate([magnitudes, -magnitudes]).astype(dtype)
    return np.resize(z, -(-len(z) // 16) * 16)


def exact(z):
    """Return tanh(z) and σ(z) as decimals of 40 digits."""
    with localcontext() as context:
        context.prec = 60
        z = Decimal(float(z))
        if abs(z) < Decimal("1e-12"):
            return z - z**3 / 3, Decimal("0.5") + z / 4
        # Beyond, both are 1 or 0 to every digit that a float has; σ's absolute error is what counts.
        z = max(min(z, Decimal(800)), Decimal(-800))
        square = (2 * z).exp()
        return (square - 1) / (square + 1), 1 / (1 + (-z).exp())


@pytest.mark.parametrize("dtype", DTYPES)
def test_tanh_is_within_3_units_in_the_last_place_and_sigmoid_within_1_of_1(dtype):
    z = numbers(dtype)
    results = compute(z)
    eps = np.finfo(dtype).eps
    for z_k, tanh_k, sigmoid_k in zip(z, results[0], results[1], strict=True):
        true_tanh, true_sigmoid = exact(z_k)
        last_place = Decimal(float(np.spacing(np.abs(dtype(float(true_tanh))))))
        assert abs(Decimal(float(tanh_k)) - true_tanh) <= 3 * last_place, z_k
        assert abs(Decimal(float(sigmoid_k)) - true_sigmoid) <= Decimal(float(eps)), z_k
    assert (np.abs(results[0]) <= 1).all()
    assert ((results[1] >= 0) & (results[1] <= 1)).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_sigmoid_is_within_3_units_in_the_last_place_however_small(dtype):
    info = np.finfo(dtype)
    z = np.linspace(np.log(info.tiny) + 1, 30, 1600).astype(dtype)
    for z_k, sigmoid_k in zip(z, compute(z)[1], strict=True):
        _, true = exact(z_k)
        last_place = Decimal(float(np.spacing(dtype(float(true)))))
        assert abs(Decimal(float(sigmoid_k)) - true) <= 3 * last_place, z_k


@pytest.mark.parametrize("dtype", DTYPES)
def test_ends_and_what_is_no_number(dtype):
    z = np.resize(np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1000, -1000, 0.5], dtype), 16)
    tanh_z, sigmoid_z = compute(z)[:2, :8]
    np.testing.assert_array_equal(tanh_z[:-1], [0, 0, 1, -1, np.nan, 1, -1])
    np.testing.assert_array_equal(sigmoid_z[:-1], [0.5, 0.5, 1, 0, np.nan, 1, 0])


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_rectifier_clipping_and_their_slopes(dtype):
    beyond = np.nextafter(dtype(0.5), dtype(1))
    z = np.resize(np.array([0.0, 1e-30, -1e-30, 2.5, -2.5, 0.5, -0.5, beyond, -beyond, np.inf], dtype), 16)
    results = compute(z, rectified=True)
    np.testing.assert_array_equal(results[2], np.maximum(z, 0))
    np.testing.assert_array_equal(results[3], (z > 0).astype(dtype))
    np.testing.assert_array_equal(results[4], np.clip(z, -0.5, 0.5))
    # 1 up to and at the bounds.
    np.testing.assert_array_equal(results[5], (np.abs(z) <= 0.5).astype(dtype))
    np.testing.assert_array_equal(results[6], z)
    np.testing.assert_array_equal(results[7], np.ones(16))
    tanh_z = compute(z)
    np.testing.assert_array_equal(tanh_z[2], tanh_z[0])
    np.testing.assert_allclose(tanh_z[3], 1 - tanh_z[0] ** 2, atol=np.finfo(dtype).eps)


@pytest.mark.parametrize("rectified", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
def test_compiled_is_as_uncompiled(dtype, rectified):
    z = numbers(dtype)
    actual, a = compute(z, rectified), value(rectified, z)
    expected = [tanh(z), sigmoid(z), a, slope(rectified, a)]
    expected += [function(z, bound) for bound in (0.5, np.inf) for function in (clip, is_within)]
    tiny, eps = np.finfo(dtype).smallest_subnormal, np.finfo(dtype).eps
    for have, want, absolute in zip(actual, expected, (tiny, eps, tiny, 8 * eps, 0, 0, 0, 0), strict=False):
        np.testing.assert_allclose(have, want, rtol=8 * eps if absolute else 0, atol=absolute)
