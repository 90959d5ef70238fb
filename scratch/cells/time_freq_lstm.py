"""The LSTM over time and frequency: ``tf.contrib.rnn.TimeFreqLSTMCell`` of TensorFlow 1.15.

    x_k = x[:, k · frequency_skip : k · frequency_skip + feature_size]      k = 0 … K − 1
    z_i, z_j, z_f, z_o = [x_k, h_k, h'_{k−1}] W + b                         h'_{−1} = 0
    i = σ(z_i + w_i ⊙ c_k)    j = tanh(z_j)    f = σ(z_f + forget_bias + w_f ⊙ c_k)
    c'_k = clip(f ⊙ c_k + i ⊙ j)
    o = σ(z_o + w_o ⊙ c'_k)
    h'_k = o ⊙ tanh(c'_k)

Li, Mohamed, Zweig and Gong (2015), "LSTM time and frequency recurrence for automatic speech recognition"; in this form
Sainath and Li (2016). The derivation, line by line, is in ``docs/cells/time_freq_lstm.md``.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from scratch.activations import clip, clip_slope, sigmoid
from scratch.arrays import Array, Cache, Float, Initializer, Leaf, Params, Shapes, Sizes, State
from scratch.caches import check_cache
from scratch.cell import Cell
from scratch.checks import check_array
from scratch.fit import check_fit
from scratch.initializers import zeros
from scratch.options import check_count, check_flag, check_number, check_options, check_positive, optional
from scratch.tree import map_tree

PEEPHOLES = ("W_I_diag", "W_F_diag", "W_O_diag")


class Weights(NamedTuple):
    """The weights of A LSTMs that read one v [B, V]: W [A, V, 4H], b [A, 4H], and peepholes w [3, A, A, H].

    A is 1 here and 2 in ``grid_lstm.py``. ``w[g, a, q]`` is how gate g (i, f, o) of LSTM a sees the memory of LSTM q.
    """

    kernel: Leaf
    bias: Leaf
    w: Leaf


class StepCache(NamedTuple):
    """What a step of A LSTMs keeps: v, the gates (i, j, f, o), the old c, the new c before and after clip, tanh(c')."""

    v: Float[Array, "B V"]
    gates: tuple[Float[Array, "A B H"], Float[Array, "A B H"], Float[Array, "A B H"], Float[Array, "A B H"]]
    c: Float[Array, "A B H"]
    c_unclipped: Float[Array, "A B H"]
    c_new: Float[Array, "A B H"]
    tanh_c: Float[Array, "A B H"]


def lstm_step(
    weights: Weights, v: Float[Array, "B V"], c: Float[Array, "A B H"], cell: Any
) -> tuple[Float[Array, "A B H"], Float[Array, "A B H"], StepCache]:
    """Compute v [B, V] and memories c [A, B, H] to ``(h', c', cache)``, with the options of ``cell``."""
    coupled = cell.couple_input_forget_gates
    # z = v W + b
    z_i, z_j, *z_f, z_o = np.split(v @ weights.kernel + weights.bias[:, None], 3 if coupled else 4, axis=-1)
    # i = σ(z_i + w_i ⊙ c)    j = tanh(z_j)    f = σ(z_f + forget_bias + w_f ⊙ c), or 1 − i where they are coupled
    seen_i, seen_f = np.einsum("gaqh,qbh->gabh", weights.w[:2], c)
    i, j = sigmoid(z_i + seen_i), np.tanh(z_j)
    f = 1 - i if coupled else sigmoid(z_f[0] + cell.forget_bias + seen_f)
    # c' = clip(f ⊙ c + i ⊙ j)
    c_unclipped = f * c + i * j
    c_new = clip(c_unclipped, cell.cell_clip)
    # o = σ(z_o + w_o ⊙ c')    h' = o ⊙ tanh(c')
    o, tanh_c = sigmoid(z_o + np.einsum("aqh,qbh->abh", weights.w[2], c_new)), np.tanh(c_new)
    return o * tanh_c, c_new, StepCache(v, (i, j, f, o), c, c_unclipped, c_new, tanh_c)


def lstm_step_backward(
    weights: Weights, cache: StepCache, d_h: Float[Array, "A B H"], d_c_new: Float[Array, "A B H"], cell: Any
) -> tuple[Float[Array, "B V"], Float[Array, "A B H"], Weights]:
    """Return ``(d_v, d_c, d_weights)`` from the gradients of h' and of c', both [A, B, H]."""
    v, (i, j, f, o), c, c_unclipped, c_new, tanh_c = cache
    # h' = o ⊙ tanh(c')    o = σ(z_o + w_o ⊙ c')           σ' = σ (1 − σ)     tanh' = 1 − tanh²
    d_z_o = d_h * tanh_c * o * (1 - o)
    # c' has three readers, the next step, tanh and the output gate: its three gradients add.
    d_c_new = d_c_new + d_h * o * (1 - tanh_c * tanh_c) + np.einsum("aqh,abh->qbh", weights.w[2], d_z_o)
    # c' = clip(f ⊙ c + i ⊙ j)
    d_sum = d_c_new * clip_slope(c_unclipped, cell.cell_clip)
    d_i, d_j, d_f = d_sum * j, d_sum * i, d_sum * c
    if cell.couple_input_forget_gates:  # f = 1 − i, and there is no z_f
        d_i, d_f = d_i - d_f, np.zeros_like(d_f)
    # i = σ(z_i + w_i ⊙ c)    j = tanh(z_j)    f = σ(z_f + forget_bias + w_f ⊙ c)
    d_z_i, d_z_j, d_z_f = d_i * i * (1 - i), d_j * (1 - j * j), d_f * f * (1 - f)
    d_c = d_sum * f + np.einsum("gaqh,gabh->qbh", weights.w[:2], np.stack([d_z_i, d_z_f]))
    d_w = [np.einsum("abh,qbh->aqh", d_z, seen) for d_z, seen in ((d_z_i, c), (d_z_f, c), (d_z_o, c_new))]
    # z = v W + b     ∂L/∂W = vᵀ ∂L/∂z     ∂L/∂b = Σ over the batch of ∂L/∂z     ∂L/∂v = Σ over the LSTMs of ∂L/∂z Wᵀ
    d_z = np.concatenate([d_z_i, d_z_j, *([] if cell.couple_input_forget_gates else [d_z_f]), d_z_o], axis=-1)
    d_v = (d_z @ weights.kernel.swapaxes(1, 2)).sum(axis=0)
    return d_v, d_c, Weights(v.T @ d_z, d_z.sum(axis=1), np.stack(d_w))


# A step of a cell takes them one by one, and a state has a name for each.
MOST_WINDOWS = 10**4


def frequency_windows(cell: Any, start: int, end: int, count: int | None) -> list[slice]:
    """Return the slices of the windows that fit into the columns start … end, refusing all but ``count`` of them."""
    size, skip = cell.feature_size, cell.frequency_skip
    fitting = max((end - size - start) // skip + 1, 0)
    if fitting != (count or max(fitting, 1)):
        raise ValueError(
            f"x[:, {start}:{end}] must hold {count or 'some'} windows of feature_size {size}, but holds {fitting}"
        )
    if fitting > MOST_WINDOWS:
        raise ValueError(f"x[:, {start}:{end}] must hold at most {MOST_WINDOWS} windows, but holds {fitting}")
    return [slice(low, low + size) for low in range(start, end - size + 1, skip)]


def check_lstm_options(cell: Any) -> None:
    """Refuse options of an LSTM over time and frequency that are none."""
    check_options(cell, num_units=check_count, feature_size=check_count, frequency_skip=check_count)
    check_options(cell, use_peepholes=check_flag, forget_bias=check_number, cell_clip=optional(check_positive))


@dataclass(frozen=True)
class TimeFreqLSTMCell(Cell):
    """One LSTM that moves up the frequencies of x, and reads at each place k its output of the place below.

    - ``num_units``: H, the size of c_k and of h_k. ``forget_bias``: added to z_f at run time, no part of ``B``.
    - ``use_peepholes``: gates see the memory. ``cell_clip``: c' is held in ±cell_clip.
    - ``feature_size``, which must be given, and ``frequency_skip``: the width of a window, and how far it moves.
    - ``num_shifts``: K. TensorFlow has no such option: its sizes are those of one place, so lengths need K = 1 there.

    The output is [h'_0, …] [B, K · H], the state [c_0, h_0, …] [B, 2K · H]. Parameters: ``W_0`` W [feature_size + 2H,
    4H] in TensorFlow's order i, j, f, o, ``B`` b [4H], and peepholes ``W_I_diag``, ``W_F_diag``, ``W_O_diag`` w [H].
    Raises ``ValueError`` or ``TypeError`` for any other option.
    """

    num_units: int
    use_peepholes: bool = False
    cell_clip: float | None = None
    forget_bias: float = 1.0
    feature_size: Any = None
    frequency_skip: int = 1
    num_shifts: int | None = None
    couple_input_forget_gates: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_lstm_options(self)
        check_options(self, num_shifts=optional(check_count))

    @property
    def state_size(self) -> Sizes:
        return 2 * self.output_size

    @property
    def output_size(self) -> int:
        return self.num_units * (self.num_shifts or 1)

    def windows(self, input_size: int) -> list[slice]:
        return frequency_windows(self, 0, input_size, self.num_shifts)

    def param_shapes(self, input_size: int) -> Shapes:
        self.windows(input_size)
        shapes = {"W_0": (self.feature_size + 2 * self.num_units, 4 * self.num_units), "B": (4 * self.num_units,)}
        return shapes | dict.fromkeys(PEEPHOLES if self.use_peepholes else (), (self.num_units,))

    def initializer(self, path: str, kernel_initializer: Initializer) -> Initializer:
        return zeros if path.startswith("B") else kernel_initializer

    def check_step(self, params: Params, x: Array, state: State) -> None:
        check_array("x", x, ("B", "D"))
        places = len(self.windows(x.shape[1]))
        if places > 1 and self.num_shifts is None and np.shape(state) == (len(x), self.state_size):
            raise ValueError(f"num_shifts must be {places}, as many as x has windows, but is None: it sizes the state")
        check_array("state", state, (len(x), 2 * self.num_units * places), x.dtype)
        check_fit(params, self.param_shapes, x.shape[1], x.dtype, "x")

    def weights(self, params: Params) -> Weights:
        """Return ``params`` as the weights of one LSTM; peepholes that there are not are 0."""
        w = [params.get(name, np.zeros_like(params["B"], shape=self.num_units)) for name in PEEPHOLES]
        return Weights(params["W_0"][None], params["B"][None], np.stack(w)[:, None, None])

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: State
    ) -> tuple[Float[Array, "B output"], State, Cache]:
        """Compute x [B, D] and state [B, 2K · H] to ``(output [B, K · H], new_state, cache)``."""
        self.check_step(params, x, state)
        weights, windows = self.weights(params), self.windows(x.shape[1])
        state = np.split(state, 2 * len(windows), axis=1)
        h_new, new_state, steps = np.zeros_like(state[0]), [], []
        for window, c, h in zip(windows, state[::2], state[1::2], strict=True):
            # v = [x_k, h_k, h'_{k−1}]
            v = np.concatenate([x[:, window], h, h_new], axis=1)
            (h_new,), (c_new,), step = lstm_step(weights, v, c[None], self)
            new_state += [c_new, h_new]
            steps.append(step)
        return np.concatenate(new_state[1::2], axis=1), np.concatenate(new_state, axis=1), (x.shape, steps)

    def backward(
        self, params: Params, cache: Cache, d_output: Float[Array, "B output"], d_new_state: State
    ) -> tuple[Float[Array, "B D"], State, Params]:
        """Return ``(d_x [B, D], d_state, d_params)``."""
        shape, steps = check_cache(cache, tuple)
        dtype = steps[0].c.dtype
        check_array("d_output", d_output, (shape[0], len(steps) * self.num_units), dtype)
        check_array("d_new_state", d_new_state, (shape[0], 2 * len(steps) * self.num_units), dtype)
        check_fit(params, self.param_shapes, shape[1], dtype, "x")
        weights, windows = self.weights(params), self.windows(shape[1])
        d_outputs, d_columns = np.split(d_output, len(steps), axis=1), np.split(d_new_state, 2 * len(steps), axis=1)
        d_x, d_weights = np.zeros(shape, d_output.dtype), map_tree(np.zeros_like, weights)
        d_state: list[Array] = []
        d_h_above = np.zeros_like(d_outputs[0])
        for k in reversed(range(len(steps))):
            # h'_k has three readers, the output, the next time step and the place above: its three gradients add.
            d_h = d_outputs[k] + d_columns[2 * k + 1] + d_h_above
            d_v, (d_c,), d = lstm_step_backward(weights, steps[k], d_h[None], d_columns[2 * k][None], self)
            # v = [x_k, h_k, h'_{k−1}]     Windows may overlap and all places share the weights: their gradients add.
            d_x_k, d_h_k, d_h_above = np.split(d_v, [self.feature_size, -self.num_units], axis=1)
            d_x[:, windows[k]] += d_x_k
            d_weights = map_tree(np.add, d_weights, d)
            d_state = [d_c, d_h_k, *d_state]
        d_params = {"W_0": d_weights.kernel[0], "B": d_weights.bias[0]}
        d_params |= zip(PEEPHOLES, d_weights.w[:, 0, 0], strict=True) if self.use_peepholes else ()
        return d_x, np.concatenate(d_state, axis=1), d_params
