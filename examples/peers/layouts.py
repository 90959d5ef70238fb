"""The same weights in every peer's layout, and its gradients back: what ``scratch.conversions`` is for.

This happens outside the workers, so that none of them has anything in memory but its own.
"""

from dataclasses import replace

import numpy as np

from scratch import BasicLSTMCell, BasicRNNCell
from scratch.conversions import (
    gru_from_keras,
    gru_to_keras,
    lstm_from_keras,
    lstm_to_keras,
    reorder,
    rnn_from_keras,
    rnn_to_keras,
)
from scratch.tree import map_tree, named_leaves


def to_scratch(cell, params):
    return [leaf for _, leaf in named_leaves(params)]


def from_scratch(cell, d_weights):
    """Return a layer's list of gradients in the structure of its parameters."""
    leaves = iter(d_weights)
    kernel = d_weights[0]
    shapes = cell.param_shapes(max(1, len(kernel) - cell.num_units))
    return map_shapes(lambda _: next(leaves), shapes)


def map_shapes(function, shapes):
    """Return the nested dict of ``function(shape)``; a shape is a tuple, which ``map_tree`` would walk into."""
    if isinstance(shapes, dict):
        return {key: map_shapes(function, branch) for key, branch in shapes.items()}
    return function(shapes)


def to_keras(cell, params):
    if isinstance(cell, BasicRNNCell):
        return rnn_to_keras(cell, params)
    return lstm_to_keras(cell, params) if isinstance(cell, BasicLSTMCell) else gru_to_keras(cell, params)


def from_keras(cell, d_weights):
    """Return the gradients of a Keras layer in the structure of the parameters.

    What holds for weights holds for gradients, but for two things: the forget bias is a constant, and of a gate's two
    biases, which are only ever used as a sum, each has the gradient of the sum.
    """
    kernel, recurrent_kernel, bias = d_weights
    if isinstance(cell, BasicRNNCell):
        return rnn_from_keras(cell, d_weights)
    if isinstance(cell, BasicLSTMCell):
        return lstm_from_keras(replace(cell, forget_bias=0.0), d_weights)
    if cell.reset_after:
        bias = bias.copy()
        bias[1, : 2 * cell.num_units] = 0
    return gru_from_keras(cell, [kernel, recurrent_kernel, bias])


def to_torch(cell, params):
    """Return ``[weight_ih, weight_hh, bias_ih, bias_hh]`` of a layer of PyTorch.

    The LSTM has Keras's order i, f, j, o; the GRU has r, u, n, and always resets after the product. Every matrix is
    transposed. There are always two biases, of which only the GRU needs the second.
    """
    kernel, recurrent_kernel, bias = to_keras(cell, params)
    biases = bias if bias.ndim == 2 else [bias, np.zeros_like(bias)]
    weights = [kernel.T, recurrent_kernel.T, *biases]
    return [torch_order(cell, array) for array in weights]


def from_torch(cell, d_weights):
    weight_ih, weight_hh, bias_ih, bias_hh = (torch_order(cell, array, back=True) for array in d_weights)
    bias = np.stack([bias_ih, bias_hh]) if getattr(cell, "reset_after", False) else bias_ih
    return from_keras(cell, [weight_ih.T, weight_hh.T, bias])


def torch_order(cell, array, back=False):
    """Return the rows of a GRU's weights in PyTorch's order, or back in Keras's; those of another cell as they are."""
    if isinstance(cell, BasicRNNCell | BasicLSTMCell):
        return array
    orders = ("run", "urn") if back else ("urn", "run")
    return reorder(array.T, *orders).T


LAYOUTS = {"scratch": (to_scratch, from_scratch), "keras": (to_keras, from_keras), "torch": (to_torch, from_torch)}


def carry(workload, problem, params, layout):
    """Return the problem with its weights in a peer's layout."""
    there, _ = LAYOUTS[layout]
    return replace(problem, weights=[there(cell, layer) for cell, layer in zip(workload.cells(), params, strict=True)])


def carry_back(workload, weights, layout):
    """Return the gradients of all weights, by layer and name, in the layout of ``scratch``."""
    _, back = LAYOUTS[layout]
    layers = [back(cell, layer) for cell, layer in zip(workload.cells(), weights, strict=True)]
    return {
        f"weights of layer {index}: {path}": leaf
        for index, layer in enumerate(layers)
        for path, leaf in named_leaves(map_tree(np.asarray, layer))
    }
