"""The LSTM with all that was added to it: ``tf.compat.v1.nn.rnn_cell.LSTMCell``.

    z_i, z_j, z_f, z_o = [x, h] W + b
    i = σ(z_i + w_i ⊙ c)    j = φ(z_j)    f = σ(z_f + forget_bias + w_f ⊙ c)
    c' = clip(f ⊙ c + i ⊙ j)
    o = σ(z_o + w_o ⊙ c')
    m = o ⊙ φ(c')
    h' = clip(m W_p)

Peepholes w are from Gers and Schmidhuber (2000), the projection W_p from Sak, Senior and Beaufays (2014), equations 7
to 13. The derivation, line by line, is in ``docs/cells/full_lstm.md``.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from scratch.activations import ACTIVATIONS, Phi, clip, clip_slope
from scratch.arrays import Array, Float, Params, Shapes, Sizes
from scratch.caches import check_cache
from scratch.cell import Cell
from scratch.cells.lstm import LSTMState
from scratch.options import (
    check_activation,
    check_count,
    check_flag,
    check_number,
    check_options,
    check_positive,
    optional,
)


class FullLSTMCache(NamedTuple):
    """What the forward step keeps: as ``LSTMCache``, with c', m, and what went into each clipping."""

    xh: Float[Array, "B D+P"]
    i: Float[Array, "B H"]
    j: Float[Array, "B H"]
    f: Float[Array, "B H"]
    o: Float[Array, "B H"]
    c: Float[Array, "B H"]
    c_unclipped: Float[Array, "B H"]
    c_new: Float[Array, "B H"]
    phi_c: Float[Array, "B H"]
    m: Float[Array, "B H"]
    h_unclipped: Float[Array, "B P"]


