"""The long short-term memory: ``tf.compat.v1.nn.rnn_cell.BasicLSTMCell``.

    z_i, z_j, z_f, z_o = [x, h] W + b
    i = σ(z_i)    j = φ(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
    c' = f ⊙ c + i ⊙ j
    h' = o ⊙ φ(c')

Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al. (2000), in the form of Zaremba et al. (2014),
equations 4 to 6. The derivation, line by line, is in ``docs/cells/lstm.md``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scratch.activations import ACTIVATIONS, Phi
from scratch.arrays import Array, Float, Leaf, Params, Shapes, Sizes
from scratch.caches import check_cache
from scratch.cell import Cell
from scratch.options import check_activation, check_count, check_flag, check_number, check_options


class LSTMState(NamedTuple):
    """The memory c [B, H] and the output h [B, H], in the order of TensorFlow's ``LSTMStateTuple``."""

    c: Leaf
    h: Leaf


class LSTMCache(NamedTuple):
    """What the forward step keeps: [x, h], the four gates, the old c, and φ(c')."""

    xh: Float[Array, "B D+H"]
    i: Float[Array, "B H"]
    j: Float[Array, "B H"]
    f: Float[Array, "B H"]
    o: Float[Array, "B H"]
    c: Float[Array, "B H"]
    phi_c: Float[Array, "B H"]


@dataclass(frozen=True)
class BasicLSTMCell(Cell):
    """The LSTM without peepholes, clipping or projection.

    - ``num_units``: H, the size of c, of h and of the output.
    - ``forget_bias``: added to z_f at run time, so that a new network remembers; it is no part of ``bias``.
    - ``activation``: φ, by its name in ``scratch/activations.py``, such as ``"tanh"`` or ``("leaky_relu", 0.01)``.
    - ``recurrent_activation``: σ, what squashes the gates; another of the same.
    - ``use_bias``: whether there is a b.

    Parameters: ``kernel`` W [D + H, 4H], its columns in TensorFlow's order i, j, f, o, and ``bias`` b [4H].
    Raises ``ValueError`` or ``TypeError`` for any other option.
    """

    num_units: int
    forget_bias: float = 1.0
    activation: Phi = "tanh"
    use_bias: bool = True
    recurrent_activation: Phi = "sigmoid"

    def __post_init__(self) -> None:
        check_options(self, num_units=check_count, forget_bias=check_number, activation=check_activation)
        check_options(self, use_bias=check_flag, recurrent_activation=check_activation)

    @property
    def state_size(self) -> Sizes:
        return LSTMState(self.num_units, self.num_units)

    @property
    def output_size(self) -> int:
        return self.num_units

    def param_shapes(self, input_size: int) -> Shapes:
        bias = {"bias": (4 * self.num_units,)} if self.use_bias else {}
        return {"kernel": (input_size + self.num_units, 4 * self.num_units)} | bias

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: LSTMState
    ) -> tuple[Float[Array, "B H"], LSTMState, LSTMCache]:
        """Compute x [B, D] and ``LSTMState`` to ``(output [B, H], new_state, cache)``; the output is h'."""
        self.check_step(params, x, state)
        phi, sigma = ACTIVATIONS[self.activation].value, ACTIVATIONS[self.recurrent_activation].value
        # z = [x, h] W + b
        xh = np.concatenate([x, state.h], axis=1)
        z = xh @ params["kernel"] + params.get("bias", 0)
        z_i, z_j, z_f, z_o = np.split(z, 4, axis=1)
        # i = σ(z_i)    j = φ(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
        i, j, f, o = sigma(z_i), phi(z_j), sigma(z_f + self.forget_bias), sigma(z_o)
        # c' = f ⊙ c + i ⊙ j
        c = f * state.c + i * j
        # h' = o ⊙ φ(c')
        phi_c = phi(c)
        h = o * phi_c
        return h, LSTMState(c, h), LSTMCache(xh, i, j, f, o, state.c, phi_c)

    def backward(
        self, params: Params, cache: LSTMCache, d_output: Float[Array, "B H"], d_new_state: LSTMState
    ) -> tuple[Float[Array, "B D"], LSTMState, Params]:
        """Return ``(d_x [B, D], d_state, d_params)``."""
        xh, i, j, f, o, c, phi_c = check_cache(cache, LSTMCache)
        self.check_step_back(params, (len(xh), xh.shape[1] - self.num_units), d_output, d_new_state, xh.dtype)
        slope, sigma_slope = ACTIVATIONS[self.activation].slope, ACTIVATIONS[self.recurrent_activation].slope
        # The output and the h of the new state are one array, h', used twice: its two gradients add.
        d_h = d_output + d_new_state.h
        # h' = o ⊙ φ(c')       c' is used here and by the next step: its two gradients add.
        d_o = d_h * phi_c
        d_c = d_new_state.c + d_h * o * slope(phi_c)
        # c' = f ⊙ c + i ⊙ j
        d_i, d_j, d_f = d_c * j, d_c * i, d_c * c
        d_c_prev = d_c * f
        # i = σ(z_i)    j = φ(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)      σ' = σ (1 − σ)
        d_z_i, d_z_j, d_z_f, d_z_o = d_i * sigma_slope(i), d_j * slope(j), d_f * sigma_slope(f), d_o * sigma_slope(o)
        d_z = np.concatenate([d_z_i, d_z_j, d_z_f, d_z_o], axis=1)
        # z = [x, h] W + b     ∂L/∂W = [x, h]ᵀ ∂L/∂z     ∂L/∂b = Σ over the batch of ∂L/∂z
        d_params = {"kernel": xh.T @ d_z, "bias": d_z.sum(axis=0)}
        #                      ∂L/∂[x, h] = ∂L/∂z Wᵀ
        d_xh = d_z @ params["kernel"].T
        d_x, d_h_prev = np.split(d_xh, [-self.num_units], axis=1)
        return d_x, LSTMState(d_c_prev, d_h_prev), {name: d_params[name] for name in params}
