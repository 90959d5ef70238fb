"""What an unrolled cell, both directions, dropout and the choice of the last output are as layers of a network.

    RNN              y = unroll(cell, x)                  [B, T, D] → [B, T, H]
    Bidirectional    y = [fw, bw]                         [B, T, D] → [B, T, H_fw + H_bw]
    Dropout          y = mask ⊙ x / keep_prob             each entry kept with probability keep_prob
    LastOutput       y_b = x_{b, length_b − 1}            [B, T, H] → [B, H]

``Dense``, ``Embedding`` and ``BatchNormalization`` are layers, too. The page is ``docs/training/layers.md``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from scratch.arrays import Array, Bool, DType, Float, Masks, Params, State
from scratch.cell import Cell
from scratch.checks import check_array, check_lengths, check_like, check_mask, shape_text
from scratch.initializers import check_draw
from scratch.layer import NOTHING, Given, Kept, Layer, Plain
from scratch.options import check_options, check_probability
from scratch.passes import check_backward, check_forward, check_pair, check_sequences, running_cell
from scratch.unroll.bidirectional import (
    bidirectional_dynamic_rnn,
    bidirectional_dynamic_rnn_backward,
    bidirectional_params,
    check_cells,
)
from scratch.unroll.dynamic import dynamic_rnn, dynamic_rnn_backward


@dataclass(frozen=True)
class RNN(Layer):
    """y = ``cell`` unrolled over x [B, T, D]: ``dynamic_rnn`` as a layer. Parameters: those of the cell.

    - ``start``: a function of (cell, rng, input size, dtype) that draws the parameters; ``cell.init_params`` where
      not given.

    In a pass that is no training and is given no masks, a cell with dropout runs without.
    Raises ``TypeError`` where ``cell`` is no cell.
    """

    cell: Cell
    start: Callable[..., Params] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_cells({"cell": self.cell})

    def init_params(self, rng: np.random.Generator, input_size: int, dtype: DType = np.float32) -> Params:
        """Return freshly drawn parameters of the cell."""
        start = self.start or type(self.cell).init_params
        return start(self.cell, rng, input_size, dtype)

    def output_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*shape[:-1], self.cell.output_size)

    def zero_state(self, batch_size: int, dtype: DType = np.float32) -> State:
        return self.cell.zero_state(batch_size, dtype)

    def draw_masks(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Masks:
        check_sequences(shape, rng)
        return self.cell.draw_masks(rng, shape[1], shape[0], shape[2])

    def forward(
        self, params: Params, x: Float[Array, "B T D"], given: Given = NOTHING
    ) -> tuple[Float[Array, "B T H"], Kept]:
        """Return ``(y [B, T, output_size], kept)``; ``kept.state`` is the state after each row's last step."""
        check_forward(x, given)
        cell = running_cell(self.cell, given.masks, given.training)
        outputs, state, tape = dynamic_rnn(
            cell, params, x, given.sequence_length, given.state,
            engine=given.engine, masks=given.masks, keep_tape=given.keep_tape,
        )  # fmt: skip
        return outputs, Kept(tape, state)

    def backward(self, params: Params, kept: Kept, d_y: Float[Array, "B T H"]) -> tuple[Float[Array, "B T D"], Params]:
        """Return ``(d_x [B, T, D], d_params)``, no gradient given to the final state: here backpropagation is cut."""
        check_backward(kept, d_y, ("B", "T", self.cell.output_size))
        d_x, _, d_params = dynamic_rnn_backward(kept.cache, d_y)
        check_like("params", params, d_params)
        return d_x, d_params

    def chain_d_params(self, params: Params, kept: Kept, d_y: Float[Array, "B T H"]) -> Params:
        return dynamic_rnn_backward(kept.cache, d_y, needs_d_inputs=False)[2]

    chain_forward, chain_backward = forward, backward


