"""A cell that looks back at its own last outputs: ``tf.contrib.rnn.AttentionCellWrapper`` of TensorFlow 1.15.

    x̃ = [x, u] W + b
    h', s' = cell(x̃, s)
    q = all arrays of s', side by side
    e_k = v · tanh(S_k W_a + q W_q + b_q)       k = 0 … K − 1
    α = softmax(e)
    u' = Σ_k α_k S_k
    output = [h', u'] W_o + b_o
    S' = S_1, …, S_{K−1}, output

The scores e are those of Bahdanau, Cho and Bengio (2014), where the S_k are the encoder's states; here they are the
last K outputs. The derivation, line by line, is in ``docs/cells/attention.md``.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scratch.arrays import Array, Cache, Float, Initializer, Masks, Params, Shapes, Sizes, State
from scratch.caches import check_cache
from scratch.cell import Cell, CellWrapper, masked_forward
from scratch.initializers import zeros
from scratch.options import check_count, check_options, optional
from scratch.tree import map_tree, named_leaves


class AttentionCache(NamedTuple):
    """What the forward step keeps: [x, u], the cell's cache, q, S [B, K, A], the tanh t, α, and [h', u']."""

    xu: Float[Array, "B D+A"]
    cell: Cache
    q: Float[Array, "B Q"]
    window: Float[Array, "B K A"]
    t: Float[Array, "B K V"]
    alpha: Float[Array, "B K"]
    hu: Float[Array, "B H+A"]


