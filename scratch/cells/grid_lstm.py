"""Two LSTMs on a grid of time and frequency: ``tf.contrib.rnn.GridLSTMCell`` of TensorFlow 1.15.

One remembers along time, c and h; the other along frequency, ĉ and ĥ, which are 0 below the first place of a block.

    v = [x_k, h_k, ĥ_{k−1}]                          C = (c_k, ĉ_{k−1})
    of both, each with weights of its own:
        z_i, z_j, z_f, z_o = v W + b
        i = σ(z_i + w_i · C)    j = tanh(z_j)    f = σ(z_f + forget_bias + w_f · C), or 1 − i
    c'_k = clip(f ⊙ c_k + i ⊙ j)                     ĉ_k = clip(f̂ ⊙ ĉ_{k−1} + î ⊙ ĵ)
    o = σ(z_o + w_o · (c'_k, ĉ_k))                   ô = σ(ẑ_o + ŵ_o · (c'_k, ĉ_k))
    h'_k = o ⊙ tanh(c'_k)                            ĥ_k = ô ⊙ tanh(ĉ_k)

Here w · C is w_t ⊙ c + w_f ⊙ ĉ. Kalchbrenner, Danihelka and Graves (2015), "Grid long short-term memory"; along time
and frequency, and with peepholes, Sainath and Li (2016). The derivation, line by line, is in
``docs/cells/grid_lstm.md``.
"""

import functools
from collections import Counter, namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np

from scratch.arrays import Array, Cache, Float, Initializer, Params, Shapes, Sizes, State
from scratch.caches import check_cache
from scratch.cell import Cell
from scratch.cells.time_freq_lstm import (
    MOST_WINDOWS,
    Weights,
    check_lstm_options,
    frequency_windows,
    lstm_step,
    lstm_step_backward,
)
from scratch.initializers import zeros
from scratch.options import check_count, check_flag, check_options
from scratch.shown import shown
from scratch.tree import map_tree


@functools.cache
def grid_state_type(num_frequency_blocks: tuple[int, ...]) -> Any:
    """Return the state's type, ``GridLSTMStateTuple(state_f00_b00_c, state_f00_b00_m, …)``; equal cells share it."""
    places = [f"state_f{k:02}_b{block:02}" for block, count in enumerate(num_frequency_blocks) for k in range(count)]
    return namedtuple("GridLSTMStateTuple", [f"{place}_{part}" for place in places for part in "cm"])


def grid_state_like(fields: tuple[str, ...]) -> type:
    """Return the type of the state that has these fields."""
    blocks = Counter(field.split("_")[2] for field in fields if field.endswith("_c"))
    return grid_state_type(tuple(blocks.values()))


def as_counts(name: str, values: Any, least: int) -> tuple[int, ...]:
    """Return ``values`` as a tuple, refusing all but a list of integers of at least ``least``."""
    if not isinstance(values, list | tuple):
        raise TypeError(f"{name} must be a list of integers, but is {shown(values)}")
    if not values:
        raise ValueError(f"{name} must hold at least one number, but is empty")
    for index, value in enumerate(values):
        check_count(f"{name}[{index}]", value, least)
    return tuple(map(int, values))