@dataclass(frozen=True)
class Bidirectional(Layer):
    """y = [fw, bw], a cell from each end of x: ``bidirectional_dynamic_rnn`` as a layer.

    Parameters: ``fw`` and ``bw``, each those of its cell. State and masks are pairs. As in ``RNN``, dropout is for
    training. Raises ``TypeError`` where one of the two is no cell.
    """

    cell_fw: Cell
    cell_bw: Cell

    def __post_init__(self) -> None:
        check_cells({"cell_fw": self.cell_fw, "cell_bw": self.cell_bw})

    def init_params(self, rng: np.random.Generator, input_size: int, dtype: DType = np.float32) -> Params:
        """Return freshly drawn ``{"fw": …, "bw": …}``."""
        return bidirectional_params(rng, self.cell_fw, self.cell_bw, input_size, dtype)

    def output_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*shape[:-1], self.cell_fw.output_size + self.cell_bw.output_size)

    def zero_state(self, batch_size: int, dtype: DType = np.float32) -> State:
        return self.cell_fw.zero_state(batch_size, dtype), self.cell_bw.zero_state(batch_size, dtype)

    def draw_masks(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Masks:
        return RNN(self.cell_fw).draw_masks(rng, shape), RNN(self.cell_bw).draw_masks(rng, shape)

    def forward(
        self, params: Params, x: Float[Array, "B T D"], given: Given = NOTHING
    ) -> tuple[Float[Array, "B T H"], Kept]:
        """Return ``(y [B, T, H_fw + H_bw], kept)``; ``kept.state`` is the pair of the final states."""
        check_forward(x, given)
        masks, state = check_pair("masks", given.masks), check_pair("state", given.state)
        outputs, states, tape = bidirectional_dynamic_rnn(
            running_cell(self.cell_fw, masks[0], given.training),
            running_cell(self.cell_bw, masks[1], given.training),
            params,
            x,
            given.sequence_length,
            state[0],
            state[1],
            engine=given.engine,
            masks=given.masks,
        )
        return np.concatenate(outputs, axis=2), Kept(tape if given.keep_tape else None, states)

    def backward(self, params: Params, kept: Kept, d_y: Float[Array, "B T H"]) -> tuple[Float[Array, "B T D"], Params]:
        """Return ``(d_x [B, T, D], d_params)``: each direction gets its part of d_y."""
        check_backward(kept, d_y, ("B", "T", self.cell_fw.output_size + self.cell_bw.output_size))
        d_outputs = np.split(d_y, [self.cell_fw.output_size], axis=2)
        d_x, _, d_params = bidirectional_dynamic_rnn_backward(kept.cache, d_outputs)
        check_like("params", params, d_params)
        return d_x, d_params

    chain_forward, chain_backward = forward, backward


@dataclass(frozen=True)
class Dropout(Plain):
    """y = mask ⊙ x / keep_prob, with masks that are given; in a pass that is no training, y = x. No parameters.

    Source: ``tf.compat.v1.nn.dropout``. Raises ``ValueError`` or ``TypeError`` where ``keep_prob`` is not a number
    above 0 and at most 1.
    """

    keep_prob: float

    def __post_init__(self) -> None:
        check_options(self, keep_prob=check_probability)

    def draw_masks(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Bool[Array, "*N"]:
        """Return Booleans of this shape, each true with probability ``keep_prob``."""
        check_draw(shape, np.float32, rng)
        return rng.random(shape) < self.keep_prob

    def forward(self, params: Params, x: Float[Array, "*N"], given: Given = NOTHING) -> tuple[Float[Array, "*N"], Kept]:
        """Return ``(y, kept)`` for x of any shape; ``given.masks`` are Booleans of that shape."""
        check_forward(x, given, (...,), plain=params)
        if given.masks is None:
            if given.training:
                raise ValueError(f"masks must be given for dropout: layer.draw_masks(rng, {shape_text(x.shape)})")
            return x.copy(), Kept(None)
        check_mask("masks", given.masks, x.shape)
        return np.where(given.masks, x / self.keep_prob, 0), Kept(given.masks)

    def backward(self, params: Params, kept: Kept, d_y: Float[Array, "*N"]) -> tuple[Float[Array, "*N"], Params]:
        """Return ``(d_x, {})``: the gradient passes where the numbers passed, scaled as they were."""
        check_backward(kept, d_y, (...,), plain=params)
        if kept.cache is not None:
            check_array("d_y", d_y, kept.cache.shape)
        return (d_y.copy() if kept.cache is None else np.where(kept.cache, d_y / self.keep_prob, 0)), {}

    chain_forward, chain_backward = forward, backward


@dataclass(frozen=True)
class LastOutput(Plain):
    """y_b = x_{b, length_b − 1}: each row's last step, for a network that names a whole sequence. No parameters.

    Without ``sequence_length`` it is the last step of all; a row of length 0 has none, and its y is 0.
    """

    def output_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        return (shape[0], *shape[2:])

    def forward(
        self, params: Params, x: Float[Array, "B T H"], given: Given = NOTHING
    ) -> tuple[Float[Array, "B H"], Kept]:
        """Return ``(y [B, H], kept)``."""
        check_forward(x, given, plain=params)
        batch_size, num_steps, _ = x.shape
        lengths = np.full(batch_size, num_steps)
        if given.sequence_length is not None:
            lengths = check_lengths(given.sequence_length, batch_size, num_steps)
        # y_b = x_{b, length_b − 1}
        y = x[np.arange(batch_size), lengths - 1] if num_steps else np.zeros_like(x, shape=(batch_size, x.shape[2]))
        return np.where(lengths[:, None] > 0, y, 0), Kept((lengths, x.shape))

    def backward(self, params: Params, kept: Kept, d_y: Float[Array, "B H"]) -> tuple[Float[Array, "B T H"], Params]:
        """Return ``(d_x [B, T, H], {})``: no other step has a gradient."""
        check_backward(kept, d_y, ("B", "H"), plain=params)
        lengths, shape = kept.cache
        check_array("d_y", d_y, (shape[0], shape[2]))
        d_x = np.zeros(shape, d_y.dtype)
        if shape[1]:
            d_x[np.arange(shape[0]), lengths - 1] = np.where(lengths[:, None] > 0, d_y, 0)
        return d_x, {}

    chain_forward, chain_backward = forward, backward
