"""Batch normalisation: ``tf.compat.v1.layers.batch_normalization``.

    training     μ = mean of x over the batch          σ² = mean of (x − μ)² over the batch
    inference    μ = moving mean                       σ² = moving variance
    x̂ = (x − μ) / √(σ² + ε)
    y = γ x̂ + β

    after a training step     moving ← moving − (1 − momentum) (moving − batch)

The moving statistics are no parameters: no gradient reaches them, and they change in the forward pass. The derivation
is in ``docs/training/batch_norm.md``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scratch.arrays import Array, DType, Float, Params, Shapes
from scratch.caches import check_cache
from scratch.checks import check_array, check_dtype, check_params
from scratch.fit import check_fit
from scratch.layer import Given, Kept, Layer
from scratch.options import check_count, check_decay, check_flag, check_options, check_positive
from scratch.tree import map_tree


class BatchNormalizationCache(NamedTuple):
    """What the forward pass keeps: x̂ as x, 1 / √(σ² + ε) [D], and whether μ and σ² were those of the batch."""

    x_hat: Float[Array, "*N D"]
    inverse: Float[Array, " D"]
    training: bool


@dataclass(frozen=True)
class BatchNormalization(Layer):
    """Each of D features with the mean 0 and the variance 1 over the batch, then scaled and shifted as is learnt.

    - ``momentum``: how much of the moving statistics a training step keeps, at least 0 and below 1.
    - ``epsilon``: ε, above 0.
    - ``center`` and ``scale``: whether there is a β, and a γ.

    Parameters: ``gamma`` γ [D] and ``beta`` β [D]. Moving statistics: ``moving_mean`` [D], ``moving_variance`` [D].
    Source: Ioffe and Szegedy (2015), algorithms 1 and 2; TensorFlow's of the same name with ``fused=False``, which it
    takes for all but images: the variance is the batch's own, with N and not N − 1 below it, also in what moves.
    """

    momentum: float = 0.99
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True

    def __post_init__(self) -> None:
        check_options(self, momentum=check_decay, epsilon=check_positive, center=check_flag, scale=check_flag)

    def param_shapes(self, size: int) -> Shapes:
        return {name: (size,) for name, used in (("gamma", self.scale), ("beta", self.center)) if used}

    def init_params(self, size: int, dtype: DType = np.float32) -> Params:
        """Return ``gamma`` of ones and ``beta`` of zeros for ``size`` features: nothing is drawn."""
        size = check_count("size", size)
        check_dtype("dtype", dtype)
        start = {"gamma": np.ones, "beta": np.zeros}
        return {name: start[name](shape, dtype) for name, shape in self.param_shapes(size).items()}

    def init_moving(self, size: int, dtype: DType = np.float32) -> Params:
        """Return ``moving_mean`` of zeros and ``moving_variance`` of ones for ``size`` features."""
        size = check_count("size", size)
        check_dtype("dtype", dtype)
        return {"moving_mean": np.zeros(size, dtype), "moving_variance": np.ones(size, dtype)}

    def forward(
        self, params: Params, moving: Params, x: Float[Array, "*N D"], training: bool
    ) -> tuple[Float[Array, "*N D"], Params, BatchNormalizationCache]:
        """Compute x [..., D] to ``(y [..., D], new_moving, cache)``; every axis but the last is the batch.

        ``training`` has no default: the mistake this layer is known for is to leave it out.
        """
        check_array("x", x, (..., "D"))
        size = x.shape[-1]
        check_fit(params, self.param_shapes, size, x.dtype, "x")
        check_params("moving", moving, {"moving_mean": (size,), "moving_variance": (size,)}, x.dtype)
        if check_flag("training", training):
            batch = self.statistics(x)
            # moving ← moving − (1 − momentum) (moving − batch)
            rate = x.dtype.type(np.float32(1 - self.momentum))  # TF1 rounds to float32 after the subtraction.
            new_moving = map_tree(lambda old, new: old - rate * (old - new), moving, batch)
        else:
            batch, new_moving = moving, map_tree(np.copy, moving)
        # x̂ = (x − μ) / √(σ² + ε)
        inverse = 1 / np.sqrt(batch["moving_variance"] + self.epsilon)
        x_hat = (x - batch["moving_mean"]) * inverse
        # y = γ x̂ + β
        y = x_hat * params.get("gamma", 1) + params.get("beta", 0)
        return y, new_moving, BatchNormalizationCache(x_hat, inverse, training)

    def statistics(self, x: Float[Array, "*N D"]) -> Params:
        """Return μ and σ² over every axis but the last, under the names of what they move."""
        if x[..., 0].size == 0:
            raise ValueError("x must have at least one row to train on, but has none")
        batch_axes = tuple(range(x.ndim - 1))
        mean = x.mean(axis=batch_axes)
        return {"moving_mean": mean, "moving_variance": ((x - mean) ** 2).mean(axis=batch_axes)}

    def backward(
        self, params: Params, cache: BatchNormalizationCache, d_y: Float[Array, "*N D"]
    ) -> tuple[Float[Array, "*N D"], Params]:
        """Return ``(d_x [..., D], d_params)`` from d_y [..., D], through μ and σ² where they were of the batch."""
        x_hat, inverse, training = check_cache(cache, BatchNormalizationCache)
        check_array("d_y", d_y, x_hat.shape, x_hat.dtype)
        check_fit(params, self.param_shapes, len(inverse), x_hat.dtype, "x")
        batch_axes = tuple(range(x_hat.ndim - 1))
        # y = γ x̂ + β        ∂L/∂β = Σ ∂L/∂y        ∂L/∂γ = Σ ∂L/∂y x̂        ∂L/∂x̂ = γ ∂L/∂y
        d_beta, d_gamma = d_y.sum(axis=batch_axes), (d_y * x_hat).sum(axis=batch_axes)
        d_x_hat = d_y * params.get("gamma", 1)
        if training:
            # ∂L/∂x = (∂L/∂x̂ − mean of ∂L/∂x̂ − x̂ · mean of ∂L/∂x̂ x̂) / √(σ² + ε)
            through_mean = d_x_hat.mean(axis=batch_axes)
            through_variance = x_hat * (d_x_hat * x_hat).mean(axis=batch_axes)
            d_x_hat = d_x_hat - through_mean - through_variance
        d_params = {"gamma": d_gamma, "beta": d_beta}
        return d_x_hat * inverse, {name: d_params[name] for name in self.param_shapes(len(inverse))}

    def chain_params(self, rng: np.random.Generator, input_size: int, dtype: DType) -> Params:
        return self.init_params(input_size, dtype)

    def chain_moving(self, params: Params, input_size: int | None, dtype: DType) -> Params:
        known = [len(leaf) for leaf in params.values()]
        return self.init_moving(known[0] if known else input_size, dtype)  # type: ignore[arg-type]

    def chain_forward(self, params: Params, x: Array, given: Given) -> tuple[Array, Kept]:
        y, new_moving, cache = self.forward(params, given.moving or {}, x, given.training)
        return y, Kept(cache, moving=new_moving)
