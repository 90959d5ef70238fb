"""Walks over nested parameters and states: dicts, tuples and named tuples with an array at every leaf.

Parameters, gradients and optimiser slots are nested dicts under TensorFlow's variable names; states are arrays, named
tuples such as ``LSTMState`` and tuples of these. Everything that treats all leaves alike is one of these walks, and a
leaf's name in an error is its path: ``cell_0/kernel``, ``[1].c``.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from scratch.arrays import Leaf, Tree


def map_tree(function: Callable[..., Any], tree: Tree, *others: Tree) -> Tree:
    """Return the tree of ``function(leaf, leaf of each other tree)``; all trees have the structure of the first."""
    if isinstance(tree, dict):
        return {key: map_tree(function, tree[key], *(other[key] for other in others)) for key in tree}
    if isinstance(tree, tuple):
        return rebuild(tree, [map_tree(function, *parts) for parts in zip(tree, *others, strict=True)])
    return function(tree, *others)


def map_named(function: Callable[[str, Leaf], Any], tree: Tree) -> Tree:
    """Return the tree of ``function(path, leaf)``."""
    results = iter([function(path, leaf) for path, leaf in named_leaves(tree)])
    return map_tree(lambda leaf: next(results), tree)  # Both walks take the leaves in one order.


def rebuild(like: tuple[Any, ...], parts: Iterable[Any]) -> Any:
    """Return a tuple of ``parts`` of the same kind as the tuple ``like``, named or plain."""
    return type(like)(*parts) if hasattr(like, "_fields") else tuple(parts)


def branches(tree: Tree) -> list[tuple[str, Tree]]:
    """Return the pairs ``(label, branch)`` of one dict or tuple: labels are ``/key``, ``.field`` or ``[index]``."""
    if isinstance(tree, dict):
        return [(f"/{key}", branch) for key, branch in tree.items()]
    if hasattr(tree, "_fields"):
        return [(f".{field}", branch) for field, branch in zip(tree._fields, tree, strict=True)]
    return [(f"[{index}]", branch) for index, branch in enumerate(tree)]


def named_leaves(tree: Tree, name: str = "") -> Iterator[tuple[str, Leaf]]:
    """Yield ``(path, leaf)`` for every leaf, in order; ``name`` stands before each path."""
    if isinstance(tree, dict | tuple):
        for label, branch in branches(tree):
            yield from named_leaves(branch, name + label if name else label.strip("/"))
    else:
        yield name, tree