@dataclass(frozen=True)
class GridLSTMCell(Cell):
    """An LSTM along time and an LSTM along frequency, which read the same input and each other's memory.

    - ``num_units``, ``use_peepholes``, ``cell_clip``, ``forget_bias``: as in ``TimeFreqLSTMCell``.
    - ``share_time_frequency_weights``: the LSTM along time has no weights of its own, but those of the other.
    - ``feature_size``, ``frequency_skip``: the width of a window, and how far it moves; both must be given.
    - ``num_frequency_blocks``, which must be given: how many windows each block of frequencies has, and so how many
      blocks there are. ``start_freqindex_list``, ``end_freqindex_list``: the columns of x where each of them begins and
      ends, all of x if it is one. Every block has its own weights, and its windows start anew.
    - ``couple_input_forget_gates``: f = 1 − i, and there is no z_f.

    The output is [h'_0, ĥ_0, h'_1, …] over all K windows [B, 2K · H]; the state is the named tuple (c_0, h_0, c_1, …).
    Parameters of block n: ``W_t_n_0`` W [feature_size + 2H, 4H], its columns in the order i, j, f, o, ``B_t_n`` b [4H],
    and peepholes [H] such as ``W_I_diag_timef_n``, through which gate i of the LSTM along time sees the memory along
    frequency. Those of the LSTM along frequency are ``W_f_n_0``, ``B_f_n`` and ``W_I_diag_freqf_n``.
    Raises ``ValueError`` or ``TypeError`` for any other option.
    """

    num_units: int
    use_peepholes: bool = False
    share_time_frequency_weights: bool = False
    cell_clip: float | None = None
    forget_bias: float = 1.0
    feature_size: Any = None
    frequency_skip: int | None = None
    num_frequency_blocks: Any = None
    start_freqindex_list: Any = None
    end_freqindex_list: Any = None
    couple_input_forget_gates: bool = False

    def __post_init__(self) -> None:
        if self.num_frequency_blocks is None:
            raise ValueError("num_frequency_blocks must be given: how many windows each block of frequencies has")
        check_lstm_options(self)
        check_options(self, share_time_frequency_weights=check_flag, couple_input_forget_gates=check_flag)
        for name, least in (("num_frequency_blocks", 1), ("start_freqindex_list", 0), ("end_freqindex_list", 1)):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, as_counts(name, getattr(self, name), least))
        if (windows := sum(self.num_frequency_blocks)) > MOST_WINDOWS:
            raise ValueError(f"num_frequency_blocks must hold at most {MOST_WINDOWS} windows, but holds {windows}")
        count, starts, ends = len(self.num_frequency_blocks), self.start_freqindex_list, self.end_freqindex_list
        lengths = [0 if values is None else len(values) for values in (starts, ends)]
        if lengths != [count, count] and (lengths != [0, 0] or count != 1):
            raise ValueError(
                f"start_freqindex_list and end_freqindex_list must hold {count} columns, one for each of "
                f"num_frequency_blocks, but hold {lengths[0]} and {lengths[1]}"
            )
        if ends:
            self.blocks(max(ends))

    @property
    def state_tuple_type(self) -> Any:
        return grid_state_type(self.num_frequency_blocks)

    @property
    def state_size(self) -> Sizes:
        return self.state_tuple_type._make([self.num_units] * 2 * sum(self.num_frequency_blocks))

    @property
    def output_size(self) -> int:
        return 2 * self.num_units * sum(self.num_frequency_blocks)

    def blocks(self, input_size: int) -> list[list[slice]]:
        """Return the windows of each block, as slices of x."""
        starts, ends = self.start_freqindex_list or [0], self.end_freqindex_list or [input_size]
        places = zip(starts, ends, self.num_frequency_blocks, strict=True)
        blocks = [frequency_windows(self, start, end, count) for start, end, count in places]
        end = max(windows[-1].stop for windows in blocks)
        if end > input_size:
            raise ValueError(f"x must be at least {end} wide, where its last window ends, but is {input_size} wide")
        return blocks

    def names(self, block: int) -> Weights:
        """Return the names of a block's parameters, placed as in ``Weights``: first the LSTM along time."""
        lstms = ("freq", "freq") if self.share_time_frequency_weights else ("time", "freq")
        peepholes = [f"W_{gate}_diag_{lstm}{memory}_{block}" for gate in "IFO" for lstm in lstms for memory in "tf"]
        return Weights([f"W_{way[0]}_{block}_0" for way in lstms], [f"B_{way[0]}_{block}" for way in lstms], peepholes)

    def param_shapes(self, input_size: int) -> Shapes:
        shapes: Shapes = {}
        width = (3 if self.couple_input_forget_gates else 4) * self.num_units
        for block in range(len(self.blocks(input_size))):
            kernels, biases, peepholes = self.names(block)
            shapes |= dict.fromkeys(kernels, (self.feature_size + 2 * self.num_units, width))
            shapes |= dict.fromkeys(biases, (width,))
            if self.couple_input_forget_gates:
                peepholes = [name for name in peepholes if not name.startswith("W_F")]
            shapes |= dict.fromkeys(peepholes if self.use_peepholes else (), (self.num_units,))
        return shapes

    def initializer(self, path: str, kernel_initializer: Initializer) -> Initializer:
        return zeros if path.startswith("B") else kernel_initializer

    def weights(self, params: Params, block: int) -> Weights:
        """Return the weights of a block's two LSTMs; peepholes that there are not are 0."""
        kernels, biases, peepholes = self.names(block)
        absent = np.zeros_like(params[biases[0]], shape=self.num_units)
        w = np.reshape([params.get(name, absent) for name in peepholes], (3, 2, 2, self.num_units))
        return Weights(np.stack([params[name] for name in kernels]), np.stack([params[name] for name in biases]), w)

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: State
    ) -> tuple[Float[Array, "B output"], State, Cache]:
        """Compute x [B, D] and ``state_tuple_type`` to ``(output [B, 2K · H], new_state, cache)``."""
        self.check_step(params, x, state)
        memories, outputs, new_state, steps = zip(state[::2], state[1::2], strict=True), [], [], []
        for block, windows in enumerate(self.blocks(x.shape[1])):
            weights = self.weights(params, block)
            h_freq = c_freq = np.zeros_like(state[0])
            for window in windows:
                c, h = next(memories)
                # v = [x_k, h_k, ĥ_{k−1}]    C = (c_k, ĉ_{k−1})
                v, c = np.concatenate([x[:, window], h, h_freq], axis=1), np.stack([c, c_freq])
                (h, h_freq), (c, c_freq), step = lstm_step(weights, v, c, self)
                outputs += [h, h_freq]
                new_state += [c, h]
                steps.append(step)
        return np.concatenate(outputs, axis=1), self.state_tuple_type._make(new_state), (x.shape, steps)

    def backward(
        self, params: Params, cache: Cache, d_output: Float[Array, "B output"], d_new_state: State
    ) -> tuple[Float[Array, "B D"], State, Params]:
        """Return ``(d_x [B, D], d_state, d_params)``."""
        shape, steps = check_cache(cache, tuple)
        self.check_step_back(params, shape, d_output, d_new_state, steps[0].v.dtype)
        d_outputs = np.split(d_output, 2 * len(steps), axis=1)
        d_x, d_params = np.zeros(shape, d_output.dtype), map_tree(np.zeros_like, params)
        d_state: list[Array] = []
        places = list(range(len(steps)))
        for block, windows in reversed(list(enumerate(self.blocks(shape[1])))):
            weights = self.weights(params, block)
            d_h_freq = d_c_freq = np.zeros_like(d_outputs[0])
            for window in reversed(windows):
                k = places.pop()
                # h'_k and ĥ_k are output, c'_k and h'_k go on to the next time step, ĉ_k and ĥ_k to the place above.
                d_h = np.stack([d_outputs[2 * k] + d_new_state[2 * k + 1], d_outputs[2 * k + 1] + d_h_freq])
                d_c = np.stack([d_new_state[2 * k], d_c_freq])
                d_v, (d_c, d_c_freq), d_weights = lstm_step_backward(weights, steps[k], d_h, d_c, self)
                # v = [x_k, h_k, ĥ_{k−1}]
                d_x_k, d_h, d_h_freq = np.split(d_v, [self.feature_size, -self.num_units], axis=1)
                # Windows may overlap, and the windows of a block share its weights, as may its LSTMs: gradients add.
                d_x[:, window] += d_x_k
                d_state = [d_c, d_h, *d_state]
                names = [name for part in self.names(block) for name in part]
                d_named = (*d_weights.kernel, *d_weights.bias, *d_weights.w.reshape(12, -1))
                for name, d in zip(names, d_named, strict=True):
                    if name in d_params:
                        d_params[name] += d
        return d_x, self.state_tuple_type._make(d_state), d_params
