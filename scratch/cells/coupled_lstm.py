"""The LSTM with one gate to forget and to write: ``tf.contrib.rnn.CoupledInputForgetGateLSTMCell`` of TensorFlow 1.15.

    z_j, z_f, z_o = [x, h] W + b
    f = σ(z_f + forget_bias + w_f ⊙ c)    i = 1 − f    j = φ(z_j)
    c' = f ⊙ c + i ⊙ j
    o = σ(z_o + w_o ⊙ c')
    m = o ⊙ φ(c')
    h' = clip(m W_p)

The coupling is from Greff et al. (2015), "LSTM: A search space odyssey", where it is the variant CIFG; peepholes w and
projection W_p are those of Sak, Senior and Beaufays (2014). The derivation, line by line, is in
``docs/cells/coupled_lstm.md``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scratch.activations import ACTIVATIONS, Phi, clip, clip_slope
from scratch.arrays import Array, Float, Initializer, Params, Shapes, Sizes
from scratch.caches import check_cache
from scratch.cell import Cell
from scratch.cells.lstm import LSTMState
from scratch.initializers import zeros
from scratch.options import (
    check_activation,
    check_count,
    check_flag,
    check_number,
    check_options,
    check_positive,
    optional,
)


class CoupledLSTMCache(NamedTuple):
    """What the forward step keeps: [x, h], j and the two gates, the old and the new c, φ(c'), m, and m W_p."""

    xh: Float[Array, "B D+P"]
    j: Float[Array, "B H"]
    f: Float[Array, "B H"]
    o: Float[Array, "B H"]
    c: Float[Array, "B H"]
    c_new: Float[Array, "B H"]
    phi_c: Float[Array, "B H"]
    m: Float[Array, "B H"]
    h_unclipped: Float[Array, "B P"]


@dataclass(frozen=True)
class CoupledInputForgetGateLSTMCell(Cell):
    """The LSTM that writes exactly as much as it erases: i = 1 − f.

    - ``num_units``: H, the size of c. The other options: as in ``BasicLSTMCell``.
    - ``use_peepholes``: the gates see the memory, each unit its own, through ``W_F_diag`` and ``W_O_diag`` [H].
    - ``num_proj``: P, the width of h and of the output, through ``W_P_0`` W_p [H, P]. Without it h' is m, and P is H.
    - ``proj_clip``: h' is held in ±proj_clip, after a projection. The memory is never clipped.

    Parameters: ``W_0`` W [D + P, 3H], its columns in TensorFlow's order j, f, o, and ``B`` b [3H]. The 0 counts the
    pieces of a weight that TensorFlow could spread over machines; here there is always one.
    Raises ``ValueError`` or ``TypeError`` for any other option.
    """

    num_units: int
    use_peepholes: bool = False
    proj_clip: float | None = None
    num_proj: int | None = None
    forget_bias: float = 1.0
    activation: Phi = "tanh"
    use_bias: bool = True
    recurrent_activation: Phi = "sigmoid"

    def __post_init__(self) -> None:
        if self.proj_clip is not None and self.num_proj is None:
            raise ValueError("proj_clip clips the projection, so it needs num_proj, which is None")
        check_options(self, num_units=check_count, num_proj=optional(check_count))
        check_options(self, use_peepholes=check_flag, use_bias=check_flag)
        check_options(self, recurrent_activation=check_activation)
        check_options(self, proj_clip=optional(check_positive), forget_bias=check_number, activation=check_activation)

    @property
    def state_size(self) -> Sizes:
        return LSTMState(self.num_units, self.output_size)

    @property
    def output_size(self) -> int:
        return self.num_proj or self.num_units

    def param_shapes(self, input_size: int) -> Shapes:
        shapes: Shapes = {"W_0": (input_size + self.output_size, 3 * self.num_units)}
        if self.use_bias:
            shapes["B"] = (3 * self.num_units,)
        if self.use_peepholes:
            shapes |= {"W_F_diag": (self.num_units,), "W_O_diag": (self.num_units,)}
        if self.num_proj is not None:
            shapes["W_P_0"] = (self.num_units, self.num_proj)
        return shapes

    def initializer(self, path: str, kernel_initializer: Initializer) -> Initializer:
        return zeros if path == "B" else kernel_initializer

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: LSTMState
    ) -> tuple[Float[Array, "B P"], LSTMState, CoupledLSTMCache]:
        """Compute x [B, D] and ``LSTMState`` to ``(output [B, P], new_state, cache)``; the output is h'."""
        self.check_step(params, x, state)
        phi, sigma = ACTIVATIONS[self.activation].value, ACTIVATIONS[self.recurrent_activation].value
        # z = [x, h] W + b
        xh = np.concatenate([x, state.h], axis=1)
        z_j, z_f, z_o = np.split(xh @ params["W_0"] + params.get("B", 0), 3, axis=1)
        # f = σ(z_f + forget_bias + w_f ⊙ c)    j = φ(z_j)
        z_f = z_f + self.forget_bias
        if self.use_peepholes:
            z_f = z_f + params["W_F_diag"] * state.c
        f, j = sigma(z_f), phi(z_j)
        # c' = f ⊙ c + (1 − f) ⊙ j
        c = f * state.c + (1 - f) * j
        # o = σ(z_o + w_o ⊙ c')
        if self.use_peepholes:
            z_o = z_o + params["W_O_diag"] * c
        o, phi_c = sigma(z_o), phi(c)
        # m = o ⊙ φ(c')
        m = o * phi_c
        # h' = clip(m W_p)
        h_unclipped = m if self.num_proj is None else m @ params["W_P_0"]
        h = clip(h_unclipped, self.proj_clip)
        return h, LSTMState(c, h), CoupledLSTMCache(xh, j, f, o, state.c, c, phi_c, m, h_unclipped)

    def backward(
        self, params: Params, cache: CoupledLSTMCache, d_output: Float[Array, "B P"], d_new_state: LSTMState
    ) -> tuple[Float[Array, "B D"], LSTMState, Params]:
        """Return ``(d_x [B, D], d_state, d_params)``."""
        xh, j, f, o, c, c_new, phi_c, m, h_unclipped = check_cache(cache, CoupledLSTMCache)
        self.check_step_back(params, (len(xh), xh.shape[1] - self.output_size), d_output, d_new_state, xh.dtype)
        slope, sigma_slope = ACTIVATIONS[self.activation].slope, ACTIVATIONS[self.recurrent_activation].slope
        d_params = {}
        # The output and the h of the new state are one array, h', used twice: its two gradients add.
        d_h = d_output + d_new_state.h
        # h' = clip(m W_p)         ∂L/∂W_p = mᵀ ∂L/∂(m W_p)     ∂L/∂m = ∂L/∂(m W_p) W_pᵀ
        d_m = d_h * clip_slope(h_unclipped, self.proj_clip)
        if self.num_proj is not None:
            d_params["W_P_0"] = m.T @ d_m
            d_m = d_m @ params["W_P_0"].T
        # m = o ⊙ φ(c')            c' is used here and by the next step: its two gradients add.
        d_z_o = d_m * phi_c * sigma_slope(o)
        d_c_new = d_new_state.c + d_m * o * slope(phi_c)
        # o = σ(z_o + w_o ⊙ c')    Here c' is used a third time.
        if self.use_peepholes:
            d_params["W_O_diag"] = (d_z_o * c_new).sum(axis=0)
            d_c_new = d_c_new + d_z_o * params["W_O_diag"]
        # c' = f ⊙ c + (1 − f) ⊙ j     f keeps c and holds off j: ∂c'/∂f = c − j
        d_f, d_j = d_c_new * (c - j), d_c_new * (1 - f)
        d_c = d_c_new * f
        # f = σ(z_f + forget_bias + w_f ⊙ c)    j = φ(z_j)      σ' = σ (1 − σ)
        d_z_f, d_z_j = d_f * sigma_slope(f), d_j * slope(j)
        if self.use_peepholes:
            d_params["W_F_diag"] = (d_z_f * c).sum(axis=0)
            d_c = d_c + d_z_f * params["W_F_diag"]
        # z = [x, h] W + b         ∂L/∂W = [x, h]ᵀ ∂L/∂z     ∂L/∂b = Σ over the batch of ∂L/∂z
        d_z = np.concatenate([d_z_j, d_z_f, d_z_o], axis=1)
        d_params |= {"W_0": xh.T @ d_z, "B": d_z.sum(axis=0)}
        #                          ∂L/∂[x, h] = ∂L/∂z Wᵀ
        d_x, d_h_prev = np.split(d_z @ params["W_0"].T, [-self.output_size], axis=1)
        return d_x, LSTMState(d_c, d_h_prev), {name: d_params[name] for name in params}
