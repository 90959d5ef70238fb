"""TensorFlow's dropout around a cell, ``tf.compat.v1.nn.rnn_cell.DropoutWrapper``, with masks that it did not draw.

The wrapper draws uniform noise and keeps an entry where the noise is large enough. A session may feed any tensor, the
noise too: so TensorFlow's own wrapper runs as it is, and is handed noise that makes our masks. Only noise drawn inside
a ``while_loop`` or a ``cond`` is out of a session's reach; there, only ``variational_recurrent`` can be compared, whose
noise is drawn once, before the loop.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

import scratch.cells.dropout
from scratch.arrays import Array, Bool, DType, Float, Masks
from scratch.cell import CellWrapper
from scratch.cells.lstm import LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.tree import map_tree, named_leaves
from tf_impl.cell import as_structure, genuine
from tf_impl.tensorflow import Tensor, tf, v1


@genuine.register
def DropoutWrapper(cell: scratch.cells.dropout.DropoutWrapper, dtype: DType) -> Any:
    """Return ``DropoutWrapper`` with the same options around TensorFlow's own cell."""

    def visitor(state: Any) -> Any:
        if not isinstance(state, v1.nn.rnn_cell.LSTMStateTuple):
            return cell.dropout_state_filter_visitor(state)
        wanted = cell.dropout_state_filter_visitor(LSTMState(state.c, state.h))
        return v1.nn.rnn_cell.LSTMStateTuple(wanted.c, wanted.h) if isinstance(wanted, LSTMState) else wanted

    return v1.nn.rnn_cell.DropoutWrapper(
        genuine(cell.cell, dtype),
        input_keep_prob=cell.input_keep_prob,
        output_keep_prob=cell.output_keep_prob,
        state_keep_prob=cell.state_keep_prob,
        variational_recurrent=cell.variational_recurrent,
        input_size=tf.TensorShape([1]),  # of noise that set_masks replaces
        dtype=dtype,
        dropout_state_filter_visitor=visitor,
    )


def set_masks(cell: Any, tf_cell: Tensor, masks: Masks, dtype: type[np.floating]) -> None:
    """Give every variational wrapper in ``tf_cell`` the noise of its masks, before anything is unrolled."""
    if isinstance(cell, MultiRNNCell):
        for layer, tf_layer, layer_masks in zip(cell.cells, tf_cell._cells, masks, strict=True):
            set_masks(layer, tf_layer, layer_masks, dtype)
    elif isinstance(cell, CellWrapper):
        inner = masks.cell if isinstance(cell, scratch.cells.dropout.DropoutWrapper) else masks
        set_masks(cell.cell, tf_cell.cell, inner, dtype)
        if isinstance(cell, scratch.cells.dropout.DropoutWrapper) and cell.variational_recurrent:
            tensors = map_tree(lambda mask: tf.constant(noise(mask[0, :1], dtype)), masks._replace(cell=()))
            state = as_structure(tf_cell.state_size, without_gaps(tensors.state, cell.state_size))
            tf_cell._recurrent_input_noise = tensors.input
            tf_cell._recurrent_state_noise = state
            tf_cell._recurrent_output_noise = tensors.output


def without_gaps(tree: Any, state_size: Any) -> Any:
    """Return noise with zeros in the place of ``()``: TensorFlow's walk wants a leaf there, and does not read it."""
    if isinstance(state_size, tuple):
        parts = zip(tree or [()] * len(state_size), state_size, strict=True)
        return tuple(without_gaps(part, size) for part, size in parts)
    return tf.zeros([]) if isinstance(tree, tuple) else tree


def feed_masks(graph: Any, cell: Any, masks: Masks, num_steps: int) -> dict[Any, Float[Array, "..."]]:
    """Return ``{tensor: noise}`` to feed for all other wrappers, which draw anew in every step of a static graph."""
    drawn = [mask for t in range(num_steps) for mask in masks_in_order(cell, masks, t)]
    tensors = [op.outputs[0] for op in graph.get_operations() if op.type == "RandomUniform"]
    # The first are what variational wrappers drew when they were made, and set_masks has replaced.
    tensors = tensors[len(tensors) - len(drawn) :]
    return {tensor.ref(): noise(mask, tensor.dtype.as_numpy_dtype) for tensor, mask in zip(tensors, drawn, strict=True)}


def masks_in_order(cell: Any, masks: Masks, t: int) -> Iterator[Bool[Array, "..."]]:
    """Yield the masks of step t in the order in which TensorFlow draws their noise."""
    if isinstance(cell, MultiRNNCell):
        for layer, layer_masks in zip(cell.cells, masks, strict=True):
            yield from masks_in_order(layer, layer_masks, t)
    elif isinstance(cell, scratch.cells.dropout.DropoutWrapper):
        own = not cell.variational_recurrent
        yield from (mask[t] for _, mask in named_leaves(masks.input) if own)
        yield from masks_in_order(cell.cell, masks.cell, t)
        yield from (mask[t] for _, mask in named_leaves((masks.state, masks.output)) if own)
    elif isinstance(cell, CellWrapper):
        yield from masks_in_order(cell.cell, masks, t)


def noise(mask: Bool[Array, "..."], dtype: type[np.floating]) -> Float[Array, "..."]:
    """Return uniform noise that TensorFlow makes this mask of: nearly 1 where it keeps, 0 where it drops."""
    return np.where(mask, np.nextafter(dtype(1), dtype(0)), dtype(0))
