"""Layers on top of one another: ``tf.compat.v1.nn.rnn_cell.MultiRNNCell``.

    x⁰ = x
    xˡ⁺¹, sˡ' = cellˡ(xˡ, sˡ)       l = 0 … N − 1
    output = xᴺ

The output of each layer is the input of the next, within one time step. Several cells make a cell. The derivation is
in ``docs/cells/multi.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scratch.arrays import Array, Cache, Float, Initializer, Masks, Params, Shapes, Sizes, State
from scratch.caches import check_cache
from scratch.cell import Cell, check_sequence, masked_forward
from scratch.checks import check_masks


@dataclass(frozen=True)
class MultiRNNCell(Cell):
    """A cell made of ``cells``, a sequence of cells from the lowest layer to the highest.

    State: a tuple with the state of each layer. Parameters: ``cell_0``, ``cell_1``, … with those of each layer; the
    layers never share weights, because the weights are not in the cells.
    Raises ``TypeError`` where a layer is no cell and ``ValueError`` where there is no layer.
    """

    cells: Sequence[Cell]

    def __post_init__(self) -> None:
        if not isinstance(self.cells, list | tuple):
            raise TypeError(f"cells must be a list or tuple of cells, but is {type(self.cells).__name__}")
        if not self.cells:
            raise ValueError("cells must hold at least one cell, but is empty")
        for layer, cell in enumerate(self.cells):
            if not isinstance(cell, Cell):
                raise TypeError(f"cells[{layer}] must be a cell, but is {type(cell).__name__}")
        object.__setattr__(self, "cells", tuple(self.cells))

    @property
    def state_size(self) -> Sizes:
        return tuple(cell.state_size for cell in self.cells)

    @property
    def output_size(self) -> int:
        return self.cells[-1].output_size

    def param_shapes(self, input_size: int) -> Shapes:
        return {name: cell.param_shapes(size) for name, cell, size in self.layers(input_size)}

    def layers(self, input_size: int) -> list[tuple[str, Cell, int]]:
        """Return ``(name, cell, width of its input)`` of every layer, from the lowest to the highest."""
        widths = [input_size, *(cell.output_size for cell in self.cells)]
        return [(f"cell_{layer}", cell, widths[layer]) for layer, cell in enumerate(self.cells)]

    def initializer(self, path: str, kernel_initializer: Initializer) -> Initializer:
        layer, _, path = path.removeprefix("cell_").partition("/")
        return self.cells[int(layer)].initializer(path, kernel_initializer)

    def mask_sizes(self, input_size: int) -> Masks:
        return tuple(cell.mask_sizes(size) for _, cell, size in self.layers(input_size))

    def draw_masks(self, rng: np.random.Generator, num_steps: int, batch_size: int, input_size: int) -> Masks:
        """Return a tuple with the masks of each layer, the lowest drawn first."""
        check_sequence(rng, num_steps, batch_size, input_size)
        return tuple(cell.draw_masks(rng, num_steps, batch_size, size) for _, cell, size in self.layers(input_size))

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: State, masks: Masks = None
    ) -> tuple[Float[Array, "B output"], State, Cache]:
        """Compute x [B, D] and a tuple of states to ``(output of the highest layer, new_state, cache)``.

        ``masks``: a tuple of the layers' masks, needed where a layer has dropout.
        """
        self.check_step(params, x, state)
        if masks is not None:
            check_masks("masks", masks, self.mask_sizes(x.shape[1]), len(x))
        new_states, caches, given = [], [], x
        masks = [()] * len(self.cells) if masks is None else masks
        # xˡ⁺¹, sˡ' = cellˡ(xˡ, sˡ)
        for (name, cell, _), layer_state, layer_masks in zip(self.layers(x.shape[1]), state, masks, strict=True):
            x, new_state, cache = masked_forward(cell, params[name], x, layer_state, layer_masks)
            new_states.append(new_state)
            caches.append(cache)
        return x, tuple(new_states), (caches, given.shape, given.dtype)

    def backward(
        self, params: Params, cache: Cache, d_output: Float[Array, "B output"], d_new_state: State
    ) -> tuple[Float[Array, "B D"], State, Params]:
        """Return ``(d_x [B, D], d_state, d_params)``; what flows down is the gradient of each layer's input."""
        caches, shape, dtype = check_cache(cache, tuple)
        self.check_step_back(params, shape, d_output, d_new_state, dtype)
        d_states: list[State] = []
        d_params: Params = {}
        # The last layer to run is the first to be differentiated.
        for layer in reversed(range(len(self.cells))):
            name = f"cell_{layer}"
            d_output, d_state, d_params[name] = self.cells[layer].backward(
                params[name], caches[layer], d_output, d_new_state[layer]
            )
            d_states.insert(0, d_state)
        return d_output, tuple(d_states), {name: d_params[name] for name in params}