@dataclass(frozen=True)
class AttentionCellWrapper(CellWrapper):
    """``cell`` with attention over the last ``attn_length`` outputs of the wrapper; its output is A wide.

    - ``attn_length``: K, the outputs that are looked at.
    - ``attn_size``: A, the width of each, and of the output; ``cell.output_size`` where not given.
    - ``attn_vec_size``: V, the width in which they are compared with the state; A where not given.
    - ``input_size``: the width of x̃, what the cell reads; D, that of the input, where not given.

    State: ``(state of the cell, attns u [B, A], attn_states S [B, K A])``, the oldest of S first.
    Parameters: ``kernel`` W and ``bias`` b; those of the cell under its scope's name, such as ``basic_lstm_cell``;
    ``attention`` with ``attn_w`` W_a [1, 1, A, V], ``attn_v`` v [V], ``kernel`` W_q and ``bias`` b_q;
    ``attn_output_projection`` with ``kernel`` W_o and ``bias`` b_o.
    Raises ``TypeError`` where ``cell`` is no cell, and ``ValueError`` or ``TypeError`` for any other option.
    """

    cell: Cell
    attn_length: int
    attn_size: int | None = None
    attn_vec_size: int | None = None
    input_size: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        sizes = dict.fromkeys(("attn_size", "attn_vec_size", "input_size"), optional(check_count))
        check_options(self, attn_length=check_count, **sizes)

    @property
    def state_size(self) -> Sizes:
        return self.cell.state_size, self.output_size, self.attn_length * self.output_size

    @property
    def output_size(self) -> int:
        return self.attn_size or self.cell.output_size

    @property
    def scope(self) -> str:
        return "attention_cell_wrapper"

    def param_shapes(self, input_size: int) -> Shapes:
        a, width = self.output_size, self.input_size or input_size
        v = self.attn_vec_size or a
        q = sum(size for _, size in named_leaves((self.cell.state_size,)))
        return {
            "kernel": (input_size + a, width),
            "bias": (width,),
            self.cell.scope: self.cell.param_shapes(width),
            "attention": {"attn_w": (1, 1, a, v), "attn_v": (v,), "kernel": (q, v), "bias": (v,)},
            "attn_output_projection": {"kernel": (self.cell.output_size + a, a), "bias": (a,)},
        }

    def initializer(self, path: str, kernel_initializer: Initializer) -> Initializer:
        scope, _, rest = path.partition("/")
        if scope == self.cell.scope:
            return self.cell.initializer(rest, kernel_initializer)
        if rest == "attn_w":
            # As a matrix [A, V].
            return lambda rng, shape, dtype: kernel_initializer(rng, shape[2:], dtype).reshape(shape)
        return zeros if rest == "bias" or path == "bias" else kernel_initializer

    def mask_sizes(self, input_size: int) -> Masks:
        return super().mask_sizes(self.input_size or input_size)

    def draw_masks(self, rng: np.random.Generator, num_steps: int, batch_size: int, input_size: int) -> Masks:
        return super().draw_masks(rng, num_steps, batch_size, self.input_size or input_size)

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: State, masks: Masks = ()
    ) -> tuple[Float[Array, "B A"], State, AttentionCache]:
        """Compute x [B, D] and ``(s, u, S)`` to ``(output [B, A], new_state, cache)``; masks are those of ``cell``."""
        self.check_step(params, x, state)
        s, u, attn_states = state
        attention, projection = params["attention"], params["attn_output_projection"]
        # x̃ = [x, u] W + b
        xu = np.concatenate([x, u], axis=1)
        x_cell = xu @ params["kernel"] + params["bias"]
        # h', s' = cell(x̃, s)
        h, s, cell_cache = masked_forward(self.cell, params[self.cell.scope], x_cell, s, masks)
        # q = all arrays of s', side by side
        q = np.concatenate([leaf for _, leaf in named_leaves((s,))], axis=1)
        # t_k = tanh(S_k W_a + q W_q + b_q)     a convolution of width 1 is a product with one matrix
        window = attn_states.reshape(len(x), self.attn_length, self.output_size)
        t = np.tanh(window @ attention["attn_w"][0, 0] + (q @ attention["kernel"] + attention["bias"])[:, None])
        # e_k = v · t_k
        e = t @ attention["attn_v"]
        # α = softmax(e)     the largest score taken off first: no exp can overflow, and α stays the same
        alpha = np.exp(e - e.real.max(axis=1, keepdims=True))
        alpha = alpha / alpha.sum(axis=1, keepdims=True)
        # u' = Σ_k α_k S_k
        u = (alpha[:, :, None] * window).sum(axis=1)
        # output = [h', u'] W_o + b_o
        hu = np.concatenate([h, u], axis=1)
        output = hu @ projection["kernel"] + projection["bias"]
        # S' = S_1, …, S_{K−1}, output
        attn_states = np.concatenate([attn_states[:, self.output_size :], output], axis=1)
        return output, (s, u, attn_states), AttentionCache(xu, cell_cache, q, window, t, alpha, hu)

    def backward(
        self, params: Params, cache: AttentionCache, d_output: Float[Array, "B A"], d_new_state: State
    ) -> tuple[Float[Array, "B D"], State, Params]:
        """Return ``(d_x [B, D], d_state, d_params)``."""
        xu, cell_cache, q, window, t, alpha, hu = check_cache(cache, AttentionCache)
        self.check_step_back(params, (len(xu), xu.shape[1] - self.output_size), d_output, d_new_state, xu.dtype)
        d_s, d_u, d_attn_states = d_new_state
        attention, projection = params["attention"], params["attn_output_projection"]
        # S' = S_1, …, S_{K−1}, output     The output is used twice, and S_0 has dropped out.
        a = self.output_size
        d_output = d_output + d_attn_states[:, -a:]
        d_window = np.concatenate([np.zeros_like(d_output), d_attn_states[:, :-a]], axis=1).reshape(window.shape)
        # output = [h', u'] W_o + b_o
        d_projection = {"kernel": hu.T @ d_output, "bias": d_output.sum(axis=0)}
        d_h, d_u_here = np.split(d_output @ projection["kernel"].T, [-a], axis=1)
        # u' = Σ_k α_k S_k                 u' is used here and by the next step: its two gradients add.
        d_u = d_u + d_u_here
        d_alpha = (window * d_u[:, None]).sum(axis=2)
        d_window = d_window + alpha[:, :, None] * d_u[:, None]
        # α = softmax(e)                   ∂α_k/∂e_l = α_k (δ_kl − α_l)
        d_e = alpha * (d_alpha - (alpha * d_alpha).sum(axis=1, keepdims=True))
        # e_k = v · t_k                    tanh' = 1 − tanh²
        d_z = d_e[:, :, None] * attention["attn_v"] * (1 - t * t)
        # t_k = tanh(S_k W_a + q W_q + b_q)     One q and one b_q serve all k: their gradients add.
        d_w = np.tensordot(window, d_z, ([0, 1], [0, 1])).reshape(attention["attn_w"].shape)
        d_window = d_window + d_z @ attention["attn_w"][0, 0].T
        d_zq = d_z.sum(axis=1)
        d_attention = {
            "attn_w": d_w,
            "attn_v": (d_e[:, :, None] * t).sum(axis=(0, 1)),
            "kernel": q.T @ d_zq,
            "bias": d_zq.sum(axis=0),
        }
        # q = all arrays of s', side by side    s' is used here and by the next step: its two gradients add.
        widths = [leaf.shape[1] for _, leaf in named_leaves((d_s,))]
        parts = iter(np.split(d_zq @ attention["kernel"].T, np.cumsum(widths)[:-1], axis=1))
        d_s = map_tree(lambda d: d + next(parts), d_s)
        # h', s' = cell(x̃, s)
        d_x_cell, d_s, d_cell = self.cell.backward(params[self.cell.scope], cell_cache, d_h, d_s)
        # x̃ = [x, u] W + b
        d_kernel, d_bias = xu.T @ d_x_cell, d_x_cell.sum(axis=0)
        d_x, d_u = np.split(d_x_cell @ params["kernel"].T, [-a], axis=1)
        d_state = d_s, d_u, d_window.reshape(d_attn_states.shape)
        d_params = {"kernel": d_kernel, "bias": d_bias, self.cell.scope: d_cell}
        return d_x, d_state, d_params | {"attention": d_attention, "attn_output_projection": d_projection}