@dataclass(frozen=True)
class LSTMCell(Cell):
    """The LSTM with peepholes, a clipped memory and a projected output, each of which may be left out.

    - ``num_units``, ``forget_bias``, ``activation``, ``recurrent_activation``, ``use_bias``: as in ``BasicLSTMCell``.
    - ``use_peepholes``: the gates see the memory, each unit its own, through ``w_i_diag``, ``w_f_diag``, ``w_o_diag``
      [H].
    - ``cell_clip``: c' is held in ±cell_clip. ``proj_clip``: h' is held in ±proj_clip, after a projection.
    - ``num_proj``: P, the width of h and of the output, through ``projection/kernel`` W_p [H, P]; ``kernel`` is then
      [D + P, 4H]. Without it h' is m, and P is H.

    Raises ``ValueError`` or ``TypeError`` for any other option.
    """

    num_units: int
    use_peepholes: bool = False
    cell_clip: float | None = None
    num_proj: int | None = None
    proj_clip: float | None = None
    forget_bias: float = 1.0
    activation: Phi = "tanh"
    use_bias: bool = True
    recurrent_activation: Phi = "sigmoid"

    clipping_stops_gradients: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.proj_clip is not None and self.num_proj is None:
            raise ValueError("proj_clip clips the projection, so it needs num_proj, which is None")
        check_options(self, num_units=check_count, num_proj=optional(check_count), use_peepholes=check_flag)
        check_options(self, cell_clip=optional(check_positive), proj_clip=optional(check_positive))
        check_options(self, forget_bias=check_number, activation=check_activation)
        check_options(self, use_bias=check_flag, recurrent_activation=check_activation)

    @property
    def state_size(self) -> Sizes:
        return LSTMState(self.num_units, self.output_size)

    @property
    def output_size(self) -> int:
        return self.num_proj or self.num_units

    def param_shapes(self, input_size: int) -> Shapes:
        shapes: Shapes = {"kernel": (input_size + self.output_size, 4 * self.num_units)}
        if self.use_bias:
            shapes["bias"] = (4 * self.num_units,)
        if self.use_peepholes:
            shapes |= dict.fromkeys(("w_f_diag", "w_i_diag", "w_o_diag"), (self.num_units,))
        if self.num_proj is not None:
            shapes["projection"] = {"kernel": (self.num_units, self.num_proj)}
        return shapes

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: LSTMState
    ) -> tuple[Float[Array, "B P"], LSTMState, FullLSTMCache]:
        """Compute x [B, D] and ``LSTMState`` to ``(output [B, P], new_state, cache)``; the output is h'."""
        self.check_step(params, x, state)
        phi, sigma = ACTIVATIONS[self.activation].value, ACTIVATIONS[self.recurrent_activation].value
        # z = [x, h] W + b
        xh = np.concatenate([x, state.h], axis=1)
        z_i, z_j, z_f, z_o = np.split(xh @ params["kernel"] + params.get("bias", 0), 4, axis=1)
        # i and f see the old memory.
        if self.use_peepholes:
            z_i = z_i + params["w_i_diag"] * state.c
            z_f = z_f + params["w_f_diag"] * state.c
        i, j, f = sigma(z_i), phi(z_j), sigma(z_f + self.forget_bias)
        # c' = clip(f ⊙ c + i ⊙ j)
        c_unclipped = f * state.c + i * j
        c = clip(c_unclipped, self.cell_clip)
        # o sees the new one.
        if self.use_peepholes:
            z_o = z_o + params["w_o_diag"] * c
        # m = o ⊙ φ(c')
        o, phi_c = sigma(z_o), phi(c)
        m = o * phi_c
        # h' = clip(m W_p)
        h_unclipped = m @ params["projection"]["kernel"] if self.num_proj else m
        h = clip(h_unclipped, self.proj_clip)
        return h, LSTMState(c, h), FullLSTMCache(xh, i, j, f, o, state.c, c_unclipped, c, phi_c, m, h_unclipped)

    def backward(
        self, params: Params, cache: FullLSTMCache, d_output: Float[Array, "B P"], d_new_state: LSTMState
    ) -> tuple[Float[Array, "B D"], LSTMState, Params]:
        """Return ``(d_x [B, D], d_state, d_params)``."""
        xh, i, j, f, o, c, c_unclipped, c_new, phi_c, m, h_unclipped = check_cache(cache, FullLSTMCache)
        self.check_step_back(params, (len(xh), xh.shape[1] - self.output_size), d_output, d_new_state, xh.dtype)
        slope, sigma_slope = ACTIVATIONS[self.activation].slope, ACTIVATIONS[self.recurrent_activation].slope
        d_params = {}
        # h' = clip(m W_p)
        d_m = (d_output + d_new_state.h) * clip_slope(h_unclipped, self.proj_clip)
        if self.num_proj is not None:
            d_params["projection"] = {"kernel": m.T @ d_m}
            d_m = d_m @ params["projection"]["kernel"].T
        # m = o ⊙ φ(c')
        d_z_o = d_m * phi_c * sigma_slope(o)
        d_c_new = d_new_state.c + d_m * o * slope(phi_c)
        # o = σ(z_o + w_o ⊙ c')
        if self.use_peepholes:
            d_params["w_o_diag"] = (d_z_o * c_new).sum(axis=0)
            d_c_new = d_c_new + d_z_o * params["w_o_diag"]
        # c' = clip(f ⊙ c + i ⊙ j)
        if self.clipping_stops_gradients:
            d_c_new = d_c_new * clip_slope(c_unclipped, self.cell_clip)
        d_z_i, d_z_j, d_z_f = d_c_new * j * sigma_slope(i), d_c_new * i * slope(j), d_c_new * c * sigma_slope(f)
        d_c = d_c_new * f
        # i = σ(z_i + w_i ⊙ c)    f = σ(z_f + forget_bias + w_f ⊙ c)
        if self.use_peepholes:
            d_params |= {"w_f_diag": (d_z_f * c).sum(axis=0), "w_i_diag": (d_z_i * c).sum(axis=0)}
            d_c = d_c + d_z_f * params["w_f_diag"] + d_z_i * params["w_i_diag"]
        # z = [x, h] W + b
        d_z = np.concatenate([d_z_i, d_z_j, d_z_f, d_z_o], axis=1)
        d_params |= {"kernel": xh.T @ d_z, "bias": d_z.sum(axis=0)}
        d_x, d_h = np.split(d_z @ params["kernel"].T, [-self.output_size], axis=1)
        return d_x, LSTMState(d_c, d_h), {name: d_params[name] for name in params}


@dataclass(frozen=True)
class LSTMBlockCell(LSTMCell):
    """``LSTMCell`` as the fused kernel has it: forward the same, but its gradient passes the clipping by.

    Where the memory is clipped, the true derivative is 0: nothing can be learnt there. The kernel hands the gradient on
    regardless, so a memory at its bound can still be taught to leave it. Only ``num_units``, ``use_peepholes``,
    ``cell_clip`` and ``forget_bias`` are options of the kernel; any other raises ``ValueError``.
    Source: ``tf.raw_ops.LSTMBlockCell`` and ``LSTMBlockCellGrad``.
    """

    clipping_stops_gradients: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        only_one = {"num_proj": None, "proj_clip": None, "activation": "tanh", "use_bias": True}
        for name, only in (only_one | {"recurrent_activation": "sigmoid"}).items():
            if getattr(self, name) != only:
                raise ValueError(f"{name} is no option of LSTMBlockCell, but is {getattr(self, name)!r}")

    @property
    def scope(self) -> str:
        return "lstm_cell"
