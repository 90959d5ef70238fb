"""The same weights in every peer's layout, and its gradients back: what ``scratch.conversions`` is for.

This happens outside the workers, so that none of them has anything in memory but its own.
"""

from dataclasses import replace

import numpy as np

from scratch import gradients_from_keras, gradients_from_torch, to_keras, to_torch
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


def to_torch_list(cell, params):
    """Return ``[weight_ih, weight_hh, bias_ih, bias_hh]`` of a layer of PyTorch."""
    return list(to_torch(cell, params).values())


def from_torch_list(cell, d_weights):
    """Return the gradients of a layer of PyTorch in the structure of the parameters."""
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    return gradients_from_torch(cell, dict(zip(names, map(np.ascontiguousarray, d_weights), strict=True)))


def from_keras_list(cell, d_weights):
    return gradients_from_keras(cell, list(map(np.ascontiguousarray, d_weights)))


LAYOUTS = {
    "scratch": (to_scratch, from_scratch),
    "keras": (to_keras, from_keras_list),
    "torch": (to_torch_list, from_torch_list),
}


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
