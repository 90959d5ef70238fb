"""All parameters in one array, with a view of each under TensorFlow's name.

    memory = [ kernel | bias | … | kernel | bias | 0 … 0 ]          tree = {"rnn": {"kernel": …}, …}, views of it

What treats all parameters alike, an optimiser or a norm, is then one pass over one array; and what takes a tree of
parameters takes the views. Gradients and slots are laid out in the same way. The page is ``docs/jit/small.md``.
"""

from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, DType, Float, Params, Tree
from scratch.training.optimizers import check_weights
from scratch.tree import map_tree, named_leaves

# The memory begins on a line of the cache and is of whole lines, as many bytes each.
LINE = 64


class Place(NamedTuple):
    """Where an array begins and ends in the memory, and its shape. In a tree, it is a leaf."""

    first: int
    last: int
    shape: tuple[int, ...]


class Flat(NamedTuple):
    """Parameters in one array.

    - ``memory``: [P], the parameters in the order of their tree, and zeros up to a multiple of 64 bytes.
    - ``tree``: the parameters, views of the memory. ``places``: a ``Place`` in the place of each.
    """

    memory: Float[Array, " P"]
    tree: Params
    places: dict[str, Any]


def flatten(params: Params) -> Flat:
    """Return a copy of ``params``, a nested dict of arrays of one dtype, as ``Flat``.

    Raises ``TypeError`` or ``ValueError``, by name, for anything else.
    """
    dtype = check_weights(params)
    places = layout_of(params)
    memory = lines(1, number_of(params), dtype)[0]
    copy_into(memory, params)
    return Flat(memory, views(memory, places), places)


def layout_of(params: Params) -> dict[str, Any]:
    """Return the ``Place`` of each array of a tree, in the order of the tree."""
    last = 0

    def place(leaf: Array) -> list[Place]:
        nonlocal last
        first, last = last, last + leaf.size
        # In a list, because a walk over a tree would take a tuple for a branch of it.
        return [Place(first, last, leaf.shape)]

    return unlisted(map_tree(place, params))


def unlisted(tree: Tree) -> Any:
    return {name: unlisted(branch) for name, branch in tree.items()} if isinstance(tree, dict) else tree[0]


def number_of(params: Params) -> int:
    """Return how many numbers the arrays of a tree hold."""
    return sum(leaf.size for _, leaf in named_leaves(params))


def lines(rows: int, size: int, dtype: DType, fill: float = 0) -> Float[Array, "rows P"]:
    """Return ``rows`` memories of ``size`` numbers, each of whole lines of the cache; all are ``fill``."""
    in_line = LINE // np.dtype(dtype).itemsize
    size = -(-size // in_line) * in_line
    memory = np.full(rows * size + in_line, fill, dtype)
    first = -memory.__array_interface__["data"][0] % LINE // memory.itemsize
    return memory[first : first + rows * size].reshape(rows, size)


def views(memory: Float[Array, " P"], places: dict[str, Any]) -> Params:
    """Return the tree of the arrays at these places of a memory."""
    return {
        name: views(memory, at) if type(at) is dict else memory[at.first : at.last].reshape(at.shape)
        for name, at in places.items()
    }


def copy_into(memory: Float[Array, " P"], tree: Params) -> None:
    """Write the arrays of a tree to a memory, in their order."""
    np.concatenate([leaf for _, leaf in named_leaves(tree)], axis=None, out=memory[: number_of(tree)])


def in_order(tree: Params, places: dict[str, Any]) -> Params:
    """Return a tree with its names in the order of the places."""
    return {name: in_order(tree[name], at) if type(at) is dict else tree[name] for name, at in places.items()}
