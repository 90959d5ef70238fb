"""The output layer: ``tf.compat.v1.layers.dense``.

    y = x W + b

The same W and b serve every row of every leading axis, so outputs of a recurrent network need no flattening first.
The derivation is in ``docs/training/dense.md``.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from scratch.arrays import Array, Cache, DType, Float, Initializer, Params, Shapes
from scratch.checks import check_array, check_dtype
from scratch.fit import check_fit
from scratch.initializers import draw_params, glorot_uniform, zeros
from scratch.layer import Layer
from scratch.options import check_count, check_function, check_options


@dataclass(frozen=True)
class Dense(Layer):
    """y = x W + b, with ``units`` outputs.

    Parameters: ``kernel`` W [D, units] and ``bias`` b [units], drawn by ``kernel_initializer`` and
    ``bias_initializer``, functions of ``scratch/initializers.py``.
    Raises ``ValueError`` or ``TypeError`` where ``units`` is not an integer of at least 1.
    """

    units: int
    kernel_initializer: Initializer = field(default=glorot_uniform, repr=False)
    bias_initializer: Initializer = field(default=zeros, repr=False)

    def __post_init__(self) -> None:
        check_options(
            self, units=check_count, kernel_initializer=check_function, bias_initializer=check_function
        )

    def param_shapes(self, input_size: int) -> Shapes:
        return {"kernel": (input_size, self.units), "bias": (self.units,)}

    def init_params(
        self,
        rng: np.random.Generator,
        input_size: int,
        dtype: DType = np.float32,
        kernel_initializer: Initializer | None = None,
    ) -> Params:
        """Return ``kernel`` and ``bias``, from a ``numpy.random.Generator``; an initialiser given here comes first."""
        input_size = check_count("input_size", input_size)
        check_dtype("dtype", dtype)
        kernel_initializer = self.kernel_initializer if kernel_initializer is None else kernel_initializer
        check_function("kernel_initializer", kernel_initializer)
        start = {"kernel": kernel_initializer, "bias": self.bias_initializer}
        return draw_params(self.param_shapes(input_size), start.__getitem__, rng, dtype)

    def output_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*shape[:-1], self.units)

    def forward(self, params: Params, inputs: Float[Array, "*N D"]) -> tuple[Float[Array, "*N units"], Cache]:
        """Compute inputs [..., D] to ``(outputs [..., units], cache)``."""
        check_array("inputs", inputs, (..., "D"))
        check_fit(params, self.param_shapes, inputs.shape[-1], inputs.dtype, "inputs")
        # y = x W + b
        return inputs @ params["kernel"] + params["bias"], inputs

    def backward(
        self, params: Params, cache: Cache, d_outputs: Float[Array, "*N units"]
    ) -> tuple[Float[Array, "*N D"], Params]:
        """Return ``(d_inputs [..., D], d_params)`` from d_outputs [..., units]."""
        inputs = cache
        check_array("cache", inputs, (..., "D"))
        check_array("d_outputs", d_outputs, (*inputs.shape[:-1], self.units), inputs.dtype)
        check_fit(params, self.param_shapes, inputs.shape[-1], inputs.dtype, "inputs")
        # Every leading axis is one more sum in the gradient of W and b: seen as [N, ·], there is only one.
        x, d_y = inputs.reshape(-1, inputs.shape[-1]), d_outputs.reshape(-1, self.units)
        # y = x W + b          ∂L/∂W = xᵀ ∂L/∂y     ∂L/∂b = Σ over the rows of ∂L/∂y     ∂L/∂x = ∂L/∂y Wᵀ
        d_params = {"kernel": x.T @ d_y, "bias": d_y.sum(axis=0)}
        return d_outputs @ params["kernel"].T, d_params
