"""Dropout around a cell: ``tf.compat.v1.nn.rnn_cell.DropoutWrapper``.

    drop(v) = mask ⊙ v / keep_prob
    output, s' = cell(drop(x), s)
    the step's output is drop(output), its new state drop(s') but for c

Each entry of a mask is 1 with probability keep_prob and 0 otherwise, so drop(v) is v on average and nothing need change
when training is over. Zaremba et al. (2014) drop what moves between layers, Gal and Ghahramani (2015) also what moves
along time, with one mask for a whole sequence. The page is ``docs/cells/dropout.md``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from scratch.arrays import Array, Bool, Cache, Float, Leaf, Masks, Params, Sizes, State, Tree
from scratch.caches import check_cache
from scratch.cell import Cell, CellWrapper, check_sequence, masked_forward
from scratch.cells.lstm import LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.checks import check_masks
from scratch.finite import quiet
from scratch.options import check_flag, check_options, check_probability
from scratch.tree import map_tree, named_leaves, rebuild


class DropoutMasks(NamedTuple):
    """The masks of a step, [B, size], or of a sequence, [T, B, size]; ``()`` in the place of what is not dropped."""

    input: Leaf
    state: Tree
    output: Leaf
    cell: Masks


def drop_all_but_c(state: Sizes) -> Tree:
    """Return which parts of a state may be dropped: all but the memory c of an LSTM, as in TensorFlow."""
    return LSTMState(c=False, h=True) if isinstance(state, LSTMState) else True


@dataclass(frozen=True)
class DropoutWrapper(CellWrapper):
    """``cell`` with dropout on its input, its output and its state.

    - ``input_keep_prob``, ``output_keep_prob``, ``state_keep_prob``: greater than 0, at most 1; 1 drops nothing.
    - ``variational_recurrent``: one mask for all time steps and all rows of a batch, instead of a new one for each.
    - ``dropout_state_filter_visitor``: given any level of ``cell.state_size``, says with a Boolean, or with one for
      each part of it, what may be dropped.

    State and parameters are those of ``cell``. Raises ``ValueError`` or ``TypeError`` for any other option.
    """

    cell: Cell
    input_keep_prob: float = 1.0
    output_keep_prob: float = 1.0
    state_keep_prob: float = 1.0
    variational_recurrent: bool = False
    dropout_state_filter_visitor: Callable[[Sizes], Tree] = field(default=drop_all_but_c, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        probabilities = dict.fromkeys(("input_keep_prob", "output_keep_prob", "state_keep_prob"), check_probability)
        check_options(self, variational_recurrent=check_flag, **probabilities)
        if not callable(self.dropout_state_filter_visitor):
            raise TypeError(
                f"dropout_state_filter_visitor must be a function, but is {self.dropout_state_filter_visitor!r}"
            )

    def mask_sizes(self, input_size: int) -> Masks:
        return DropoutMasks(
            input=input_size if self.input_keep_prob < 1 else (),
            state=self.filtered(self.state_size) if self.state_keep_prob < 1 else (),
            output=self.output_size if self.output_keep_prob < 1 else (),
            cell=self.cell.mask_sizes(input_size),
        )

    def filtered(self, sizes: Sizes) -> Tree:
        """Return ``sizes``, any level of the state's, with ``()`` in the place of what must not be dropped."""
        wanted = self.dropout_state_filter_visitor(sizes)
        if not isinstance(sizes, tuple):
            return sizes if wanted else ()
        wanted = [wanted] * len(sizes) if isinstance(wanted, bool) else wanted
        return rebuild(sizes, [self.filtered(size) if want else () for size, want in zip(sizes, wanted, strict=True)])

    def draw_masks(self, rng: np.random.Generator, num_steps: int, batch_size: int, input_size: int) -> Masks:
        """Return ``DropoutMasks`` for a sequence of inputs [num_steps, batch_size, input_size]."""
        sizes = self.mask_sizes(check_sequence(rng, num_steps, batch_size, input_size))

        def draw(keep_prob: float, size: int) -> Bool[Array, "T B size"]:
            drawn = (1, 1, size) if self.variational_recurrent else (num_steps, batch_size, size)
            return np.broadcast_to(rng.random(drawn) < keep_prob, (num_steps, batch_size, size))

        return DropoutMasks(
            input=map_tree(lambda size: draw(self.input_keep_prob, size), sizes.input),
            state=map_tree(lambda size: draw(self.state_keep_prob, size), sizes.state),
            output=map_tree(lambda size: draw(self.output_keep_prob, size), sizes.output),
            cell=self.cell.draw_masks(rng, num_steps, batch_size, input_size),
        )

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: State, masks: Masks = None
    ) -> tuple[Float[Array, "B output"], State, Cache]:
        """Compute x [B, D] to ``(output, new_state, cache)`` with the ``DropoutMasks`` of this step."""
        self.check_step(params, x, state)
        check_masks("masks", masks, self.mask_sizes(x.shape[1]), len(x))
        x = drop(x, masks.input, self.input_keep_prob)
        output, new_state, cache = masked_forward(self.cell, params, x, state, masks.cell)
        # The state is dropped on its way to the next step only, the output on its way up only.
        new_state = drop(new_state, masks.state, self.state_keep_prob)
        return drop(output, masks.output, self.output_keep_prob), new_state, (cache, masks, x.shape, x.dtype)

    def backward(
        self, params: Params, cache: Cache, d_output: Float[Array, "B output"], d_new_state: State
    ) -> tuple[Float[Array, "B D"], State, Params]:
        """Return ``(d_x [B, D], d_state, d_params)``: gradients pass where the numbers passed, scaled as they were."""
        cache, masks, shape, dtype = check_cache(cache, tuple)
        self.check_step_back(params, shape, d_output, d_new_state, dtype)
        d_output = drop(d_output, masks.output, self.output_keep_prob)
        d_new_state = drop(d_new_state, masks.state, self.state_keep_prob)
        d_x, d_state, d_params = self.cell.backward(params, cache, d_output, d_new_state)
        return drop(d_x, masks.input, self.input_keep_prob), d_state, d_params


def without_dropout(cell: Cell) -> Cell:
    """Return the cell without its ``DropoutWrapper``s, to run what has been trained: its parameters are the same.

    A cell that has none is returned itself.
    """
    if not any(named_leaves(cell.mask_sizes(1))):
        return cell
    if isinstance(cell, MultiRNNCell):
        return MultiRNNCell([without_dropout(layer) for layer in cell.cells])
    if isinstance(cell, DropoutWrapper):
        return without_dropout(cell.cell)
    return replace(cell, cell=without_dropout(cell.cell))  # type: ignore[type-var, attr-defined]


@quiet
def drop(tree: Tree, masks: Masks, keep_prob: float) -> Tree:
    """Return mask ⊙ v / keep_prob for every array v of a tree that has a mask, and v itself where that is ``()``."""
    if isinstance(masks, tuple):
        if not masks:
            return tree
        return rebuild(tree, [drop(part, mask, keep_prob) for part, mask in zip(tree, masks, strict=True)])
    # TF1 rounds a keep probability to float32 even where the arrays are float64, as it does a learning rate.
    return np.where(masks, tree / float(np.float32(keep_prob)), 0)
