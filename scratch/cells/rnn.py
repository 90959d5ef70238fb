"""The vanilla recurrent network: ``tf.compat.v1.nn.rnn_cell.BasicRNNCell``.

    z  = [x, h] W + b
    h' = φ(z)

Elman (1990), "Finding structure in time". The derivation, line by line, is in ``docs/cells/rnn.md``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scratch.activations import ACTIVATIONS, Phi
from scratch.arrays import Array, Float, Params, Shapes, Sizes
from scratch.caches import check_cache
from scratch.cell import Cell
from scratch.options import check_activation, check_count, check_flag, check_options


class RNNCache(NamedTuple):
    """What the forward step keeps: the joined input [x, h] and the new state h'."""

    xh: Float[Array, "B D+H"]
    h: Float[Array, "B H"]


@dataclass(frozen=True)
class BasicRNNCell(Cell):
    """h' = φ([x, h] W + b), and the output is h'.

    - ``num_units``: H, the size of the state and of the output.
    - ``activation``: φ, by its name in ``scratch/activations.py``, such as ``"tanh"`` or ``("leaky_relu", 0.01)``.
    - ``use_bias``: whether there is a b.

    Parameters: ``kernel`` W [D + H, H], the rows of x above those of h, and ``bias`` b [H].
    Raises ``ValueError`` or ``TypeError`` for any other option.
    """

    num_units: int
    activation: Phi = "tanh"
    use_bias: bool = True

    def __post_init__(self) -> None:
        check_options(self, num_units=check_count, activation=check_activation, use_bias=check_flag)

    @property
    def state_size(self) -> Sizes:
        return self.num_units

    @property
    def output_size(self) -> int:
        return self.num_units

    def param_shapes(self, input_size: int) -> Shapes:
        bias = {"bias": (self.num_units,)} if self.use_bias else {}
        return {"kernel": (input_size + self.num_units, self.num_units)} | bias

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: Float[Array, "B H"]
    ) -> tuple[Float[Array, "B H"], Float[Array, "B H"], RNNCache]:
        """Compute x [B, D] and h [B, H] to ``(output, new_state, cache)``; output and new state are both h' [B, H]."""
        self.check_step(params, x, state)
        # z = [x, h] W + b
        xh = np.concatenate([x, state], axis=1)
        z = xh @ params["kernel"] + params.get("bias", 0)
        # h' = φ(z)
        h = ACTIVATIONS[self.activation].value(z)
        return h, h, RNNCache(xh, h)

    def backward(
        self, params: Params, cache: RNNCache, d_output: Float[Array, "B H"], d_new_state: Float[Array, "B H"]
    ) -> tuple[Float[Array, "B D"], Float[Array, "B H"], Params]:
        """Return ``(d_x [B, D], d_state [B, H], d_params)``."""
        xh, h = check_cache(cache, RNNCache)
        self.check_step_back(params, (len(xh), xh.shape[1] - self.num_units), d_output, d_new_state, xh.dtype)
        # The output and the new state are one array, h', used twice: its two gradients add.
        d_h = d_output + d_new_state
        # h' = φ(z)            ∂L/∂z = ∂L/∂h' ⊙ φ'(z)
        d_z = d_h * ACTIVATIONS[self.activation].slope(h)
        # z = [x, h] W + b     ∂L/∂W = [x, h]ᵀ ∂L/∂z     ∂L/∂b = Σ over the batch of ∂L/∂z
        d_params = {"kernel": xh.T @ d_z, "bias": d_z.sum(axis=0)}
        #                      ∂L/∂[x, h] = ∂L/∂z Wᵀ
        d_xh = d_z @ params["kernel"].T
        d_x, d_state = np.split(d_xh, [-self.num_units], axis=1)
        return d_x, d_state, {name: d_params[name] for name in params}
