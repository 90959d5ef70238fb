"""The gated recurrent unit: ``tf.compat.v1.nn.rnn_cell.GRUCell``, and the form of it that cuDNN computes.

    [z_r, z_u] = [x, h] W + b
    r = σ(z_r)    u = σ(z_u)
    z_n = [x, r ⊙ h] W_n + b_n                      reset before the product, or
    z_n = x W_x + b_x + r ⊙ (h W_h + b_h)           reset after it
    n = φ(z_n)
    h' = u ⊙ h + (1 − u) ⊙ n

Cho et al. (2014), equations 5 to 8: reset before in the published paper, after in its first version, arXiv 1406.1078v1.
The derivation, line by line, is in ``docs/cells/gru.md``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scratch.activations import ACTIVATIONS, Phi
from scratch.arrays import Array, Float, Initializer, Params, Shapes, Sizes
from scratch.caches import check_cache
from scratch.cell import Cell
from scratch.initializers import ones
from scratch.options import check_activation, check_count, check_flag, check_options


class GRUCache(NamedTuple):
    """What the forward step keeps: [x, h], the gates, the candidate, and what z_n was made of: [x, r ⊙ h], or z_h."""

    xh: Float[Array, "B D+H"]
    r: Float[Array, "B H"]
    u: Float[Array, "B H"]
    n: Float[Array, "B H"]
    candidate_cache: Float[Array, "B _"]


def linear(weights: Params, x: Float[Array, "B K"]) -> Float[Array, "B N"]:
    """Return z = x W + b, and x W where there is no b."""
    return x @ weights["kernel"] + weights.get("bias", 0)


def linear_backward(
    weights: Params, x: Float[Array, "B K"], d_z: Float[Array, "B N"]
) -> tuple[Float[Array, "B K"], Params]:
    """Return ``(d_x, d_weights)`` of ``linear``."""
    # z = x W + b          ∂L/∂x = ∂L/∂z Wᵀ     ∂L/∂W = xᵀ ∂L/∂z     ∂L/∂b = Σ over the batch of ∂L/∂z
    d_weights = {"kernel": x.T @ d_z, "bias": d_z.sum(axis=0)}
    return d_z @ weights["kernel"].T, {name: d_weights[name] for name in weights}


@dataclass(frozen=True)
class GRUCell(Cell):
    """h' = u ⊙ h + (1 − u) ⊙ n, and the output is h'.

    - ``num_units``: H, the size of the state and of the output.
    - ``activation``: φ, by its name in ``scratch/activations.py``, such as ``"tanh"`` or ``("leaky_relu", 0.01)``.
    - ``recurrent_activation``: σ, what squashes the gates; another of the same.
    - ``reset_after``: whether r acts on the product h W_h + b_h, as in cuDNN, or on h before it, as in TF1.
    - ``use_bias``: whether there are biases.

    Parameters: ``gates``, ``kernel`` W [D + H, 2H], its columns in the order r, u, and ``bias`` b [2H]; ``candidate``,
    ``kernel`` W_n [D + H, H] and ``bias`` b_n [H]. With ``reset_after``, ``candidate`` holds ``input_projection`` and
    ``hidden_projection``, each with ``kernel``, W_x [D, H] and W_h [H, H], and ``bias`` [H]: the variables of
    ``tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell``.
    Raises ``ValueError`` or ``TypeError`` for any other option.
    """

    num_units: int
    activation: Phi = "tanh"
    reset_after: bool = False
    use_bias: bool = True
    recurrent_activation: Phi = "sigmoid"

    def __post_init__(self) -> None:
        check_options(self, num_units=check_count, activation=check_activation)
        check_options(self, reset_after=check_flag, use_bias=check_flag, recurrent_activation=check_activation)

    @property
    def scope(self) -> str:
        return "cudnn_compatible_gru_cell" if self.reset_after else super().scope

    @property
    def state_size(self) -> Sizes:
        return self.num_units

    @property
    def output_size(self) -> int:
        return self.num_units

    def param_shapes(self, input_size: int) -> Shapes:
        def layer(rows: int, columns: int) -> Shapes:
            return {"kernel": (rows, columns)} | ({"bias": (columns,)} if self.use_bias else {})

        size = self.num_units
        candidate = layer(input_size + size, size)
        if self.reset_after:
            candidate = {"input_projection": layer(input_size, size), "hidden_projection": layer(size, size)}
        return {"gates": layer(input_size + size, 2 * size), "candidate": candidate}

    def initializer(self, path: str, kernel_initializer: Initializer) -> Initializer:
        """Return ones for the bias of the gates, which start open, and TF1's usual start for all else."""
        return ones if path == "gates/bias" else super().initializer(path, kernel_initializer)

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: Float[Array, "B H"]
    ) -> tuple[Float[Array, "B H"], Float[Array, "B H"], GRUCache]:
        """Compute x [B, D] and h [B, H] to ``(output, new_state, cache)``; output and new state are both h' [B, H]."""
        self.check_step(params, x, state)
        candidate = params["candidate"]
        # [z_r, z_u] = [x, h] W + b      r = σ(z_r)    u = σ(z_u)
        xh = np.concatenate([x, state], axis=1)
        z = linear(params["gates"], xh)
        r, u = np.split(ACTIVATIONS[self.recurrent_activation].value(z), 2, axis=1)
        if self.reset_after:
            # z_n = x W_x + b_x + r ⊙ z_h      z_h = h W_h + b_h
            candidate_cache = z_h = linear(candidate["hidden_projection"], state)
            z_n = linear(candidate["input_projection"], x) + r * z_h
        else:
            # z_n = [x, r ⊙ h] W_n + b_n
            candidate_cache = xrh = np.concatenate([x, r * state], axis=1)
            z_n = linear(candidate, xrh)
        # n = φ(z_n)
        n = ACTIVATIONS[self.activation].value(z_n)
        # h' = u ⊙ h + (1 − u) ⊙ n
        h = u * state + (1 - u) * n
        return h, h, GRUCache(xh, r, u, n, candidate_cache)

    def backward(
        self, params: Params, cache: GRUCache, d_output: Float[Array, "B H"], d_new_state: Float[Array, "B H"]
    ) -> tuple[Float[Array, "B D"], Float[Array, "B H"], Params]:
        """Return ``(d_x [B, D], d_state [B, H], d_params)``."""
        xh, r, u, n, candidate_cache = check_cache(cache, GRUCache)
        self.check_step_back(params, (len(xh), xh.shape[1] - self.num_units), d_output, d_new_state, xh.dtype)
        candidate = params["candidate"]
        x, h = np.split(xh, [-self.num_units], axis=1)
        # The output and the new state are one array, h', used twice: its two gradients add.
        d_h = d_output + d_new_state
        # h' = u ⊙ h + (1 − u) ⊙ n       u is in both terms, with opposite signs.
        d_u, d_n = d_h * (h - n), d_h * (1 - u)
        d_h_kept = d_h * u
        # n = φ(z_n)
        d_z_n = d_n * ACTIVATIONS[self.activation].slope(n)
        if self.reset_after:
            # z_n = x W_x + b_x + r ⊙ z_h      z_h = h W_h + b_h
            z_h = candidate_cache
            d_r, d_z_h = d_z_n * z_h, d_z_n * r
            d_x_n, d_input = linear_backward(candidate["input_projection"], x, d_z_n)
            d_h_n, d_hidden = linear_backward(candidate["hidden_projection"], h, d_z_h)
            d_candidate = {"input_projection": d_input, "hidden_projection": d_hidden}
        else:
            # z_n = [x, r ⊙ h] W_n + b_n
            xrh = candidate_cache
            d_xrh, d_candidate = linear_backward(candidate, xrh, d_z_n)
            d_x_n, d_rh = np.split(d_xrh, [-self.num_units], axis=1)
            d_r, d_h_n = d_rh * h, d_rh * r
        # r = σ(z_r)    u = σ(z_u)       σ' = σ (1 − σ)
        sigma_slope = ACTIVATIONS[self.recurrent_activation].slope
        d_z = np.concatenate([d_r * sigma_slope(r), d_u * sigma_slope(u)], axis=1)
        # [z_r, z_u] = [x, h] W + b
        d_xh, d_gates = linear_backward(params["gates"], xh, d_z)
        d_x_gates, d_h_gates = np.split(d_xh, [-self.num_units], axis=1)
        # x is read in two places, h in three: their gradients add.
        return d_x_n + d_x_gates, d_h_kept + d_h_n + d_h_gates, {"gates": d_gates, "candidate": d_candidate}
