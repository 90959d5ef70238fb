"""Where weights start: the sizes of the draws, their kind, and whose generator they take."""

import numpy as np
import pytest

from scratch.cells.gru import GRUCell
from scratch.initializers import (
    cudnn_start,
    draw_params,
    glorot_uniform,
    normal,
    ones,
    orthogonal,
    rnn_start,
    uniform,
    zeros,
)

DRAWS = (glorot_uniform, orthogonal, uniform, normal)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("initializer", [*DRAWS, zeros, ones])
def test_shape_and_dtype_are_those_asked_for(initializer, dtype):
    array = initializer(np.random.default_rng(0), (3, 5), dtype)
    assert array.shape == (3, 5)
    assert array.dtype == dtype


@pytest.mark.parametrize("initializer", DRAWS)
def test_a_generator_is_used_up_and_another_seed_draws_another(initializer):
    rng = np.random.default_rng(0)
    first, second = (initializer(rng, (3, 5), np.float64) for _ in range(2))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(initializer(np.random.default_rng(0), (3, 5), np.float64), first)


@pytest.mark.parametrize(("shape", "limit"), [((3, 5), 6 / 8), ((7,), 6 / 14), ((2, 9, 4), 6 / 6)], ids=str)
def test_glorot_fills_its_interval_evenly(shape, limit):
    rng = np.random.default_rng(0)
    draws = np.concatenate([glorot_uniform(rng, shape, np.float64).ravel() for _ in range(2000)]) / np.sqrt(limit)
    assert -1 <= draws.min() < -0.999
    assert 0.999 < draws.max() <= 1
    counts, _ = np.histogram(draws, 4, (-1, 1))
    np.testing.assert_allclose(counts / len(draws), 0.25, atol=0.02)


def test_the_other_draws_have_the_moments_of_their_kind():
    draws = uniform(np.random.default_rng(0), (200, 100), np.float64)
    assert 0 <= draws.min() < 0.001 < 0.999 < draws.max() < 1
    np.testing.assert_allclose([draws.mean(), draws.var()], [1 / 2, 1 / 12], atol=0.005)
    draws = normal(np.random.default_rng(0), (200, 100), np.float64)
    np.testing.assert_allclose([draws.mean(), draws.var()], [0, 1], atol=0.02)
    assert (zeros(np.random.default_rng(0), (2, 3), np.float64) == 0).all()
    assert (ones(np.random.default_rng(0), (2, 3), np.float64) == 1).all()


@pytest.mark.parametrize("shape", [(4, 4), (7, 3), (3, 7), (1, 5)], ids=str)
def test_an_orthogonal_matrix_has_orthonormal_columns_or_rows(shape):
    matrix = orthogonal(np.random.default_rng(0), shape, np.float64)
    gram = matrix.T @ matrix if shape[0] >= shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(gram, np.eye(min(shape)), atol=1e-14)


def test_orthogonal_matrices_are_uniform_among_all():
    """Without R's signs, QR leaves habits: the mean of the diagonal would be far from 0."""
    rng = np.random.default_rng(0)
    diagonals = np.array([np.diag(orthogonal(rng, (3, 3), np.float64)) for _ in range(2000)])
    np.testing.assert_allclose(diagonals.mean(axis=0), 0, atol=0.06)


@pytest.mark.parametrize(("shape", "text"), [((3,), "\\[3\\]"), ((2, 3, 4), "\\[2, 3, 4\\]")])
def test_orthogonal_takes_matrices_only(shape, text):
    with pytest.raises(ValueError, match=f"^orthogonal needs a matrix, but the shape is {text}$"):
        orthogonal(np.random.default_rng(0), shape, np.float64)


def test_parameters_are_drawn_in_order_by_their_path():
    seen = []

    def initializer(path):
        seen.append(path)
        return zeros if path.endswith("bias") else uniform

    shapes = {"gates": {"kernel": (2, 3), "bias": (3,)}, "w": (4,)}
    params = draw_params(shapes, initializer, np.random.default_rng(0), np.float32)
    assert seen == ["gates/kernel", "gates/bias", "w"]
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(params["gates"]["kernel"], rng.random((2, 3)).astype(np.float32))
    assert not params["gates"]["bias"].any()
    np.testing.assert_array_equal(params["w"], rng.random(4).astype(np.float32))
    with pytest.raises(TypeError, match="^rng must be a numpy.random.Generator, but is RandomState$"):
        draw_params(shapes, initializer, np.random.RandomState(0), np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_gru_starts_as_the_tutorial_starts_cudnns(dtype):
    cell, limit = GRUCell(4), 1e-6 if dtype is np.float32 else 1e-14
    params = cudnn_start(cell, np.random.default_rng(0), 3, dtype)
    assert not params["gates"]["bias"].any()
    assert not params["candidate"]["bias"].any()
    kernels = [*np.split(params["gates"]["kernel"], 2, axis=1), params["candidate"]["kernel"]]
    for kernel in kernels:
        assert kernel.shape == (3 + 4, 4)
        assert kernel.dtype == dtype
        # W_x is wider than tall, so its rows are orthonormal.
        np.testing.assert_allclose(kernel[:3] @ kernel[:3].T, np.eye(3), atol=limit)
        np.testing.assert_allclose(kernel[3:].T @ kernel[3:], np.eye(4), atol=limit)
    assert not np.allclose(kernels[0], kernels[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_gru_that_starts_as_an_rnn(dtype):
    cell = GRUCell(4)
    params, cudnn = (start(cell, np.random.default_rng(0), 3, dtype) for start in (rnn_start, cudnn_start))
    np.testing.assert_array_equal(params["gates"]["bias"], [4] * 4 + [-4] * 4)
    np.testing.assert_array_equal(params["gates"]["kernel"], 0.3 * cudnn["gates"]["kernel"])
    np.testing.assert_array_equal(params["candidate"]["kernel"], cudnn["candidate"]["kernel"])
    assert not params["candidate"]["bias"].any()
    assert params["gates"]["kernel"].dtype == params["gates"]["bias"].dtype == dtype


def test_a_start_for_the_layout_of_reset_after():
    """There a bias and the candidate's matrices stand apart; each matrix is orthogonal on its own."""
    params = cudnn_start(GRUCell(4, reset_after=True), np.random.default_rng(0), 3, np.float64)
    candidate = params["candidate"]
    np.testing.assert_allclose(
        candidate["hidden_projection"]["kernel"].T @ candidate["hidden_projection"]["kernel"], np.eye(4), atol=1e-14
    )
    np.testing.assert_allclose(
        candidate["input_projection"]["kernel"] @ candidate["input_projection"]["kernel"].T, np.eye(3), atol=1e-14
    )
